#include "gateway/spread.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace squall::gateway {

namespace {

/// A shorter params text holds no array that is worth the look.
constexpr std::size_t least_params = 64;

} // namespace

/// One spread call: takes the answers of its parts, whose tags are their places.
class spreading_dispatcher::gathering final : public answer_sink {
public:
  gathering(spreading_dispatcher& owner, answer_sink& sink, std::uint64_t tag)
      : owner_{owner}, sink_{sink}, tag_{tag} {}
  /// Cancels the parts that are open: none must answer to a sink that is gone.
  ~gathering() { cancel_from(0); }
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;

  /// Sends the parts; the ticket of the first names the whole.
  ticket send(const call_request& request, const spread_plan& plan, std::string member) {
    member_ = std::move(member);
    answers_.resize(plan.parts.size());
    tickets_.reserve(plan.parts.size());
    for (const auto& part : plan.parts) {
      call_request work{.kind = request.kind,
                        .params = plan.params_of(part),
                        .timeout_ms = request.timeout_ms,
                        .priority = request.priority,
                        .first_index = request.first_index + part.first_index,
                        .connection = request.connection};
      tickets_.push_back(owner_.inner_.submit(std::move(work), *this, tickets_.size()));
    }
    left_ = tickets_.size();
    return whole_ = tickets_.front();
  }

  /// Answers with `refusal` in a later turn, as a dispatcher has to: when the router has looked.
  ticket send_refusal(proto::result refusal) {
    answers_.push_back(std::move(refusal));
    failed_ = 0;
    auto nothing = [](const proto::router_status&) { return std::string(); };
    tickets_.push_back(owner_.inner_.inspect(nothing, *this, refused));
    return whole_ = tickets_.front();
  }

  void cancel_from(std::size_t first) {
    for (auto place = first; place < tickets_.size(); ++place)
      if (const auto part = std::exchange(tickets_[place], 0); part != 0)
        owner_.inner_.cancel(part);
  }

  void on_answer(std::uint64_t tag, proto::result&& answer) override {
    if (tag == refused) {
      tickets_.clear();
      return owner_.finish(whole_);
    }
    tickets_[tag] = 0;
    answers_[tag] = std::move(answer);
    --left_;
    if (answers_[tag].code != proto::errc::none) {
      // Parts before this one may still fail, and then theirs is the first error.
      failed_ = tag;
      cancel_from(tag + 1);
      left_ = tickets_.size() - static_cast<std::size_t>(std::ranges::count(tickets_, ticket{0}));
    }
    if (left_ == 0) owner_.finish(whole_);
  }

  void deliver() { sink_.on_answer(tag_, merged()); }

private:
  static constexpr std::uint64_t refused = ~std::uint64_t{0};

  proto::result merged() {
    if (failed_) return std::move(answers_[*failed_]);
    proto::result whole;
    if (auto body = merge_bodies(member_, answers_)) {
      whole.body = std::move(*body);
    } else {
      whole.code = proto::errc::internal;
      whole.body = "the kind's result lacks the array \"" + member_ + "\"";
    }
    for (const auto& part : answers_)
      whole.run_us = std::max(whole.run_us, part.run_us);
    return whole;
  }

  spreading_dispatcher& owner_;
  answer_sink& sink_;
  std::uint64_t tag_;
  ticket whole_ = 0;
  std::string member_;                 ///< array of the result
  std::vector<ticket> tickets_;        ///< 0: answered or cancelled
  std::vector<proto::result> answers_; ///< by place
  std::optional<std::size_t> failed_;  ///< the first that did; those behind it were cancelled
  std::size_t left_ = 0;               ///< parts to be answered yet
};

spreading_dispatcher::spreading_dispatcher(dispatcher& inner) : inner_{inner} {}

spreading_dispatcher::~spreading_dispatcher() = default;

dispatcher::ticket spreading_dispatcher::submit(call_request request, answer_sink& sink,
                                                std::uint64_t tag) {
  if (request.params.size() <= least_params) return inner_.submit(std::move(request), sink, tag);
  const auto* const kind = inner_.find_kind(request.kind);
  if (kind == nullptr || kind->info.spread_param.empty())
    return inner_.submit(std::move(request), sink, tag);
  const auto plan = plan_spread(kind->info, kind->slots, request.params);
  const auto most = kind->info.spread_max;
  if (plan && most != 0 && plan->elements > most)
    return refuse(proto::errc::invalid_params,
                  kind->info.spread_param + ": " + std::to_string(plan->elements) +
                      " elements, where at most " + std::to_string(most) + " are taken",
                  sink, tag);
  if (!plan || plan->parts.empty()) return inner_.submit(std::move(request), sink, tag);
  try {
    auto call = std::make_unique<gathering>(*this, sink, tag);
    // A plan views the params, so they stay where they are until every part is sent.
    const auto whole = call->send(request, *plan, kind->info.spread_result);
    open_.emplace(whole, std::move(call));
    return whole;
  } catch (const std::length_error&) { // the parts that were sent are cancelled
    return refuse(proto::errc::overloaded, "too many open calls", sink, tag);
  }
}

dispatcher::ticket spreading_dispatcher::refuse(proto::errc code, std::string why,
                                                answer_sink& sink, std::uint64_t tag) {
  proto::result answer;
  answer.code = code;
  answer.body = std::move(why);
  auto call = std::make_unique<gathering>(*this, sink, tag);
  const auto whole = call->send_refusal(std::move(answer));
  open_.emplace(whole, std::move(call));
  return whole;
}

void spreading_dispatcher::cancel(ticket call) {
  if (open_.erase(call) == 0) inner_.cancel(call);
}

void spreading_dispatcher::finish(ticket whole) {
  // Out of the table first: the sink may submit and cancel.
  const auto done = open_.extract(whole);
  done.mapped()->deliver();
}

} // namespace squall::gateway
