#include "actors/waiting_line.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

using namespace squall::actors;
using entries = std::vector<waiting_line::entry>;

namespace {

entries pop_all(waiting_line& line) {
  entries out;
  while (!line.empty())
    out.push_back(line.pop());
  return out;
}

} // namespace

TEST_CASE("inside a connection the first come is the first served") {
  waiting_line line;
  for (waiting_line::entry i = 1; i <= 4; ++i)
    line.push(i, 1, 5);
  CHECK(line.size() == 4);
  CHECK(pop_all(line) == entries{1, 2, 3, 4});
}

TEST_CASE("connections take turns") {
  waiting_line line;
  for (waiting_line::entry i = 1; i <= 4; ++i)
    line.push(i, 1, 5);
  line.push(10, 2, 5);
  line.push(11, 2, 5);
  line.push(20, 3, 5);
  CHECK(pop_all(line) == entries{1, 10, 20, 2, 11, 3, 4});
}

TEST_CASE("a connection with ten thousand calls holds another's single call up by one call") {
  waiting_line line;
  for (waiting_line::entry i = 0; i < 10'000; ++i)
    line.push(i, 1, 5);
  CHECK(line.pop() == 0);
  line.push(77'777, 2, 5);
  const auto first = line.pop();
  const auto second = line.pop();
  CHECK((first == 77'777 || second == 77'777));
}

TEST_CASE("a higher priority goes first, whoever it belongs to") {
  waiting_line line;
  line.push(1, 1, 0);
  line.push(2, 1, 5);
  line.push(3, 2, 9);
  line.push(4, 1, 9);
  line.push(5, 2, 200);
  CHECK(pop_all(line) == entries{3, 4, 5, 2, 1});
}

TEST_CASE("an entry can be taken out wherever it stands") {
  waiting_line line;
  const auto a = line.push(1, 1, 5);
  const auto b = line.push(2, 1, 5);
  line.push(3, 1, 5);
  const auto c = line.push(4, 2, 5);
  line.erase(b);
  line.erase(c);
  CHECK(line.size() == 2);
  line.erase(a);
  CHECK(pop_all(line) == entries{3});
  CHECK(line.empty());
}

TEST_CASE("what is given back goes to the very front of its priority") {
  waiting_line line;
  line.push(1, 1, 5);
  line.push(2, 2, 5);
  line.push(3, 3, 5);
  line.push(9, 1, 9);
  SECTION("of a connection that waits already") {
    line.give_back(100, 3, 5);
  }
  SECTION("of a connection that does not") {
    line.give_back(100, 4, 5);
  }
  CHECK(line.pop() == 9);
  CHECK(line.pop() == 100);
  CHECK(line.pop() == 1);
}

TEST_CASE("a connection and the whole line are bounded") {
  waiting_line line{{2, 3}};
  line.push(1, 1, 5);
  const auto second = line.push(2, 1, 9);
  CHECK(line.room_for(1) == waiting_line::room::connection_full);
  CHECK(line.room_for(2) == waiting_line::room::free);
  line.push(3, 2, 5);
  CHECK(line.room_for(3) == waiting_line::room::line_full);
  line.erase(second);
  CHECK(line.room_for(1) == waiting_line::room::free);
}

TEST_CASE("the bytes that wait are bounded, and those that leave make room") {
  waiting_line line{{9, 9, 100}};
  CHECK(line.room_for(1, 101) == waiting_line::room::bytes_full);
  CHECK(line.room_for(1, 100) == waiting_line::room::free);
  const auto first = line.push(1, 1, 5, 60);
  line.push(2, 2, 5, 40);
  CHECK(line.bytes() == 100);
  CHECK(line.room_for(3, 1) == waiting_line::room::bytes_full);
  CHECK(line.room_for(3, 0) == waiting_line::room::free);
  line.erase(first);
  CHECK(line.room_for(3, 60) == waiting_line::room::free);
  line.pop();
  CHECK(line.bytes() == 0);
}

TEST_CASE("what is given back is taken even when the line is full") {
  waiting_line line{{1, 1, 10}};
  line.push(1, 1, 5, 10);
  line.give_back(2, 1, 5, 10);
  CHECK(line.bytes() == 20);
  CHECK(line.room_for(2, 0) == waiting_line::room::line_full);
  CHECK(pop_all(line) == entries{2, 1});
}

TEST_CASE("a line agrees with a plain model through many changes") {
  std::mt19937 random{11};
  waiting_line line;
  std::map<std::pair<unsigned, std::uint64_t>, std::deque<waiting_line::entry>> model;
  std::map<waiting_line::entry, waiting_line::place> places;
  std::map<waiting_line::entry, std::pair<unsigned, std::uint64_t>> keys;
  for (waiting_line::entry i = 0; i < 50'000; ++i) {
    const auto what = random() % 5;
    if (what < 2 || places.empty()) {
      const std::pair key{random() % 10, std::uint64_t{random() % 20}};
      const bool back = random() % 4 == 0;
      places[i] =
          back ? line.give_back(i, key.second, key.first) : line.push(i, key.second, key.first);
      back ? model[key].push_front(i) : model[key].push_back(i);
      keys[i] = key;
    } else if (what < 3) {
      auto victim = std::next(places.begin(), random() % std::min<std::size_t>(places.size(), 8));
      line.erase(victim->second);
      std::erase(model[keys[victim->first]], victim->first);
      places.erase(victim);
    } else {
      const auto got = line.pop();
      auto& expected = model[keys[got]];
      REQUIRE(!expected.empty());
      REQUIRE(expected.front() == got);
      for (const auto& [key, waiting] : model)
        REQUIRE((key.first <= keys[got].first || waiting.empty()));
      expected.pop_front();
      places.erase(got);
    }
    REQUIRE(line.size() == places.size());
  }
}
