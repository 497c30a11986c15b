#include "gateway/http/metrics.hpp"

#include "tests/gateway/http/status_sample.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace squall;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("metrics show calls, times, slots, connections and workers") {
  gateway::counters counts;
  counts.http_requests = 12;
  counts.websocket_connections = 3;
  const auto text = gateway::http::metrics_text(tests::sample_status(), {}, {}, counts);
  for (auto line :
       {"# TYPE squall_calls_total counter", R"(squall_calls_total{kind="prime",outcome="ok"} 5)",
        R"(squall_calls_total{kind="prime",outcome="invalid_params"} 2)",
        "# TYPE squall_call_waiting_seconds histogram",
        R"(squall_call_waiting_seconds_bucket{kind="prime",le="5e-05"} 3)",
        R"(squall_call_waiting_seconds_bucket{kind="prime",le="30"} 7)",
        R"(squall_call_waiting_seconds_bucket{kind="prime",le="+Inf"} 8)",
        R"(squall_call_waiting_seconds_count{kind="prime"} 8)",
        R"(squall_call_waiting_seconds_sum{kind="prime"} 40.25)",
        R"(squall_call_running_seconds_count{kind="prime"} 0)", R"(squall_slots{kind="prime"} 2)",
        R"(squall_slots_in_flight{kind="prime"} 1)", R"(squall_calls_waiting{kind="prime"} 4)",
        R"(squall_calls_redone_total{kind="prime"} 1)",
        R"(squall_connections{protocol="websocket"} 3)", "squall_http_requests_total 12",
        "squall_websocket_messages_total 0", "squall_workers 1", "squall_build_info{version="})
    CHECK_THAT(text, ContainsSubstring(line));
}

TEST_CASE("an outcome that the error table does not have gets no label of its own") {
  const auto text = gateway::http::metrics_text(tests::sample_status(), {}, {}, {});
  CHECK_THAT(text, !ContainsSubstring("from_the_future"));
  CHECK_THAT(text, ContainsSubstring(R"(squall_calls_total{kind="prime",outcome="unknown"} 1)"));
}

TEST_CASE("without kinds there are no families without samples") {
  const auto text = gateway::http::metrics_text({}, {}, {}, {});
  CHECK_THAT(text, !ContainsSubstring("squall_calls_total"));
  CHECK_THAT(text, ContainsSubstring("squall_workers 0"));
}

TEST_CASE("metrics show all queues together, and no name of one") {
  proto::queue_answer answer;
  answer.stats.resize(2);
  answer.events = {30, 25, 20, 1, 2};
  auto& books = answer.stats;
  books[0].name = "secret";
  books[0].ready = 3;
  books[1].ready = 4;
  books[1].delayed = 5;
  books[1].leased = 6;
  books[1].dead = 7;
  books[1].done = 10;
  books[1].cancelled = 11;
  books[1].bytes = 80;
  books[1].getters = 8;
  books[1].putters = 9;
  books[1].joiners = 1;
  const auto text = gateway::http::metrics_text({}, gateway::http::sum_up(answer), {}, {});
  for (auto line :
       {"# TYPE squall_queues gauge", "squall_queues 2", R"(squall_queue_items{state="ready"} 7)",
        R"(squall_queue_items{state="delayed"} 5)", R"(squall_queue_items{state="leased"} 6)",
        R"(squall_queue_items{state="dead"} 7)", R"(squall_queue_items{state="done"} 10)",
        R"(squall_queue_items{state="cancelled"} 11)", "squall_queue_item_bytes 80",
        R"(squall_queue_waiting{for="item"} 8)", R"(squall_queue_waiting{for="room"} 9)",
        R"(squall_queue_waiting{for="join"} 1)", "# TYPE squall_queue_events_total counter",
        R"(squall_queue_events_total{event="put"} 30)",
        R"(squall_queue_events_total{event="leased"} 25)",
        R"(squall_queue_events_total{event="acked"} 20)",
        R"(squall_queue_events_total{event="nacked"} 1)",
        R"(squall_queue_events_total{event="expired"} 2)"})
    CHECK_THAT(text, ContainsSubstring(line));
  CHECK_THAT(text, !ContainsSubstring("secret"));
}

TEST_CASE("metrics show whether the store works, and how long its commits take") {
  gateway::counters counts;
  CHECK_THAT(gateway::http::metrics_text({}, {}, {}, counts), !ContainsSubstring("squall_store"));
  proto::store_report store;
  store.commits.add(700);
  store.commits.add(7'000);
  store.failed_commits = 3;
  counts.store = [&store] { return store; };
  const auto text = gateway::http::metrics_text({}, {}, {}, counts);
  for (auto line :
       {"# TYPE squall_store_up gauge", "squall_store_up 1",
        "# TYPE squall_store_commit_seconds histogram", "squall_store_commit_seconds_count 2",
        R"(squall_store_commit_seconds_bucket{le="0.001"} 1)",
        "# TYPE squall_store_failed_commits_total counter", "squall_store_failed_commits_total 3"})
    CHECK_THAT(text, ContainsSubstring(line));
  store.trouble = "the disk is full";
  CHECK_THAT(gateway::http::metrics_text({}, {}, {}, counts),
             ContainsSubstring("squall_store_up 0"));
}
