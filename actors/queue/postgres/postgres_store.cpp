#include "actors/queue/postgres/postgres_store.hpp"

#include "actors/backoff.hpp"
#include "actors/queue/durable/store_work.hpp"
#include "actors/queue/lease_ids.hpp"
#include "actors/queue/postgres/news_watch.hpp"
#include "actors/queue/postgres/schema.hpp"
#include "actors/queue/postgres/tables.hpp"

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

namespace squall::actors {
namespace {

using namespace postgres;
using steady = std::chrono::steady_clock;

const query claim_writer{"claim_writer", "SELECT n FROM generate_series(1, 100000) AS n WHERE "
                                         "pg_try_advisory_lock(1399940205, n) LIMIT 1"};
const query roll_back{"rollback", "ROLLBACK"};
const query read_clock{"clock", "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"};

/// Turns and their failures, and the connection; the work inside of turns is `store_work`'s.
class pg_store final : public store {
public:
  pg_store(std::string url, std::string name)
      : url_{std::move(url)}, place_{place_of(url_)}, name_{std::move(name)},
        pauses_{std::chrono::milliseconds{100}, std::chrono::seconds{2}, lease_ids{}.bits()} {
    try {
      connect();
    } catch (const error& why) {
      throw store_failure{told(why)};
    } catch (const store_failure& why) {
      throw store_failure{place_ + ": " + why.what()};
    }
  }

  defined define(std::string_view queue, const proto::queue_settings& settings) override {
    return in_turn(now_, [&] {
      turn_->rows.prepare_admin(queue);
      return turn_->work.define(queue, settings);
    });
  }
  std::optional<removed> remove(std::string_view queue, removal what) override {
    return in_turn(now_, [&] {
      turn_->rows.prepare_admin(queue);
      auto out = turn_->work.remove(queue, what);
      if (out) add(turn_->rows.news().void_leases, out->leases);
      return out;
    });
  }
  std::vector<put_outcome> put(std::span<store_put> puts, unix_ms now) override {
    return in_turn(now, [&] {
      turn_->rows.prepare_put(puts);
      return turn_->work.put(puts, now);
    });
  }
  std::vector<lease_outcome> lease(std::span<const store_lease> asks, unix_ms now) override {
    return in_turn(now, [&] {
      turn_->rows.prepare_lease(asks);
      return turn_->work.lease(asks, now);
    });
  }
  std::vector<std::optional<settled>> settle(std::span<const settlement> uses,
                                             unix_ms now) override {
    return in_turn(now, [&] {
      turn_->rows.prepare_settle(uses);
      auto out = turn_->work.settle(uses, now);
      for (const auto& each : out)
        if (each && !each->revoked.empty()) turn_->rows.news().revoked.push_back(each->revoked);
      return out;
    });
  }
  view look(const question& what, unix_ms now) override {
    return in_turn(now, [&] {
      turn_->rows.prepare_look(what);
      return turn_->work.look(what, now);
    });
  }
  expired expire(unix_ms now) override {
    return in_turn(now, [&] {
      auto out = turn_->work.expire(now);
      add(turn_->rows.news().void_leases, out.leases);
      add(out.queues, turn_->rows.shared_ready());
      return out;
    });
  }
  void commit() override {
    try {
      if (turn_)
        in_turn(now_, [this] {
          turn_->rows.commit(name_);
          turn_.reset();
        });
    } catch (const store_failure&) { // kept in `failure_`
    }
    const auto failure = std::exchange(failure_, {});
    if (!failure.empty()) throw store_failure{failure};
  }

  /// Of the server before this host's clock.
  std::int64_t ahead_ms() {
    using namespace std::chrono;
    const auto here = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    const auto there = static_cast<std::int64_t>(link_->fetch(read_clock).number(0, 0));
    return there - here;
  }

private:
  struct turn {
    turn(connection& link, std::uint64_t writer, unix_ms now, std::vector<std::uint64_t>& deaths)
        : rows{link, writer, now, deaths}, work{rows} {}

    tables rows;
    store_work work;
  };

  /// Does `part` of the turn.
  template <class Part>
  std::invoke_result_t<Part> in_turn(unix_ms now, Part part) {
    if (!failure_.empty()) throw store_failure{failure_};
    now_ = now;
    try {
      if (!turn_ && link_ && link_->has_ended()) link_.reset(); // nothing was lost with it
      if (!link_) connect_again();
      if (!turn_) turn_.emplace(*link_, writer_, now, deaths_);
      return part();
    } catch (const error& why) {
      lose_turn(told(why));
    } catch (const store_failure& why) {
      lose_turn(why.what());
    }
  }

  [[noreturn]] void lose_turn(const std::string& why) {
    turn_.reset();
    failure_ = why;
    try {
      if (link_ && !link_->is_lost()) {
        if (link_->asked() > 0) link_->fly(); // of a turn that failed between two statements
        link_->fetch(roll_back);
      }
    } catch (const error&) {
      link_.reset();
    }
    if (link_ && link_->is_lost()) link_.reset();
    throw store_failure{why};
  }

  std::string told(const error& why) const { return "PostgreSQL at " + place_ + ": " + why.what(); }

  void connect() {
    migrate(url_);
    link_.emplace(url_, session_script);
    writer_ = link_->fetch(claim_writer).number(0, 0);
    pauses_.reset();
  }

  /// Unless that failed just before.
  void connect_again() {
    if (steady::now() < next_try_) throw store_failure{last_failure_};
    try {
      connect();
    } catch (const error& why) {
      link_.reset();
      next_try_ = steady::now() + pauses_.next();
      last_failure_ = told(why);
      throw;
    }
  }

  static void add(std::vector<std::string>& to, const std::vector<std::string>& more) {
    to.insert(to.end(), more.begin(), more.end());
  }

  std::string url_;
  std::string place_; ///< for people
  std::string name_;  ///< among those who tell news
  std::optional<connection> link_;
  std::uint64_t writer_ = 0;
  std::vector<std::uint64_t> deaths_;
  std::optional<turn> turn_; ///< that is open
  unix_ms now_ = 0;          ///< when the store was used last
  std::string failure_;      ///< of this turn; empty: none
  backoff pauses_;
  steady::time_point next_try_;
  std::string last_failure_;
};

} // namespace

postgres_store open_postgres(const std::string& url) {
  lease_ids random;
  const auto name = to_text(random.next());
  auto items = std::make_unique<pg_store>(url, name);
  const auto ahead = items->ahead_ms();
  return {std::move(items), watch_news(url, name), ahead};
}

} // namespace squall::actors
