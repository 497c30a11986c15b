#include "workers/consume.hpp"

#include "workers/pools.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace squall::workers {
namespace {

constexpr std::size_t longest_name = 128;

/// The rule for queues' names, which a gateway applies again.
bool is_queue_name(std::string_view name) {
  auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_allowed);
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw std::invalid_argument{"\"" + std::string{text} + "\" " + why};
}

} // namespace

consume_order parse_consume(std::string_view text, const registry& kinds) {
  auto equals = text.find('=');
  if (equals == std::string_view::npos)
    refuse(text, "is not of the form QUEUE=KIND:N, such as numbers=prime:4 (only a gateway takes a "
                 "queue alone, to run its jobs)");
  auto queue = text.substr(0, equals);
  if (!is_queue_name(queue))
    refuse(text, "needs a queue's name of 1 to 128 letters, digits, '.', '_' and '-' before the =");
  auto work = text.substr(equals + 1);
  auto colon = work.find(':');
  const auto& of = known_kind(work.substr(0, colon), kinds);
  auto slots = parse_slots(colon == std::string_view::npos ? "auto" : work.substr(colon + 1), of);
  if (!slots)
    refuse(text, "needs a number of items at a time from 1 to " +
                     std::to_string(most_slots_of(of)) + ", or auto, after the :");
  return {std::string{queue}, of.info.name, *slots};
}

std::vector<std::string> take_job_queues(std::vector<std::string>& texts) {
  std::vector<std::string> queues;
  std::erase_if(texts, [&](const std::string& text) {
    if (text.find('=') != std::string::npos) return false;
    if (!is_queue_name(text))
      refuse(text,
             "is neither of the form QUEUE=KIND:N, such as numbers=prime:4, nor a queue's name "
             "of 1 to 128 letters, digits, '.', '_' and '-'");
    if (std::ranges::find(queues, text) != queues.end())
      refuse(text, "is named for the second time");
    queues.push_back(text);
    return true;
  });
  return queues;
}

std::vector<consume_order> parse_consumes(const std::vector<std::string>& texts,
                                          const registry& kinds) {
  std::vector<consume_order> consumes;
  for (const auto& text : texts) {
    auto consume = parse_consume(text, kinds);
    if (std::ranges::find(consumes, consume.queue, &consume_order::queue) != consumes.end())
      refuse(text, "consumes a queue for the second time: one kind works off one queue");
    consumes.push_back(std::move(consume));
  }
  return consumes;
}

} // namespace squall::workers
