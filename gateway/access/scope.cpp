#include "gateway/access/scope.hpp"

#include <algorithm>

namespace squall::gateway::access {
namespace {

constexpr std::size_t longest_name = 255;

/// Of a kind or a queue, as they stand in paths and methods.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"._-"}.find(c) != std::string_view::npos;
  });
}

std::string one_of(std::string_view prefix, std::string_view name) {
  return std::string{prefix} + (name.empty() ? "*" : std::string{name});
}

} // namespace

std::string scope_of(const need& what) {
  switch (what.of) {
  case area::call:
    return one_of("call:", what.name);
  case area::jobs_write:
    return "jobs:write";
  case area::jobs_read:
    return "jobs:read";
  case area::queues:
    return one_of("queues:", what.name);
  case area::leases:
    return "queues:*";
  case area::schedules:
    return "schedules:*";
  case area::cluster:
    return "cluster:read";
  case area::none:
    break;
  }
  return {};
}

std::optional<std::string> scopes::add(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto family = text.substr(0, colon);
  const auto name = text.substr(std::min(colon + 1, text.size()));
  const bool any = name == "*";
  if (text == "admin")
    all_ = true;
  else if (text == "jobs:read")
    grants_.push_back({area::jobs_read, {}});
  else if (text == "jobs:write")
    grants_.push_back({area::jobs_write, {}});
  else if (text == "schedules:*")
    grants_.push_back({area::schedules, {}});
  else if (text == "cluster:read")
    grants_.push_back({area::cluster, {}});
  else if ((family == "call" || family == "queues") && (any || is_name(name)))
    grants_.push_back({family == "call" ? area::call : area::queues, std::string{any ? "" : name}});
  else
    return "'" + std::string{text.substr(0, 64)} +
           "' is no scope; there are call:KIND, call:*, jobs:read, jobs:write, queues:NAME, "
           "queues:*, schedules:*, cluster:read and admin";
  texts_.emplace_back(text);
  return std::nullopt;
}

bool scopes::allow(const need& what) const {
  if (all_ || what.of == area::none) return true;
  return std::ranges::any_of(grants_, [&what](const grant& each) {
    if (what.of == area::leases) return each.of == area::queues;
    return each.covers(what.of, what.name);
  });
}

bool scopes::cover(const scopes& others) const {
  if (all_ || others.all_) return all_;
  return std::ranges::all_of(others.grants_, [this](const grant& other) {
    return std::ranges::any_of(
        grants_, [&other](const grant& each) { return each.covers(other.of, other.name); });
  });
}

} // namespace squall::gateway::access
