#include "deploy/supervisor/supervisor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

/// What a supervisor does to its processes when it is told to.
namespace squall::supervisor {

namespace asio = boost::asio;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

std::string in_ms(milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

/// Sets a flag as long as it lives.
class raised {
public:
  explicit raised(bool& flag) : flag_(flag) { flag_ = true; }
  ~raised() { flag_ = false; }
  raised(const raised&) = delete;
  raised& operator=(const raised&) = delete;

private:
  bool& flag_;
};

} // namespace

difference supervisor::compare(const plan& wanted) const {
  std::vector<running_process> now;
  for (const auto& [name, place] : slots_) {
    const bool other =
        place.current && runs_other_program(place.current->id().pid, options_.program);
    now.push_back({place.spec, other});
  }
  auto what = difference_of(now, processes_of(keep_scaled(wanted, wanted_)), wanted_.declared,
                            wanted.declared);
  what.scaling = scaling_lines(wanted_, wanted);
  return what;
}

asio::awaitable<bool> supervisor::apply(plan wanted, const reporter& tell) {
  const raised changing(changing_);
  co_await end_of_strays();
  wanted = keep_scaled(std::move(wanted), wanted_);
  open_sockets(wanted);
  const auto what = compare(wanted);
  check_sockets(what.changes);
  write_file(options_.place.declared(), wanted.declared);
  save();
  const bool done = co_await carry_out(what.changes, tell);
  if (done) wanted_ = std::move(wanted);
  close_unused_sockets();
  save();
  co_return done;
}

/// While another gateway has a socket that could not be taken over, nobody can make one in its
/// place, and that one cannot be passed on.
void supervisor::check_sockets(const std::vector<change>& changes) const {
  for (const auto& each : changes) {
    const auto& listen = each.spec.listen;
    if (listen.empty() || sockets_.contains(listen)) continue;
    if (each.what != action::start && each.what != action::restart) continue;
    for (const auto& other : children_)
      if (other->spec().listen == listen && other->spec().name != each.spec.name)
        throw std::runtime_error(
            "nothing was changed: " + each.spec.name + " would need the socket of " + listen +
            ", which is with " + other->spec().name +
            " and could not be taken from there; squall down and squall up make a new one");
  }
}

asio::awaitable<bool> supervisor::carry_out(const std::vector<change>& changes,
                                            const reporter& tell) {
  for (std::size_t i = 0; i < changes.size() && !stopping_;) {
    // Those that follow each other and are of one sort, are started or drained together.
    const auto& first = changes[i];
    std::vector<process_spec> specs;
    while (i < changes.size() && changes[i].what == first.what &&
           changes[i].spec.part == first.spec.part)
      specs.push_back(changes[i++].spec);
    bool done = true;
    if (first.what == action::start) {
      done = co_await start_all(specs, tell);
    } else if (first.what == action::drain) {
      std::vector<child_ptr> leaving;
      for (const auto& spec : specs) {
        const auto at = slots_.extract(spec.name);
        if (!at.empty() && at.mapped().current) leaving.push_back(at.mapped().current);
      }
      co_await drain_all(std::move(leaving), tell);
    } else {
      for (auto spec = specs.begin(); spec != specs.end() && done && !stopping_; ++spec) {
        if (first.what == action::reload)
          done = co_await reload(*spec, tell);
        else
          done = co_await restart(*spec, tell);
      }
    }
    if (!done) co_return false;
  }
  co_return !stopping_;
}

/// Null when it cannot be started, which is told.
supervisor::child_ptr supervisor::try_launch(const process_spec& spec, const reporter& tell) {
  try {
    return launch_process(spec);
  } catch (const std::exception& error) {
    tell(spec.name + "  cannot be started: " + error.what());
    return nullptr;
  }
}

asio::awaitable<bool> supervisor::start_all(std::vector<process_spec> specs, const reporter& tell) {
  std::vector<child_ptr> started;
  for (const auto& spec : specs) {
    auto& place = slot_of(spec);
    place.held = true;
    place.current = try_launch(spec, tell);
    started.push_back(place.current);
    if (place.current)
      tell(spec.name + "  starting, pid " + std::to_string(place.current->id().pid));
  }
  save();
  bool all = true;
  for (const auto& each : started)
    if (each) co_await become_ready(each, tell, "");
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const bool ready = started[i] && started[i]->state() == child_state::ready;
    all = all && ready;
    if (ready)
      slots_.at(specs[i].name).held = false;
    else if (!stopping_)
      slots_.erase(specs[i].name);
  }
  co_return all;
}

/// Waits until it is ready, or ends it and says why it is not. \param behind to be said of one that
/// is ready
asio::awaitable<bool> supervisor::become_ready(child_ptr which, const reporter& tell,
                                               std::string behind) {
  const auto deadline = clock::now() + options_.start_timeout;
  co_await which->until(child_state::ready, deadline);
  const auto& name = which->spec().name;
  if (which->state() == child_state::ready) {
    save();
    tell(name + "  ready in " + in_ms(which->start_time()) + behind);
    co_return true;
  }
  if (stopping_) co_return false;
  if (which->state() == child_state::ended) {
    tell(name + "  ended before it was ready: " + describe_end(which->end()) +
         "; the last it said:" + last_words(*which));
    co_return false;
  }
  tell(name + "  not ready within " + in_ms(options_.start_timeout) +
       "; the last it said:" + last_words(*which));
  which->drain();
  co_await finish(which, tell);
  co_return false;
}

asio::awaitable<bool> supervisor::restart(const process_spec& spec, const reporter& tell) {
  const auto before = slots_.at(spec.name).spec;
  auto& place = slot_of(spec);
  place.held = true;
  bool done = false;
  if (!place.current) {
    place.current = try_launch(spec, tell);
    const auto fresh = place.current;
    done = fresh && co_await become_ready(fresh, tell, "");
  } else if (before.overlaps && spec.overlaps) {
    done = co_await replace(place, spec, tell);
  } else {
    done = co_await hand_over(place, spec, tell);
  }
  place.held = false;
  if (!done) place.spec = before; // what could not be changed stays as it is
  if (!place.current && !stopping_)
    asio::co_spawn(executor_, revive(spec.name, milliseconds{0}), asio::detached);
  save();
  co_return done;
}

/// A new one is ready before the old one drains.
asio::awaitable<bool> supervisor::replace(slot& place, const process_spec& spec,
                                          const reporter& tell) {
  const auto old = place.current;
  tell(spec.name + "  starting its successor");
  const auto fresh = try_launch(spec, tell);
  save();
  if (!fresh || !co_await become_ready(fresh, tell, ", takes over")) co_return false;
  place.current = fresh;
  old->drain();
  save();
  co_await finish(old, tell);
  co_return true;
}

/// The old one drains and ends, then a new one has its place: both would want the same port for
/// workers, or the same file. Clients that connect in between wait at the socket, which stays.
asio::awaitable<bool> supervisor::hand_over(slot& place, const process_spec& spec,
                                            const reporter& tell) {
  const auto old = place.current;
  const auto before = old->spec();
  const bool alone = !has_sibling(*old);
  const auto begun = clock::now();
  tell(spec.name + "  draining");
  old->drain();
  co_await finish(old, tell);
  if (stopping_) co_return false;
  if (const auto fresh = place.current = try_launch(spec, tell)) {
    save();
    co_await fresh->until(child_state::ready, clock::now() + options_.start_timeout);
    const auto gap = duration_cast<milliseconds>(fresh->ready_at() - begun);
    const auto behind = alone ? "; a gap of " + in_ms(gap) + ", in which clients waited"
                              : "; others served meanwhile";
    if (co_await become_ready(fresh, tell, behind)) co_return true;
  }
  if (stopping_) co_return false;
  tell(spec.name + "  is started again as it was");
  if (const auto again = place.current = try_launch(before, tell))
    co_await become_ready(again, tell, "");
  co_return false;
}

bool supervisor::has_sibling(const child& which) const {
  return std::ranges::any_of(children_, [&which](const child_ptr& other) {
    return other.get() != &which && other->state() == child_state::ready &&
           !which.spec().listen.empty() && other->spec().listen == which.spec().listen;
  });
}

/// The process reads what is new, and says how that went. What it does not take stays as it is.
asio::awaitable<bool> supervisor::reload(const process_spec& spec, const reporter& tell) {
  const auto which = slots_.at(spec.name).current;
  const auto before = slots_.at(spec.name).spec;
  const auto use = [&](const process_spec& as) {
    write_file(options_.place.config(as.name), config_of(as));
    slot_of(as);
    if (which) which->change(as);
  };
  use(spec);                  // when its file cannot be written, nothing has changed
  if (!which) co_return true; // it is started with what is new
  const auto begun = clock::now();
  const auto deadline = begun + options_.start_timeout;
  std::optional<std::string> said;
  if (co_await which->until(child_state::ready, deadline)) said = co_await which->reload(deadline);
  if (said == "done") {
    save();
    tell(spec.name + "  changed live in " +
         in_ms(duration_cast<milliseconds>(clock::now() - begun)));
    co_return true;
  }
  const bool ended = which->state() == child_state::ended;
  use(before);
  if (!said && !ended) which->signal(SIGHUP); // it may take what is new later
  save();
  if (stopping_) co_return false;
  tell(spec.name + (ended ? "  has ended meanwhile; it is started again as it was"
                    : said
                        ? "  stays as it is, " + *said
                        : "  has not said within " + in_ms(options_.start_timeout) +
                              " that it has changed; squall logs " + spec.name + " may tell why"));
  co_return false;
}

} // namespace squall::supervisor
