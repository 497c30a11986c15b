#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace squall::gateway::rpc {

/// One entry of a message. Views of JSON texts exactly as the client wrote them; empty: not given.
/// Of a member given twice the last counts.
struct request {
  std::string_view id;
  std::string_view method; ///< with its quotes
  std::string_view params; ///< an object or array; `null` counts as not given
  std::string_view fault;  ///< why it is no JSON-RPC request (-32600); empty: it is one

  bool is_notification() const noexcept { return id.empty(); }
};

/// A whole message. Outlived by the text it was read from.
struct message {
  std::string parse_error; ///< why it is not JSON (-32700); empty: it is
  std::string_view fault;  ///< why the message as a whole is no request (-32600)
  bool is_batch = false;
  request single;
  std::vector<request> batch;
};

/// Most entries of one batch.
inline constexpr std::size_t max_batch = 1'000;

/// Reads a JSON-RPC 2.0 message (https://www.jsonrpc.org/specification). The whole text is checked
/// before anything of it can be run.
message read_message(std::string_view text);

} // namespace squall::gateway::rpc
