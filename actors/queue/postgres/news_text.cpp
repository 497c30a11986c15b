#include "actors/queue/postgres/news_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace squall::actors::postgres {
namespace {

constexpr std::size_t most_bytes = 7'900;

/// A line each, and what it is about in its first character.
class writer {
public:
  explicit writer(std::string_view from) : from_{from} {}

  void add(char what, std::string_view text) {
    if (texts_.empty() || texts_.back().size() + text.size() + 2 > most_bytes)
      texts_.emplace_back(from_);
    texts_.back().append("\n").append(1, what).append(text);
  }
  void add_all(char what, std::vector<std::string> texts) {
    std::ranges::sort(texts);
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    for (const auto& each : texts)
      add(what, each);
  }
  std::vector<std::string> take() { return std::move(texts_); }

private:
  std::string from_;
  std::vector<std::string> texts_;
};

void read_line(std::string_view line, proto::store_news& to) {
  const std::string text{line.substr(1)};
  switch (line.front()) {
  case '+':
    return to.ready.push_back(text);
  case '-':
    return to.freed.push_back(text);
  case 'j': {
    auto& item = to.jobs.emplace_back(0);
    std::from_chars(text.data(), text.data() + text.size(), item);
    return;
  }
  case 'x':
    return to.void_leases.push_back(text);
  case 'r':
    return to.revoked.push_back(text);
  default:
    to.all = true;
  }
}

} // namespace

std::vector<std::string> news_texts(const proto::store_news& news, std::string_view from) {
  writer out{from};
  if (news.all) out.add('*', {});
  out.add_all('+', news.ready);
  out.add_all('-', news.freed);
  out.add_all('x', news.void_leases);
  out.add_all('r', news.revoked);
  std::vector<std::string> jobs;
  for (const auto item : news.jobs)
    jobs.push_back(std::to_string(item));
  out.add_all('j', std::move(jobs));
  return out.take();
}

std::optional<proto::store_news> read_news(std::string_view text, std::string_view own) {
  const auto end = std::min(text.find('\n'), text.size());
  if (text.substr(0, end) == own) return std::nullopt;
  proto::store_news out;
  for (auto rest = text.substr(end); !rest.empty();) {
    rest.remove_prefix(1);
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size());
    if (line.empty())
      out.all = true;
    else
      read_line(line, out);
  }
  return out;
}

} // namespace squall::actors::postgres
