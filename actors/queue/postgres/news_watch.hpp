#pragma once

#include "actors/queue/store.hpp"

#include <memory>
#include <string>

namespace squall::actors::postgres {

/// Listens for news in the database of `url`, on a thread and a connection of its own, but for
/// those that `own` told. Behind a connection that was lost, anything may have changed.
std::unique_ptr<store_watch> watch_news(const std::string& url, const std::string& own);

} // namespace squall::actors::postgres
