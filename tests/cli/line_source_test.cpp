#include "deploy/cli/line_source.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <semaphore>

#include <unistd.h>

using namespace squall::cli;

namespace {

struct pipe_pair {
  std::array<int, 2> ends{-1, -1};
  pipe_pair() { REQUIRE(::pipe(ends.data()) == 0); }
  ~pipe_pair() {
    ::close(ends[0]);
    close_writer();
  }
  void close_writer() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  void write(const std::string& text) const {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
};

} // namespace

TEST_CASE("lines of a pipe arrive, then the end") {
  pipe_pair input;
  std::counting_semaphore<> woken(0);
  line_source source(input.ends[0], [&woken] { woken.release(); });
  CHECK_FALSE(source.ended());
  input.write("a\nb\n");
  woken.acquire();
  CHECK(source.next() == numbered_line{1, "a"});
  CHECK(source.next() == numbered_line{2, "b"});
  CHECK_FALSE(source.next());
  input.write("c");
  input.close_writer();
  while (!source.ended()) {
    woken.acquire();
    if (const auto line = source.next()) CHECK(*line == numbered_line{3, "c"});
  }
  CHECK(source.bytes() == 5);
}

TEST_CASE("a source ends while nothing comes, and while nobody takes its lines") {
  pipe_pair input;
  {
    const line_source quiet(input.ends[0], [] {});
  }
  std::string many;
  for (int i = 0; i < 10'000; ++i)
    many += "1\n";
  input.write(many);
  std::counting_semaphore<> woken(0);
  const line_source full(input.ends[0], [&woken] { woken.release(); });
  woken.acquire();
}

TEST_CASE("every line of a long input arrives once and in order") {
  pipe_pair input;
  std::counting_semaphore<> woken(0);
  std::uint64_t seen = 0;
  constexpr std::uint64_t count = 100'000;
  std::thread writer([&input] {
    std::string text;
    for (std::uint64_t i = 1; i <= count; ++i)
      text += std::to_string(i) + "\n";
    for (std::size_t at = 0; at < text.size();) {
      const auto size = ::write(input.ends[1], text.data() + at, text.size() - at);
      if (size <= 0) break;
      at += static_cast<std::size_t>(size);
    }
    input.close_writer();
  });
  {
    line_source source(input.ends[0], [&woken] { woken.release(); });
    while (!source.ended()) {
      const auto line = source.next();
      if (!line) {
        woken.acquire();
        continue;
      }
      ++seen;
      if (line->number != seen || line->text != std::to_string(seen)) break;
    }
  }
  writer.join();
  CHECK(seen == count);
}
