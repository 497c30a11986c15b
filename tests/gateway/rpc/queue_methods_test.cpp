#include "gateway/rpc/queue_methods.hpp"

#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::gateway::rpc;
using proto::queue_op;

namespace {

proto::queue_request read(std::string_view method, std::string_view params) {
  INFO(method);
  const auto* const found = find_queue_method(method);
  REQUIRE(found);
  auto read = read_queue_request(*found, params, 7);
  if (const auto* why = std::get_if<std::string>(&read)) FAIL(*why);
  return std::get<proto::queue_request>(read);
}

std::string complaint(std::string_view method, std::string_view params) {
  auto read = read_queue_request(*find_queue_method(method), params, 7);
  const auto* const why = std::get_if<std::string>(&read);
  return why ? *why : "";
}

} // namespace

TEST_CASE("every method asks its operation") {
  CHECK(read("queue.create", R"({"queue":"q","maxsize":2,"lease_ms":9})").settings.lease_ms == 9);
  CHECK(read("queue.list", "").queue.empty());
  CHECK(read("queue.stats", R"({"queue":"q"})").op == queue_op::stats);
  CHECK(read("queue.delete", R"({"queue":"q"})").op == queue_op::remove);
  CHECK(read("queue.put", R"({"queue":"q","items":[{"body":1},{"body":2}]})").items.size() == 2);
  CHECK(read("queue.lease", R"({"queue":"q","max":3,"lease_ms":9})").lease_ms == 9);
  CHECK(read("queue.ack", R"({"lease":"x"})").lease == "x");
  CHECK(read("queue.nack", R"({"lease":"x","error":"e","backoff":true})").backoff);
  CHECK(read("queue.extend", R"({"lease":"x"})").op == queue_op::extend);
  CHECK(read("queue.join", R"({"queue":"q","timeout_ms":1})").timeout_ms == 1);
  CHECK(read("queue.dead", R"({"queue":"q"})").count == 100);
  CHECK(read("queue.put_back", R"({"queue":"q","ids":["5"]})").ids ==
        std::vector<std::uint64_t>{5});
  CHECK(read("queue.pause", R"({"queue":"q"})").op == queue_op::pause);
  CHECK(read("queue.resume", R"({"queue":"q"})").op == queue_op::resume);
  CHECK_FALSE(read("queue.purge", R"({"queue":"q"})").dead);
  CHECK(read("queue.purge", R"({"queue":"q","dead":true})").dead);
  CHECK(read("queue.put", R"({"queue":"q","item":{"body":1,"delay_ms":9}})").items[0].delay_ms ==
        9);
  CHECK(find_queue_method("queue.get") == nullptr);
  CHECK(find_queue_method("prime") == nullptr);
}

TEST_CASE("leases alone have the connection as their holder, unless they are detached") {
  CHECK(read("queue.lease", R"({"queue":"q"})").holder == 7);
  CHECK(read("queue.lease", R"({"queue":"q","detach":true})").holder == 0);
  CHECK(read("queue.put", R"({"queue":"q","item":{"body":1}})").holder == 0);
}

TEST_CASE("what a method needs and does not get is named") {
  CHECK(complaint("queue.stats", "") == "queue: the name of a queue is needed");
  CHECK(complaint("queue.ack", "{}") == "lease: the id of a lease is needed");
  CHECK(complaint("queue.put", R"({"queue":"q"})") ==
        "item: an item, or items: an array of them, is needed");
  CHECK(complaint("queue.join", "[]") == "an object is needed");
  CHECK(complaint("queue.stats", R"({"queue":"a/b"})").starts_with("queue: "));
  CHECK(complaint("queue.list", R"({"queue":"q"})") == R"(unknown field "queue": none is taken)");
}

TEST_CASE("all methods are named for people") {
  CHECK(queue_method_names() ==
        "queue.create, queue.list, queue.stats, queue.delete, queue.put, queue.lease, queue.ack, "
        "queue.nack, queue.extend, queue.join, queue.dead, queue.put_back, queue.pause, "
        "queue.resume, queue.purge");
}
