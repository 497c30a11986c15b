#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace squall::gateway::ws {

/// The stream below Beast's WebSocket stream: memory on both sides. Beast does the protocol; the
/// connection does the reading and writing, many frames at a time. Its user must never let Beast
/// read more than there is: running dry is an error.
class memory_stream {
public:
  using executor_type = boost::asio::io_context::executor_type;

  explicit memory_stream(boost::asio::io_context& context) : executor_{context.get_executor()} {}

  executor_type get_executor() const noexcept { return executor_; }

  /// What Beast may read next: all of `first`, and in a further read `second`.
  void supply(std::string_view first, std::string_view second) noexcept {
    first_ = first;
    second_ = second;
  }
  /// How much of `second` has not been read.
  std::size_t left() const noexcept { return second_.size(); }
  /// Where writes go from now on.
  void write_to(std::string& out) noexcept { out_ = &out; }

  template <class MutableBuffers>
  std::size_t read_some(const MutableBuffers& buffers, boost::beast::error_code& ec) {
    std::size_t total = 0;
    auto& from = first_.empty() ? second_ : first_;
    for (boost::asio::mutable_buffer part : boost::beast::buffers_range_ref(buffers)) {
      total += take(from, part);
    }
    ec = {};
    if (total == 0) ec = boost::asio::error::would_block;
    return total;
  }

  template <class MutableBuffers>
  std::size_t read_some(const MutableBuffers& buffers) {
    boost::beast::error_code ec;
    auto count = read_some(buffers, ec);
    if (ec) throw boost::system::system_error{ec};
    return count;
  }

  template <class ConstBuffers>
  std::size_t write_some(const ConstBuffers& buffers, boost::beast::error_code& ec) {
    std::size_t total = 0;
    for (boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers)) {
      out_->append(static_cast<const char*>(part.data()), part.size());
      total += part.size();
    }
    ec = {};
    return total;
  }

  template <class ConstBuffers>
  std::size_t write_some(const ConstBuffers& buffers) {
    boost::beast::error_code ec;
    return write_some(buffers, ec);
  }

private:
  static std::size_t take(std::string_view& from, boost::asio::mutable_buffer& to) {
    const auto count = std::min(from.size(), to.size());
    if (count > 0) std::memcpy(to.data(), from.data(), count);
    from.remove_prefix(count);
    to += count;
    return count;
  }

  executor_type executor_;
  std::string_view first_;
  std::string_view second_;
  std::string* out_ = nullptr;
};

/// Beast's hook for closing the stream below: here the connection does it.
inline void teardown(boost::beast::role_type, memory_stream&, boost::beast::error_code& ec) {
  ec = {};
}

} // namespace squall::gateway::ws
