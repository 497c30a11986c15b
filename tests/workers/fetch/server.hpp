#pragma once

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace squall::workers::fetch::tests {

/// A small HTTP server on loopback, with a thread of its own.
class server {
public:
  /// What it got: the header with its empty line, and the body.
  struct message {
    std::string head;
    std::string body;

    std::string path() const {
      const auto begin = head.find(' ') + 1;
      return head.substr(begin, head.find(' ', begin) - begin);
    }
  };
  /// Called on the server's thread; gives the answer's bytes. Empty: there is none, and the
  /// connection stays open.
  using handler = std::function<std::string(const message&)>;

  explicit server(handler answer, const std::string& address = "127.0.0.1")
      : answer_{std::move(answer)}, acceptor_{context_,
                                              {boost::asio::ip::make_address(address), 0}} {
    accept();
    thread_ = std::thread{[this] { context_.run(); }};
  }

  ~server() {
    context_.stop();
    thread_.join();
  }

  server(const server&) = delete;
  server& operator=(const server&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }

  std::atomic<int> connections = 0;

private:
  using socket = boost::asio::ip::tcp::socket;

  struct connection {
    explicit connection(socket&& from) : peer{std::move(from)} {}
    socket peer;
    std::string buffer;
    message got;
    std::string reply;
  };

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, socket peer) {
      if (error) return;
      ++connections;
      read_head(std::make_shared<connection>(std::move(peer)));
      accept();
    });
  }

  void read_head(const std::shared_ptr<connection>& from) {
    boost::asio::async_read_until(from->peer, boost::asio::dynamic_buffer(from->buffer), "\r\n\r\n",
                                  [this, from](boost::system::error_code error, std::size_t size) {
                                    if (error) return;
                                    from->got = {from->buffer.substr(0, size), {}};
                                    from->buffer.erase(0, size);
                                    read_body(from);
                                  });
  }

  void read_body(const std::shared_ptr<connection>& from) {
    std::size_t length = 0;
    const std::string name = "Content-Length: ";
    if (const auto at = from->got.head.find(name); at != std::string::npos)
      length = std::stoul(from->got.head.substr(at + name.size()));
    const auto missing = length - std::min(length, from->buffer.size());
    boost::asio::async_read(from->peer, boost::asio::dynamic_buffer(from->buffer),
                            boost::asio::transfer_exactly(missing),
                            [this, from, length](boost::system::error_code error, std::size_t) {
                              if (error) return;
                              from->got.body = from->buffer.substr(0, length);
                              from->buffer.erase(0, length);
                              reply(from);
                            });
  }

  void reply(const std::shared_ptr<connection>& to) {
    to->reply = answer_(to->got);
    if (to->reply.empty()) {
      silent_.push_back(to);
      return;
    }
    boost::asio::async_write(to->peer, boost::asio::buffer(to->reply),
                             [this, to](boost::system::error_code error, std::size_t) {
                               if (error) return;
                               if (to->reply.find("Connection: close") != std::string::npos)
                                 to->peer.close();
                               else
                                 read_head(to);
                             });
  }

  handler answer_;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<connection>> silent_;
  std::thread thread_;
};

/// An answer's bytes. `more` are further fields, each with its line break.
inline std::string reply(const std::string& status, const std::string& body,
                         const std::string& more = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more + "\r\n" + body;
}

inline std::string redirect(const std::string& to, const std::string& status = "302 Found") {
  return reply(status, "", "Location: " + to + "\r\n");
}

} // namespace squall::workers::fetch::tests
