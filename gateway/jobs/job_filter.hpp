#pragma once

#include "gateway/queue/member_values.hpp"
#include "proto/job.hpp"

#include <string_view>

/// Which jobs a client wants listed. Each function says for people what is wrong, or nothing when
/// all is good. Pure.
namespace squall::gateway {

/// Takes one of `queue`, `kind`, `state`, `limit` and `cursor` as the text of a query string.
/// States add up.
complaint read_filter(proto::job_filter& to, std::string_view name, std::string_view text);
/// Takes them from a JSON object; the states are a string, or an array of strings.
complaint read_filter_members(proto::job_filter& to, std::string_view text);

} // namespace squall::gateway
