#include "actors/queue/open_store.hpp"

#include "actors/queue/memory_store.hpp"
#include "actors/queue/postgres/postgres_store.hpp"
#include "actors/queue/sqlite/sqlite_store.hpp"
#include "proto/schedule.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace squall::actors {
namespace {

std::string counted(std::uint64_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string contents(store& items) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto views =
      items.look(books_of{}, static_cast<unix_ms>(duration_cast<milliseconds>(now).count())).queues;
  items.commit();
  std::uint64_t queues = 0;
  std::uint64_t total = 0;
  for (const auto& view : views) {
    if (proto::is_reserved(view.stats.name)) continue;
    ++queues;
    total += view.stats.unfinished + view.stats.dead;
  }
  return counted(queues, "queue") + ", " + counted(total, "item");
}

} // namespace

opened_store open_store(const store_place& place, std::size_t memory_bytes) {
  opened_store out;
  if (place.file) {
    out.items = make_sqlite_store(*place.file);
    out.about = std::filesystem::absolute(*place.file).string();
  } else if (!place.url.empty()) {
    auto shared = open_postgres(place.url);
    out.items = std::move(shared.items);
    out.watch = std::move(shared.watch);
    out.ahead_ms = shared.ahead_ms;
    out.about = to_string(place);
  } else {
    return {make_memory_store(memory_bytes), false,
            "queues are kept in memory alone: nothing of them survives this process"};
  }
  out.durable = true;
  out.about = "queues are kept in " + out.about + " (" + contents(*out.items) + ")";
  return out;
}

} // namespace squall::actors
