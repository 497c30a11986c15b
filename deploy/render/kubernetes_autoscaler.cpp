#include "deploy/render/kubernetes_parts.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace squall::render {
namespace {

constexpr const char* about =
    R"(Needs an adapter for the External metrics API, such as prometheus-adapter or KEDA, that has the
gateways' /metrics and sums up those of all gateways. Up fast: as many workers as it takes that no
more calls wait than there are slots, and that three quarters of the slots are at work. Down slowly.)";

/// Waiting items that a consumer has before it at most, for each of its slots.
constexpr std::uint32_t items_per_slot = 10;

/// Kubernetes takes no longer one.
constexpr std::chrono::seconds longest_window{3'600};

/// For a kind that takes as many as its host allows.
constexpr std::uint32_t unknown_slots = 8;

std::optional<std::uint32_t> number(const std::string& slots) {
  std::uint32_t out = 0;
  const auto* const end = slots.data() + slots.size();
  const auto [rest, error] = std::from_chars(slots.data(), end, out);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return out;
}

/// So much for each worker, in thousandths.
value metric(const char* name, value labels, std::uint64_t average_milli) {
  const auto text = average_milli % 1'000 == 0 ? std::to_string(average_milli / 1'000)
                                               : std::to_string(average_milli) + "m";
  return {{"type", "External"},
          {"external",
           {{"metric", {{"name", name}, {"selector", {{"matchLabels", std::move(labels)}}}}},
            {"target", {{"type", "AverageValue"}, {"averageValue", text}}}}}};
}

value metrics(const container& runs) {
  auto list = value::array();
  const auto values = [&](const char* flag) {
    const auto found = runs.flags.find(flag);
    return found == runs.flags.end() ? std::vector<std::string>{} : found->second;
  };
  for (const auto& pool : values("pool")) {
    const auto equals = pool.find('=');
    const value kind = {{"kind", pool.substr(0, equals)}};
    const auto slots = number(pool.substr(equals + 1));
    list.push_back(
        metric("squall_calls_waiting", kind, std::uint64_t{1'000} * slots.value_or(unknown_slots)));
    if (slots) list.push_back(metric("squall_slots_in_flight", kind, std::uint64_t{750} * *slots));
  }
  std::uint32_t consumers = 0;
  for (const auto& consumed : values("consume"))
    consumers += number(consumed.substr(consumed.rfind(':') + 1)).value_or(unknown_slots);
  if (consumers > 0)
    list.push_back(metric("squall_queue_items", {{"state", "ready"}},
                          std::uint64_t{1'000} * items_per_slot * consumers));
  return list;
}

} // namespace

value autoscaler(const kubernetes_group& of, const manifest::worker_group& group) {
  auto out = object("autoscaling/v2", "HorizontalPodAutoscaler", of.name(), group_labels(of));
  const auto most = group.scale->max;
  const auto down_after = std::chrono::ceil<std::chrono::seconds>(group.scale->down_after);
  out["spec"] = {
      {"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", of.name()}}},
      {"minReplicas", group.scale->min},
      {"maxReplicas", most},
      {"#metrics", about},
      {"metrics", metrics(of.runs)},
      {"behavior",
       {{"scaleUp",
         {{"stabilizationWindowSeconds", 0},
          {"policies", value::array({{{"type", "Percent"}, {"value", 100}, {"periodSeconds", 15}},
                                     {{"type", "Pods"}, {"value", 4}, {"periodSeconds", 15}}})}}},
        {"scaleDown",
         {{"stabilizationWindowSeconds", std::min(down_after, longest_window).count()},
          {"policies",
           value::array({{{"type", "Percent"}, {"value", 25}, {"periodSeconds", 60}}})}}}}}};
  return out;
}

} // namespace squall::render
