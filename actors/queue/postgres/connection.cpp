#include "actors/queue/postgres/connection.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include <poll.h>

namespace squall::actors::postgres {
namespace {

/// libpq's texts have several lines; those behind the first guess at reasons.
std::string one_line(std::string_view text) {
  return std::string{text.substr(0, text.find('\n'))};
}

error error_of(const PGresult* from) {
  const auto field = [from](int which) {
    const auto* text = PQresultErrorField(from, which);
    return std::string{text ? text : ""};
  };
  auto why = field(PG_DIAG_MESSAGE_PRIMARY);
  if (const auto more = field(PG_DIAG_MESSAGE_DETAIL); !more.empty())
    why += " (" + one_line(more) + ")";
  if (why.empty()) why = one_line(PQresultErrorMessage(from));
  return {why, field(PG_DIAG_SQLSTATE)};
}

/// Waits until `server` can be used so, not longer than `most`.
void await(int server, short events, std::chrono::milliseconds most) {
  pollfd end{server, events, 0};
  int ready = 0;
  do
    ready = ::poll(&end, 1, static_cast<int>(most.count()));
  while (ready < 0 && errno == EINTR);
  if (ready > 0) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(most).count();
  throw error{"the server has not answered for " + std::to_string(seconds) + " s", {}};
}

} // namespace

link open_link(const std::string& url) {
  // What the user's own words override.
  const std::array keys{
      "connect_timeout",  "keepalives_idle",           "keepalives_interval",
      "keepalives_count", "tcp_user_timeout",          "client_encoding",
      "dbname",           "fallback_application_name", static_cast<const char*>(nullptr)};
  const std::array values{"5",         "10",     "5",
                          "3",         "20000",  "UTF8",
                          url.c_str(), "squall", static_cast<const char*>(nullptr)};
  link out{PQconnectdbParams(keys.data(), values.data(), 1), PQfinish};
  if (PQstatus(out.get()) != CONNECTION_OK) throw error{one_line(PQerrorMessage(out.get())), {}};
  // What a server says beside its answers is not for our standard error.
  PQsetNoticeProcessor(
      out.get(), [](void*, const char*) {}, nullptr);
  return out;
}

rows run(PGconn& through, const std::string& script, std::chrono::seconds patience) {
  const auto check = [&through](bool good) {
    if (!good) throw error{one_line(PQerrorMessage(&through)), {}};
  };
  check(PQsendQuery(&through, script.c_str()) != 0);
  rows out{nullptr};
  for (bool more = true; more;) {
    for (; PQisBusy(&through) != 0; check(PQconsumeInput(&through) != 0))
      await(PQsocket(&through), POLLIN, patience);
    rows next{PQgetResult(&through)};
    more = next.get() != nullptr;
    if (more) out = std::move(next);
  }
  if (PQresultErrorField(out.get(), PG_DIAG_SQLSTATE)) throw error_of(out.get());
  check(PQstatus(&through) == CONNECTION_OK);
  return out;
}

connection::connection(const std::string& url, const std::string& script) : link_{open_link(url)} {
  if (!script.empty()) run(*link_, script);
  if (PQsetnonblocking(link_.get(), 1) != 0 || PQenterPipelineMode(link_.get()) == 0)
    throw error{one_line(PQerrorMessage(link_.get())), {}};
}

void connection::ask_texts(const query& what, const std::vector<std::string>& texts) {
  if (!prepared_.contains(what.name) && preparing_.insert(what.name).second) {
    send(PQsendPrepare(link_.get(), what.name, what.text.c_str(), 0, nullptr) != 0);
    flight_.push_back({what.name});
  }
  std::vector<const char*> values;
  values.reserve(texts.size());
  for (const auto& each : texts)
    values.push_back(each.c_str());
  send(PQsendQueryPrepared(link_.get(), what.name, static_cast<int>(values.size()), values.data(),
                           nullptr, nullptr, 0) != 0);
  flight_.emplace_back();
}

void connection::send(bool was_sent) {
  if (!was_sent) lose(one_line(PQerrorMessage(link_.get())));
}

std::vector<rows> connection::fly() {
  std::vector<rows> out;
  send(PQpipelineSync(link_.get()) != 0);
  receive(out);
  return out;
}

void connection::receive(std::vector<rows>& to) {
  std::optional<error> failure;
  for (const auto& each : std::exchange(flight_, {})) {
    rows result{next_result()};
    if (!result.get()) lose("the server's answers do not fit");
    const rows end{next_result()}; // a null behind each
    const auto status = PQresultStatus(result.get());
    const bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (good && !each.prepares.empty())
      prepared_.insert(each.prepares);
    else if (good)
      to.push_back(std::move(result));
    else if (status != PGRES_PIPELINE_ABORTED && !failure)
      failure = error_of(result.get());
  }
  preparing_.clear();
  const rows sync{next_result()};
  if (failure) throw error{*failure};
  if (!sync.get() || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC)
    lose("the server's answers do not fit");
}

PGresult* connection::next_result() {
  while (true) {
    const int left = PQflush(link_.get());
    if (left < 0) lose(one_line(PQerrorMessage(link_.get())));
    if (left == 0 && PQisBusy(link_.get()) == 0) return PQgetResult(link_.get());
    wait(left > 0);
    if (PQconsumeInput(link_.get()) == 0) lose(one_line(PQerrorMessage(link_.get())));
  }
}

void connection::wait(bool writes) {
  try {
    await(PQsocket(link_.get()), static_cast<short>(POLLIN | (writes ? POLLOUT : 0)), patience);
  } catch (const error&) {
    is_lost_ = true;
    throw;
  }
}

void connection::lose(const std::string& why) {
  is_lost_ = true;
  throw error{why, {}};
}

bool connection::has_ended() {
  pollfd server{PQsocket(link_.get()), POLLIN, 0};
  while (!is_lost_ && ::poll(&server, 1, 0) > 0) // before its end a server may say why
    is_lost_ = PQconsumeInput(link_.get()) == 0;
  return is_lost_;
}

std::vector<std::string> connection::heard(int stop) {
  constexpr auto most = std::chrono::milliseconds{patience}.count();
  std::array<pollfd, 2> ends{{{PQsocket(link_.get()), POLLIN, 0}, {stop, POLLIN, 0}}};
  if (::poll(ends.data(), ends.size(), static_cast<int>(most)) < 0 && errno != EINTR)
    lose("poll failed");
  if (PQconsumeInput(link_.get()) == 0) lose(one_line(PQerrorMessage(link_.get())));
  std::vector<std::string> out;
  while (true) {
    const std::unique_ptr<PGnotify, void (*)(void*)> each{PQnotifies(link_.get()), PQfreemem};
    if (!each) return out;
    out.emplace_back(each->extra);
  }
}

std::string place_of(const std::string& url) {
  char* wrong = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> read{
      PQconninfoParse(url.c_str(), &wrong), PQconninfoFree};
  PQfreemem(wrong); // it may quote the password
  if (!read) return {};
  std::string host = "localhost";
  std::string port;
  std::string database;
  bool has_user = false;
  for (auto* each = read.get(); each->keyword; ++each) {
    const std::string_view key{each->keyword};
    if (!each->val || !*each->val) continue;
    has_user |= key == "user";
    if (key == "host") host = each->val;
    if (key == "port") port = each->val;
    if (key == "dbname") database = each->val;
  }
  // Then a password was written with a character that ends it, and its rest was taken for these.
  if (host.find('@', 1) != std::string::npos ||
      port.find_first_not_of("0123456789,") != std::string::npos ||
      (!has_user && database.find('@') != std::string::npos))
    return {};
  if (!port.empty()) port.insert(0, 1, ':');
  if (!database.empty()) database.insert(0, 1, '/');
  return host + port + database;
}

} // namespace squall::actors::postgres
