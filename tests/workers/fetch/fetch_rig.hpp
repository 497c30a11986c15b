#pragma once

#include "tests/support/catch.hpp"
#include "workers/event_loop.hpp"
#include "workers/fetch/fetch_kind.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>

namespace squall::workers::fetch::tests {

using nlohmann::json;

/// Allows loopback, where the tests' servers are.
inline settings local() {
  settings made;
  made.allow = {parse_allow("127.0.0.0/8")};
  return made;
}

/// A call under way.
class pending {
public:
  outcome get() {
    REQUIRE(answer_.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
    return answer_.get();
  }

  /// The result as JSON; the call has to succeed.
  json result() {
    auto ended = get();
    INFO(ended.body << ended.data);
    REQUIRE(ended.code == proto::errc::none);
    return json::parse(ended.body);
  }

  /// The reason with which the call failed.
  std::string reason() {
    auto ended = get();
    INFO(ended.body);
    REQUIRE(ended.code == proto::errc::task_failed);
    return json::parse(ended.data)["reason"];
  }

  bool ready() const {
    return answer_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }

  /// Whether nobody will ever answer.
  bool is_dropped() {
    try {
      answer_.get();
      return false;
    } catch (const std::future_error&) {
      return true;
    }
  }

  void stop() { stop_.request_stop(); }

private:
  friend class rig;
  std::stop_source stop_;
  std::shared_ptr<const std::string> params_;
  std::future<outcome> answer_;
};

/// The kind on an event loop of its own.
class rig {
public:
  explicit rig(settings options = local()) : kind_{make_kind(std::move(options))} {}

  /// On a loop that outlives it.
  rig(settings options, event_loop& loop) : kind_{make_kind(std::move(options))}, loop_{loop} {}

  pending start(const json& params) {
    pending made;
    made.params_ = std::make_shared<const std::string>(params.dump());
    auto answer = std::make_shared<std::promise<outcome>>();
    made.answer_ = answer->get_future();
    loop_.post([this, answer, params = made.params_, stop = made.stop_.get_token()] {
      kind_.start(loop_, task{*params, 0, stop},
                  [answer, params](outcome ended) { answer->set_value(std::move(ended)); });
    });
    return made;
  }

  json fetch(const json& params) { return start(params).result(); }
  json fetch(const std::string& url) { return fetch(json{{"url", url}}); }
  json fetch(const char* url) { return fetch(std::string{url}); }
  std::string fail(const json& params) { return start(params).reason(); }

private:
  kind kind_;
  std::optional<event_loop> own_;
  event_loop& loop_ = own_.emplace();
};

} // namespace squall::workers::fetch::tests
