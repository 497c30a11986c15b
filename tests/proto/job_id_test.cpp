#include "proto/job_id.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using proto::job_id;

TEST_CASE("a job's id says its time, its item and its random bits again") {
  const auto id = proto::make_job_id(0x0192'3456'789a, ~std::uint64_t{0}, proto::last_job_item - 1);
  CHECK(proto::time_of(id) == 0x0192'3456'789a);
  CHECK(proto::random_of(id) == (std::uint64_t{1} << proto::job_id_random_bits) - 1);
  CHECK(proto::item_of(id) == proto::last_job_item - 1);
}

TEST_CASE("a job's id is a UUID of version 7 and variant 2, written and read") {
  const auto id = proto::make_job_id(0x017f22e279b0, 0x123456789, 7);
  const auto text = proto::to_text(id);
  CHECK(text.substr(0, 15) == "017f22e2-79b0-7");
  CHECK((text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b'));
  CHECK(text.size() == 36);
  CHECK(proto::job_id_of(text) == id);
  // The example of RFC 9562, A.6
  CHECK(proto::to_text(*proto::job_id_of("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")) ==
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST_CASE("what is no UUID of version 7 is no job's id") {
  const auto* const text =
      GENERATE("", "x", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e279b07cc398c4dc0c0c07398f",
               "017f22e2-79b0-7cc3-18c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
               "017f22e2-79b0-7cc3-98c4_dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
               " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CHECK(!proto::job_id_of(text));
}

TEST_CASE("later ids sort behind earlier ones") {
  CHECK(proto::make_job_id(1, 99, 5) < proto::make_job_id(2, 0, 6));
  CHECK(!job_id{});
  CHECK(proto::make_job_id(1, 0, 1));
}
