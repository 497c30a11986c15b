#include "gateway/rpc/queue_methods.hpp"

#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::gateway::rpc;
using proto::queue_op;

namespace {

constexpr std::size_t max_job_bytes = 20;

queue_task read_task(std::string_view method, std::string_view params) {
  INFO(method);
  const auto* const found = find_queue_method(method);
  REQUIRE(found);
  auto read = read_queue_task(*found, params, 7, max_job_bytes);
  if (const auto* refused = std::get_if<proto::result>(&read)) FAIL(refused->body);
  return std::get<queue_task>(read);
}

proto::queue_request read(std::string_view method, std::string_view params) {
  return read_task(method, params).request;
}

std::string complaint(std::string_view method, std::string_view params,
                      proto::errc code = proto::errc::invalid_params) {
  auto read = read_queue_task(*find_queue_method(method), params, 7, max_job_bytes);
  const auto* const refused = std::get_if<proto::result>(&read);
  REQUIRE(refused);
  CHECK(refused->code == code);
  return refused->body;
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
  CHECK(read("queue.ack", R"({"lease":"x","result":[1 ]})").result == "[1 ]");
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

TEST_CASE("every method of jobs asks its operation") {
  const auto one = read_task("jobs.submit", R"({"kind":"k","params":[1 ],"queue":"q"})");
  CHECK(one.request.op == queue_op::put);
  CHECK(one.request.create);
  CHECK(one.request.timeout_ms == 0);
  CHECK(one.request.queue == "q");
  CHECK(one.request.items.at(0).body == "[1 ]");
  CHECK(one.wait_ms == 0);
  CHECK(read_task("jobs.submit", R"({"kind":"k","wait_ms":9})").wait_ms == 9);
  CHECK(read("jobs.submit", R"({"jobs":[{"kind":"a"},{"kind":"b"}]})").items.size() == 2);
  const auto id = proto::make_job_id(1, 2, 3);
  const auto named = R"({"id":")" + to_text(id) + '"';
  CHECK(read("jobs.get", named + "}").op == queue_op::job_get);
  CHECK(read("jobs.get", named + "}").timeout_ms == 0);
  CHECK(read("jobs.get", named + R"(,"wait_ms":9})").timeout_ms == 9);
  CHECK(read("jobs.cancel", named + "}").jobs == std::vector{id});
  CHECK(read("jobs.list", "").filter == proto::job_filter{});
  CHECK(read("jobs.list", R"({"kind":"k"})").filter.kind == "k");
  CHECK(find_queue_method("jobs.run") == nullptr);
}

TEST_CASE("jobs are told one by one or as a list, as they were asked for") {
  proto::queue_answer answer;
  answer.op = queue_op::put;
  answer.jobs.emplace_back();
  const auto told = [&answer](std::string_view method, std::string_view params) {
    return queue_result(read_task(method, params).tell, answer).body;
  };
  CHECK(told("jobs.submit", R"({"kind":"k"})").starts_with(R"({"id":)"));
  CHECK(told("jobs.submit", R"({"jobs":[{"kind":"k"}]})").starts_with(R"({"jobs":[{"id":)"));
  answer.op = queue_op::job_list;
  CHECK(told("jobs.list", "{}").starts_with(R"({"jobs":[{"id":)"));
  answer.op = queue_op::job_get;
  CHECK(told("jobs.get", R"({"id":"018bcfe5-6807-7000-8000-000000000001"})")
            .starts_with(R"({"id":)"));
}

TEST_CASE("wrong params of jobs are named, and an id that no job can have is not found") {
  CHECK(complaint("jobs.submit", "") == "kind: the name of a kind is needed");
  CHECK(complaint("jobs.submit", R"({"kind":"k","params":"1234567890123456789"})") ==
        "params: at most 20 bytes are taken");
  CHECK(complaint("queue.ack", R"({"lease":"x","result":"1234567890123456789"})") ==
        "result: at most 20 bytes are taken");
  CHECK(complaint("jobs.get", "{}") == "id: the id of a job is needed");
  CHECK(complaint("jobs.cancel", R"({"id":5})") == "id: a string is needed");
  CHECK(complaint("jobs.list", R"({"limit":0})") == "limit: an integer from 1 to 1000 is needed");
  CHECK(complaint("jobs.get", R"({"id":"5"})", proto::errc::not_found) ==
        "no job can have this id");
}

TEST_CASE("all methods of a namespace are named for people") {
  CHECK(queue_method_names("queue.x") ==
        "queue.create, queue.list, queue.stats, queue.delete, queue.put, queue.lease, queue.ack, "
        "queue.nack, queue.extend, queue.join, queue.dead, queue.put_back, queue.pause, "
        "queue.resume, queue.purge");
  CHECK(queue_method_names("jobs.") ==
        "jobs.submit, jobs.get, jobs.cancel, jobs.list, jobs.subscribe, jobs.unsubscribe");
}
