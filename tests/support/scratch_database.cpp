#include "tests/support/scratch_database.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace squall::tests {
namespace {

void check(int error, const char* what) {
  if (error != 0) throw std::system_error{error, std::generic_category(), what};
}

/// A pipe that no other program is started with.
struct pipe_ends {
  pipe_ends() { check(::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe"); }

  std::array<int, 2> ends{}; ///< to read from, and to write to
};

/// tests/support/postgres.py, which keeps a server until it finds its input ended.
class server_keeper {
public:
  server_keeper() {
    const pipe_ends input;
    const pipe_ends output;
    start(input.ends[0], output.ends[1]);
    ::close(input.ends[0]);
    ::close(output.ends[1]);
    input_ = input.ends[1];
    read_url(output.ends[0]);
    ::close(output.ends[0]);
  }
  ~server_keeper() {
    ::close(input_);
    ::waitpid(pid_, nullptr, 0);
  }
  server_keeper(const server_keeper&) = delete;
  server_keeper& operator=(const server_keeper&) = delete;

  /// Of the database that every server has.
  const std::string& url() const noexcept { return url_; }

private:
  /// In a session of its own: Ctrl-C ends the tests alone, and that ends the keeper's input.
  void start(int input, int output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    check(::posix_spawn_file_actions_init(&files), "posix_spawn");
    check(::posix_spawnattr_init(&how), "posix_spawn");
    check(::posix_spawn_file_actions_adddup2(&files, input, 0), "posix_spawn");
    check(::posix_spawn_file_actions_adddup2(&files, output, 1), "posix_spawn");
    check(::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID), "posix_spawn");
    std::string python{"/usr/bin/python3"};
    std::string script{SQUALL_TEST_SUPPORT "/postgres.py"};
    const std::array<char*, 3> arguments{python.data(), script.data(), nullptr};
    check(::posix_spawn(&pid_, python.c_str(), &files, &how, arguments.data(), environ),
          python.c_str());
    ::posix_spawnattr_destroy(&how);
    ::posix_spawn_file_actions_destroy(&files);
  }

  void read_url(int from) {
    for (char next = 0; ::read(from, &next, 1) == 1 && next != '\n';)
      url_ += next;
    if (url_.empty()) throw std::runtime_error{"PostgreSQL does not start; stderr says why"};
  }

  ::pid_t pid_ = 0;
  int input_ = -1;
  std::string url_;
};

std::vector<std::string> run(const std::string& url, const std::string& text) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection{::PQconnectdb(url.c_str()),
                                                              ::PQfinish};
  if (::PQstatus(connection.get()) != CONNECTION_OK)
    throw std::runtime_error{::PQerrorMessage(connection.get())};
  ::PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result{
      ::PQexec(connection.get(), text.c_str()), ::PQclear};
  const auto status = ::PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error{text + ": " + ::PQerrorMessage(connection.get())};
  std::vector<std::string> rows;
  for (int row = 0; row < ::PQntuples(result.get()); ++row)
    rows.emplace_back(::PQgetvalue(result.get(), row, 0));
  return rows;
}

/// URLs of databases that are empty again: that is quicker than to make new ones.
std::vector<std::string>& used_databases() {
  static std::vector<std::string> urls;
  return urls;
}

std::string new_database() {
  static const server_keeper server;
  static int made = 0;
  const auto name = "d" + std::to_string(++made);
  run(server.url(), "CREATE DATABASE " + name);
  auto url = server.url();
  const std::string first{"///postgres?"};
  return url.replace(url.find(first), first.size(), "///" + name + "?");
}

} // namespace

scratch_database::scratch_database() {
  auto& used = used_databases();
  if (used.empty()) {
    url_ = new_database();
  } else {
    url_ = std::move(used.back());
    used.pop_back();
  }
}

scratch_database::~scratch_database() {
  try {
    sql("SET lock_timeout = '2s'; DROP SCHEMA IF EXISTS squall CASCADE");
    used_databases().push_back(url_);
  } catch (const std::runtime_error&) {
    // Somebody is still in it: it is left to them.
  }
}

std::vector<std::string> scratch_database::sql(const std::string& text) const {
  return run(url_, text);
}

} // namespace squall::tests
