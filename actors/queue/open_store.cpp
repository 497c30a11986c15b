#include "actors/queue/open_store.hpp"

#include "actors/queue/memory_store.hpp"
#include "actors/queue/sqlite/sqlite_store.hpp"
#include "proto/schedule.hpp"

#include <chrono>
#include <cstdint>

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
  if (!place.file)
    return {make_memory_store(memory_bytes), false,
            "queues are kept in memory alone: nothing of them survives this process"};
  opened_store opened{make_sqlite_store(*place.file), true, {}};
  opened.about = "queues are kept in " + std::filesystem::absolute(*place.file).string() + " (" +
                 contents(*opened.items) + ")";
  return opened;
}

} // namespace squall::actors
