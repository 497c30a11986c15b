#include "actors/credit.hpp"
#include "tests/support/catch.hpp"

using namespace squall::actors;

TEST_CASE("a pool whose calls are short is granted as many as fill its slots for a while") {
  pool_load load{.slots = 2, .mean_us = 2};
  CHECK(capacity(load) == 2'000);
  load.mean_us = 0.01;
  CHECK(capacity(load) == 2 * most_ahead);
}

TEST_CASE("a pool whose calls are long, unknown or wait is granted its slots") {
  CHECK(capacity({.slots = 4, .mean_us = 50'000}) == 4);
  CHECK(capacity({.slots = 4}) == 4);
  CHECK(capacity({.slots = 1'000, .mean_us = 2, .cpu_bound = false}) == 1'000);
}

TEST_CASE("a slot with a long call is granted nothing ahead") {
  CHECK(capacity({.slots = 2, .busy = 1, .stuck = 1, .mean_us = 2}) == 1'001);
  CHECK(capacity({.slots = 2, .busy = 2, .stuck = 2, .mean_us = 2}) == 2);
}

TEST_CASE("a gateway may have its own calls and its share of what is free") {
  pool_load load{.slots = 8, .busy = 3};
  CHECK(window(load, 3, 1) == 8);
  CHECK(window(load, 3, 2) == 6);
  CHECK(window(load, 0, 2) == 3);
  load.busy = 8;
  CHECK(window(load, 8, 2) == 8);
  CHECK(window(load, 0, 2) == 0);
  load.queued = 5;
  CHECK(window(load, 13, 1) == 13);
}

TEST_CASE("a busy gateway gets all of an otherwise idle pool step by step") {
  pool_load load{.slots = 64};
  std::uint32_t own = 0;
  for (int i = 0; i < 7; ++i) {
    own = window(load, own, 2);
    load.busy = own;
  }
  CHECK(own == 64);
}

TEST_CASE("small windows are told exactly, large ones when they change by a quarter") {
  CHECK_FALSE(noticeable(5, 5));
  CHECK(noticeable(5, 6));
  CHECK(noticeable(0, 1));
  CHECK(noticeable(1'000, 0));
  CHECK_FALSE(noticeable(1'000, 1'100));
  CHECK(noticeable(1'000, 1'300));
  CHECK(noticeable(1'000, 700));
}
