#include "gateway/ws/codec.hpp"

#include "gateway/ws/frame_scanner.hpp"
#include "gateway/ws/memory_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/option.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace squall::gateway::ws {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

/// A connection's messages are put together here unless they come in pieces.
constexpr std::size_t scratch_bytes = 64 * 1024;
/// Empty fragments are kept back until the frame behind them has come; more than so many bytes of
/// them are an attack.
constexpr std::size_t max_held_bytes = 4 * 1024;

/// Beast wants an execution context for its timers. None of them is ever set.
boost::asio::io_context& idle_context() {
  static boost::asio::io_context context;
  return context;
}

std::array<char, scratch_bytes>& scratch() {
  static thread_local std::array<char, scratch_bytes> buffer;
  return buffer;
}

/// Whether the last character of a text, of which all but the end was checked, is cut off
/// (RFC 3629, section 3).
bool ends_inside_character(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back;
  }
  return false;
}

} // namespace

class codec::impl {
public:
  impl(const options& options, std::string& out)
      : stream_{idle_context()}, out_{out}, max_message_bytes_{options.max_message_bytes},
        max_outbox_bytes_{options.max_outbox_bytes} {
    stream_.next_layer().write_to(out);
    stream_.auto_fragment(false);
    stream_.read_message_max(options.max_message_bytes);
    websocket::permessage_deflate deflate;
    deflate.server_enable = options.deflate;
    deflate.compLevel = 3;
    deflate.memLevel = 4;
    deflate.msg_size_threshold = 256;
    stream_.set_option(deflate);
    stream_.set_option(websocket::stream_base::decorator(
        [server = options.server, id = options.request_id,
         subprotocol = options.subprotocol](websocket::response_type& answer) {
          answer.set(beast::http::field::server, server);
          if (!id.empty()) answer.set("X-Request-Id", id);
          if (!subprotocol.empty())
            answer.set(beast::http::field::sec_websocket_protocol, subprotocol);
        }));
  }

  bool accept(const handshake& request) {
    beast::error_code ec;
    stream_.accept(request, ec);
    return !ec;
  }

  std::size_t feed(std::string_view input, codec_events& events) {
    const auto all = input.size();
    while (is_open() && may_read(input, events))
      read_some(input, events);
    return all - input.size();
  }

  bool is_open() const noexcept { return !closed_ && stream_.is_open(); }

  void limit(std::size_t message_bytes, std::size_t outbox_bytes) {
    max_message_bytes_ = message_bytes;
    max_outbox_bytes_ = outbox_bytes;
    stream_.read_message_max(message_bytes);
  }

  void send(std::string_view message, bool as_text) {
    beast::error_code ec;
    stream_.text(as_text);
    stream_.write(boost::asio::buffer(message), ec);
  }

  void ping() {
    beast::error_code ec;
    stream_.ping({}, ec);
  }

  void close(std::uint16_t code, std::string_view reason) {
    if (!is_open()) return;
    closed_ = true;
    reason = reason.substr(0, 123);
    out_ += static_cast<char>(0x80 | frame_header::close);
    out_ += static_cast<char>(2 + reason.size());
    out_ += static_cast<char>(code >> 8);
    out_ += static_cast<char>(code & 0xFF);
    out_ += reason;
  }

private:
  /// Whether Beast can go on without running dry. Takes pings and pongs out on the way, since
  /// Beast would read on behind them. A frame's header is handed over apart from its payload: of a
  /// compressed frame Beast reads once more when payload came with the header.
  bool may_read(std::string_view& input, codec_events& events) {
    for (;;) {
      if (frame_left_ > 0) return !input.empty();
      if (header_ready_ || (final_ && !stream_.is_message_done())) return true;
      auto header = scan_header(input);
      if (!header) return false;
      const bool whole = input.size() - header->header_bytes >= header->payload_bytes;
      if (header->is_legal_ping_or_pong()) {
        if (!whole) return false;
        answer_control(*header, input, events);
        continue;
      }
      if (header->opcode == frame_header::close && !whole && header->payload_bytes <= 125)
        return false;
      held_ += input.substr(0, header->header_bytes);
      input.remove_prefix(header->header_bytes);
      if (!header->is_control() && !header->fin && header->payload_bytes == 0) {
        if (held_.size() <= max_held_bytes) continue;
        close(1008, "too many empty fragments");
        return false;
      }
      final_ = header->fin;
      frame_left_ = header->payload_bytes;
      header_ready_ = frame_left_ == 0;
      last_was_empty_ = frame_left_ == 0;
      if (header->reserved == 0 && frame_left_ > max_message_bytes_) return true; // refused unread
    }
  }

  void read_some(std::string_view& input, codec_events& events) {
    auto& below = stream_.next_layer();
    const auto offered = std::min<std::uint64_t>(frame_left_, input.size());
    below.supply(held_, input.substr(0, offered));
    beast::error_code ec;
    auto& space = scratch();
    const auto count = stream_.read_some(boost::asio::buffer(space), ec);
    const auto taken = offered - below.left();
    input.remove_prefix(taken);
    frame_left_ -= taken;
    held_.clear();
    header_ready_ = false;
    if (ec) {
      closed_ = true;
      return;
    }
    deliver({space.data(), count}, events);
  }

  void deliver(std::string_view piece, codec_events& events) {
    if (!stream_.is_message_done()) {
      message_ += piece;
    } else if (message_.empty()) {
      events.on_message(piece, stream_.got_text());
    } else {
      message_ += piece;
      const auto message = std::exchange(message_, {});
      // Beast looks at the end of the text only when the last frame is not empty.
      if (stream_.got_text() && last_was_empty_ && ends_inside_character(message))
        return close(1007, "the text ends inside a character");
      events.on_message(message, stream_.got_text());
    }
  }

  void answer_control(const frame_header& header, std::string_view& input, codec_events& events) {
    websocket::ping_data payload;
    for (std::size_t i = 0; i < header.payload_bytes; ++i)
      payload.push_back(static_cast<char>(input[header.header_bytes + i] ^
                                          static_cast<char>(header.mask[i % 4])));
    input.remove_prefix(header.header_bytes + header.payload_bytes);
    if (header.opcode == frame_header::pong) return events.on_pong();
    // Whoever pings and does not read could fill the memory.
    if (out_.size() > max_outbox_bytes_) return;
    beast::error_code ec;
    stream_.pong(payload, ec);
  }

  websocket::stream<memory_stream> stream_;
  std::string& out_;
  std::size_t max_message_bytes_;
  std::size_t max_outbox_bytes_;
  std::string message_;          ///< pieces of a message that is not whole yet
  std::string held_;             ///< headers that Beast has not read
  std::uint64_t frame_left_ = 0; ///< payload of the present frame that Beast has not read
  bool header_ready_ = false;    ///< `held_` ends with the header of an empty frame to be read
  bool final_ = false;           ///< the present or last data frame ends its message
  bool last_was_empty_ = false;  ///< the present or last data frame has no payload
  bool closed_ = false;
};

codec::codec(const options& options, std::string& out)
    : impl_{std::make_unique<impl>(options, out)} {}
codec::~codec() = default;
bool codec::accept(const handshake& request) {
  return impl_->accept(request);
}
std::size_t codec::feed(std::string_view input, codec_events& events) {
  return impl_->feed(input, events);
}
bool codec::is_open() const noexcept {
  return impl_->is_open();
}
void codec::limit(std::size_t message_bytes, std::size_t outbox_bytes) {
  impl_->limit(message_bytes, outbox_bytes);
}
void codec::send(std::string_view message, bool as_text) {
  impl_->send(message, as_text);
}
void codec::ping() {
  impl_->ping();
}
void codec::close(std::uint16_t code, std::string_view reason) {
  impl_->close(code, reason);
}

} // namespace squall::gateway::ws
