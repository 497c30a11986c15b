#pragma once

#include "gateway/ws/dialect.hpp"

namespace squall::gateway::ws {

/// `/ws/echo`: every message given back as it came.
class echo final : public dialect {
public:
  explicit echo(message_port& port) : port_{port} {}

  void on_message(std::string_view text, bool is_text) override {
    if (is_text)
      port_.send(text);
    else
      port_.send_binary(text);
  }
  void on_drain() override {}
  std::size_t open() const noexcept override { return 0; }

private:
  message_port& port_;
};

} // namespace squall::gateway::ws
