#include "gateway/http/metrics.hpp"

#include "gateway/http/handlers.hpp"
#include "proto/errc.hpp"
#include "proto/schedule.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <string_view>
#include <vector>

namespace squall::gateway::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type) {
  return {std::move(name), std::move(help), type, {}};
}

void add_counter(MetricFamily& to, labels with, std::uint64_t value) {
  auto& metric = to.metric.emplace_back();
  metric.label = std::move(with);
  metric.counter.value = static_cast<double>(value);
}

void add_gauge(MetricFamily& to, labels with, std::uint64_t value) {
  auto& metric = to.metric.emplace_back();
  metric.label = std::move(with);
  metric.gauge.value = static_cast<double>(value);
}

void add_histogram(MetricFamily& to, labels with, const proto::latency_histogram& times) {
  auto& metric = to.metric.emplace_back();
  metric.label = std::move(with);
  auto& histogram = metric.histogram;
  for (std::size_t i = 0; i < times.counts.size(); ++i) {
    histogram.sample_count += times.counts[i];
    if (i < proto::latency_bounds_us.size())
      histogram.bucket.push_back({histogram.sample_count, proto::latency_bounds_us[i] / 1e6});
  }
  histogram.sample_sum = times.sum_seconds;
}

/// No label that a client or a newer worker invents: what the table does not have is `unknown`.
std::string_view outcome_label(std::string_view outcome) {
  if (outcome == "ok") return outcome;
  for (std::uint8_t code = 2; proto::known(code) != proto::errc::unknown; ++code)
    if (const auto& row = proto::describe(proto::known(code)); row.name == outcome) return row.name;
  return "unknown";
}

void add_calls(MetricFamily& to, const proto::kind_status& kind) {
  std::map<std::string_view, std::uint64_t> counts;
  for (const auto& [outcome, count] : kind.outcomes)
    counts[outcome_label(outcome)] += count;
  for (const auto& [outcome, count] : counts)
    add_counter(to, {{"kind", kind.info.name}, {"outcome", std::string(outcome)}}, count);
}

std::vector<MetricFamily> kind_families(const std::vector<proto::kind_status>& kinds) {
  using enum MetricType;
  auto calls = family("squall_calls_total",
                      "Calls answered, by kind and outcome. The parts that a call over many "
                      "elements is spread in count each.",
                      Counter);
  auto waited = family("squall_call_waiting_seconds",
                       "Time of answered calls that was not spent in a handler.", Histogram);
  auto ran = family("squall_call_running_seconds", "Time that handlers took.", Histogram);
  auto slots = family("squall_slots", "Calls that all workers can run at once.", Gauge);
  auto busy = family("squall_slots_in_flight", "Calls that are at workers.", Gauge);
  auto waiting = family("squall_calls_waiting", "Calls in the waiting line.", Gauge);
  auto redone = family("squall_calls_redone_total",
                       "Calls given to another worker after theirs was lost.", Counter);
  for (const auto& kind : kinds) {
    const labels by_kind{{"kind", kind.info.name}};
    add_calls(calls, kind);
    add_histogram(waited, by_kind, kind.waiting_time);
    add_histogram(ran, by_kind, kind.running_time);
    add_gauge(slots, by_kind, kind.slots);
    add_gauge(busy, by_kind, kind.in_flight);
    add_gauge(waiting, by_kind, kind.waiting);
    add_counter(redone, by_kind, kind.redone);
  }
  return {calls, waited, ran, slots, busy, waiting, redone};
}

void add_gateway_families(std::vector<MetricFamily>& to, const proto::router_status& status,
                          const gateway_identity& gateway, const counters& counts) {
  using enum MetricType;
  auto& connections =
      to.emplace_back(family("squall_connections", "Open client connections, by protocol.", Gauge));
  add_gauge(connections, {{"protocol", "http"}}, counts.http_connections);
  add_gauge(connections, {{"protocol", "websocket"}}, counts.websocket_connections);
  add_counter(to.emplace_back(family("squall_http_requests_total",
                                     "HTTP requests understood, answered or not.", Counter)),
              {}, counts.http_requests);
  add_counter(to.emplace_back(family("squall_websocket_messages_total",
                                     "WebSocket messages received.", Counter)),
              {}, counts.websocket_messages);
  auto& refused = to.emplace_back(family("squall_auth_refused_total",
                                         "Requests refused for want of a token that allows them, "
                                         "by what was wrong.",
                                         Counter));
  for (const auto why : {access::verdict::missing, access::verdict::invalid,
                         access::verdict::expired, access::verdict::forbidden})
    add_counter(refused, {{"reason", std::string(access::reason_of(why))}},
                counts.refused[static_cast<std::size_t>(why)]);
  add_gauge(to.emplace_back(family("squall_workers", "Workers that have joined.", Gauge)), {},
            status.workers.size());
  add_gauge(
      to.emplace_back(family("squall_build_info", "Always 1; the label is the version.", Gauge)),
      {{"version", gateway.version}}, 1);
}

void add_queue_families(std::vector<MetricFamily>& to, const queue_totals& all) {
  using enum MetricType;
  add_gauge(to.emplace_back(family("squall_queues", "Queues.", Gauge)), {}, all.queues);
  auto& items =
      to.emplace_back(family("squall_queue_items", "Items of all queues, by their state.", Gauge));
  add_gauge(items, {{"state", "ready"}}, all.ready);
  add_gauge(items, {{"state", "delayed"}}, all.delayed);
  add_gauge(items, {{"state", "leased"}}, all.leased);
  add_gauge(items, {{"state", "dead"}}, all.dead);
  add_gauge(items, {{"state", "done"}}, all.done);
  add_gauge(items, {{"state", "cancelled"}}, all.cancelled);
  add_gauge(
      to.emplace_back(family("squall_queue_item_bytes", "Size of the bodies of all items.", Gauge)),
      {}, all.bytes);
  auto& waiting = to.emplace_back(
      family("squall_queue_waiting", "Requests that wait at a queue, by what for.", Gauge));
  add_gauge(waiting, {{"for", "item"}}, all.getters);
  add_gauge(waiting, {{"for", "room"}}, all.putters);
  add_gauge(waiting, {{"for", "join"}}, all.joiners);
  auto& events = to.emplace_back(
      family("squall_queue_events_total",
             "What happened to items of queues, also of queues that are gone.", Counter));
  add_counter(events, {{"event", "put"}}, all.events.put);
  add_counter(events, {{"event", "leased"}}, all.events.leased);
  add_counter(events, {{"event", "acked"}}, all.events.acked);
  add_counter(events, {{"event", "nacked"}}, all.events.nacked);
  add_counter(events, {{"event", "expired"}}, all.events.expired);
}

void add_store_families(std::vector<MetricFamily>& to, const proto::store_report& store) {
  using enum MetricType;
  add_gauge(to.emplace_back(family("squall_store_up",
                                   "Whether the queues' store works (1) or fails (0).", Gauge)),
            {}, store.trouble.empty() ? 1 : 0);
  add_histogram(to.emplace_back(family("squall_store_commit_seconds",
                                       "Time that transactions of the queues' store took to end.",
                                       Histogram)),
                {}, store.commits);
  add_counter(to.emplace_back(family("squall_store_failed_commits_total",
                                     "Transactions of the queues' store that failed.", Counter)),
              {}, store.failed_commits);
}

} // namespace

queue_totals sum_up(const proto::queue_answer& books) {
  queue_totals all;
  all.events = books.events;
  for (const auto& each : books.stats) {
    if (proto::is_reserved(each.name)) continue;
    ++all.queues;
    all.ready += each.ready;
    all.delayed += each.delayed;
    all.leased += each.leased;
    all.dead += each.dead;
    all.done += each.done;
    all.cancelled += each.cancelled;
    all.bytes += each.bytes;
    all.getters += each.getters;
    all.putters += each.putters;
    all.joiners += each.joiners;
  }
  return all;
}

std::string metrics_text(const proto::router_status& status, const queue_totals& queues,
                         const gateway_identity& gateway, const counters& counts) {
  auto families = kind_families(status.kinds);
  // A family without a metric would be a header without samples.
  std::erase_if(families, [](const MetricFamily& entry) { return entry.metric.empty(); });
  add_queue_families(families, queues);
  if (counts.store) add_store_families(families, counts.store());
  add_gateway_families(families, status, gateway, counts);
  return prometheus::TextSerializer().Serialize(families);
}

/// The queues are asked first, then the router.
reply show_metrics(const context& shared, request&) {
  proto::queue_request all;
  all.op = proto::queue_op::stats;
  return queue_question{
      all, [&shared](const proto::queue_answer& books) -> reply {
        return rendering{[&shared, queues = sum_up(books)](const proto::router_status& status) {
                           return metrics_text(status, queues, shared.identity, shared.counts);
                         },
                         "text/plain; version=0.0.4; charset=utf-8"};
      }};
}

} // namespace squall::gateway::http
