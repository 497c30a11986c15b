#pragma once

#include "gateway/access/guard.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/ws/dialect.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace squall::gateway {

/// `/ws/prime`: integers in, `97 is a prime number` out. Several integers of one message are parted
/// by spaces or newlines; each is answered in its own message, in the order of the questions. What
/// is wrong is answered with `error: ...` in its place. Owned by its WebSocket session; io thread.
class prime_chat final : public ws::dialect, private answer_sink {
public:
  /// Most questions that wait for their answer; one that is beyond is answered with an error.
  static constexpr std::size_t max_open = 16'384;
  /// Most bytes that they have together; beyond, the same.
  static constexpr std::size_t max_open_bytes = 16 * 1024 * 1024;

  prime_chat(ws::message_port& port, dispatcher& calls, const access::visitor& who)
      : port_{port}, calls_{calls}, who_{who} {}
  ~prime_chat() override;
  prime_chat(const prime_chat&) = delete;
  prime_chat& operator=(const prime_chat&) = delete;

  void on_message(std::string_view text, bool is_text) override;
  void on_drain() override { draining_ = true; }
  void on_access_changed() override;
  std::size_t open() const noexcept override { return open_; }

private:
  /// A question whose answer was not sent yet.
  struct place {
    dispatcher::ticket ticket = 0; ///< 0: answered, by `answer`
    std::uint32_t bytes = 0;
    std::uint32_t times = 1; ///< how many questions in a row get this answer
    std::string answer;
  };

  void on_answer(std::uint64_t tag, proto::result&& answer) override;

  void ask(std::string_view question);
  void refuse(std::string_view why);
  void refuse_surplus();
  void send_ready();
  std::size_t waiting() const noexcept { return line_.size() - head_; }
  place& add_place();
  void drop_front();

  ws::message_port& port_;
  dispatcher& calls_;
  access::visitor who_;
  std::vector<place> line_; ///< from `head_` on, oldest first
  std::size_t head_ = 0;
  std::uint64_t first_ = 0; ///< tag of the call at `head_`
  std::size_t open_ = 0;
  std::size_t open_bytes_ = 0;
  std::string scratch_; ///< keeps its memory between answers
  bool draining_ = false;
};

} // namespace squall::gateway
