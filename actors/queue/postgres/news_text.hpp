#pragma once

#include "proto/store_news.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors::postgres {

/// News as payloads of notifications, each of at most 7,999 bytes
/// (https://www.postgresql.org/docs/15/sql-notify.html). `from` names who tells them, in a word.
/// Nothing when there are no news. Pure.
std::vector<std::string> news_texts(const proto::store_news& news, std::string_view from);

/// What a payload says; nothing when it is from `own`. What cannot be read may be anything.
std::optional<proto::store_news> read_news(std::string_view text, std::string_view own);

} // namespace squall::actors::postgres
