#include "deploy/cli/bench/report.hpp"

#include "deploy/cli/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace squall::cli::bench {

namespace {

const char* name_of(language speaks) {
  switch (speaks) {
  case language::websocket:
    return "ws";
  case language::rpc:
    return "call";
  case language::http:
    break;
  }
  return "http";
}

double us(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e3;
}

double per_second(const outcome& result) {
  return result.seconds > 0 ? static_cast<double>(result.answers) / result.seconds : 0;
}

} // namespace

std::string to_text(const options& settings, const outcome& result) {
  const auto& latency = result.latency_ns;
  auto text = fmt::format(
      "{}{} {}{}: {} connections, {} in flight each, {:.1f} s\n", name_of(settings.speaks),
      settings.method.empty() ? "" : " " + settings.method, settings.target.authority(),
      settings.target.path, settings.connections, settings.in_flight, result.seconds);
  text += fmt::format("  answers     {} ({}/s)\n", format_count(result.answers),
                      format_count(static_cast<std::uint64_t>(per_second(result))));
  text +=
      fmt::format("  latency     p50 {:.1f} us, p90 {:.1f} us, p99 {:.1f} us, p99.9 {:.1f} us, "
                  "max {:.1f} us\n",
                  us(latency.percentile(0.5)), us(latency.percentile(0.9)),
                  us(latency.percentile(0.99)), us(latency.percentile(0.999)), us(latency.max()));
  text += fmt::format("  errors      {}\n", format_count(result.errors));
  if (result.errors > 0) text += fmt::format("  first error {}\n", result.first_error);
  if (result.unanswered > 0)
    text += fmt::format("  unanswered  {}\n", format_count(result.unanswered));
  if (settings.rate > 0) {
    text += fmt::format("  schedule    {:.0f}/s, {} not sent in time\n", settings.rate,
                        format_count(result.unsent));
  }
  return text + fmt::format("  own CPU     {:.0f} % of one core\n", result.cpu_share * 100);
}

std::string to_json(const options& settings, const outcome& result) {
  const auto& latency = result.latency_ns;
  nlohmann::ordered_json json{{"mode", name_of(settings.speaks)},
                              {"url", settings.target.origin() + settings.target.path},
                              {"method", settings.method},
                              {"connections", settings.connections},
                              {"in_flight", settings.in_flight},
                              {"rate", settings.rate},
                              {"seconds", result.seconds},
                              {"answers", result.answers},
                              {"per_second", per_second(result)},
                              {"latency_us",
                               {{"mean", latency.mean() / 1e3},
                                {"p50", us(latency.percentile(0.5))},
                                {"p90", us(latency.percentile(0.9))},
                                {"p99", us(latency.percentile(0.99))},
                                {"p999", us(latency.percentile(0.999))},
                                {"max", us(latency.max())}}},
                              {"errors", result.errors},
                              {"first_error", result.first_error},
                              {"unsent", result.unsent},
                              {"unanswered", result.unanswered},
                              {"cpu_share", result.cpu_share}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace squall::cli::bench
