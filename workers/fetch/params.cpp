#include "workers/fetch/params.hpp"

#include "proto/json_cursor.hpp"
#include "workers/fetch/members.hpp"
#include "workers/fetch/request_reader.hpp"

#include <algorithm>

namespace squall::workers::fetch {
namespace {

order read_list(std::string_view array, std::uint32_t first_index) {
  std::vector<std::string_view> elements;
  const bool is_array = proto::json_cursor{array}.elements([&elements](std::string_view element) {
    elements.push_back(element);
    return elements.size() <= most_requests;
  });
  if (!is_array || elements.empty())
    throw refusal{"requests: an array of 1 to " + std::to_string(most_requests) +
                  " requests is needed"};
  order made{true, {}};
  made.requests.reserve(elements.size());
  for (const auto element : elements) {
    const auto place = "requests[" + std::to_string(first_index + made.requests.size()) + "]";
    made.requests.push_back(read_request(members_of(element, place), place));
  }
  return made;
}

} // namespace

std::variant<order, std::string> parse_params(std::string_view text, std::uint32_t first_index) {
  try {
    const auto members = members_of(text, {});
    const auto list = std::ranges::find(members, "requests", &member::name);
    if (list != members.end()) {
      if (members.size() != 1) throw refusal{"requests: stands alone, without other members"};
      return read_list(list->value, first_index);
    }
    order made;
    made.requests.push_back(read_request(members, {}));
    return made;
  } catch (const refusal& why) {
    return std::string{why.what()};
  }
}

} // namespace squall::workers::fetch
