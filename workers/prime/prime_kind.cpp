#include "workers/prime/prime_kind.hpp"

#include "workers/list_progress.hpp"
#include "workers/prime/big_prime.hpp"
#include "workers/prime/check.hpp"
#include "workers/prime/params.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace squall::workers::prime {

namespace {

constexpr const char* description =
    "Tells whether integers are prime: proven below 2^64, above by Baillie-PSW and a further "
    "Miller-Rabin round.";

constexpr const char* params_schema = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "n": {"$ref": "#/$defs/integer"},
    "numbers": {"type": "array", "items": {"$ref": "#/$defs/integer"}, "maxItems": 10000}
  },
  "oneOf": [{"required": ["n"]}, {"required": ["numbers"]}],
  "additionalProperties": false,
  "$defs": {
    "integer": {
      "description": "An integer of at most 10,000 digits, as a number without fraction and exponent, or as a decimal string",
      "oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^[+-]?[0-9]+$"}]
    }
  }
})json";

constexpr const char* result_schema = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "oneOf": [
    {"$ref": "#/$defs/verdict"},
    {
      "type": "object",
      "properties": {
        "results": {
          "description": "One for each element of numbers, in their order",
          "type": "array",
          "items": {"$ref": "#/$defs/verdict"}
        }
      },
      "required": ["results"],
      "additionalProperties": false
    }
  ],
  "$defs": {
    "verdict": {
      "type": "object",
      "properties": {
        "n": {"description": "The integer, without leading zeros and plus sign", "type": "string", "pattern": "^-?[0-9]+$"},
        "prime": {"type": "boolean"},
        "certainty": {
          "description": "probable: passes Baillie-PSW, which no composite is known to pass, and further Miller-Rabin rounds. Composites, and all below 2^64, are proven",
          "enum": ["proven", "probable"]
        },
        "factor": {"description": "The smallest prime factor of a composite, where trial division found it", "type": "string", "pattern": "^[0-9]+$"},
        "error_bound": {
          "description": "With probable: the proven bound of the probability that a composite passes as prime, from the Miller-Rabin rounds with random bases alone: 4^-rounds. What Baillie-PSW adds has no proven figure",
          "type": "number"
        }
      },
      "required": ["n", "prime", "certainty"],
      "additionalProperties": false
    }
  }
})json";

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

/// Room for everything of one verdict but its digits.
constexpr std::size_t verdict_bytes = 80;

void append(std::string& out, const decimal& number, const verdict& found) {
  out.append(number.negative ? R"({"n":"-)" : R"({"n":")").append(number.digits);
  out.append(found.prime ? R"(","prime":true)" : R"(","prime":false)");
  out.append(found.how == certainty::proven ? R"(,"certainty":"proven")"
                                            : R"(,"certainty":"probable")");
  if (found.factor != 0) {
    out.append(R"(,"factor":")");
    append_number(out, found.factor);
    out.push_back('"');
  }
  if (found.how == certainty::probable) {
    out.append(R"(,"error_bound":)");
    append_number(out, std::ldexp(1.0, -2 * found.rounds));
  }
  out.push_back('}');
}

/// False when a stop request came first.
bool append_check(std::string& out, const decimal& number, const std::stop_token& stop) {
  const auto found = check(number, stop);
  if (!found) return false;
  append(out, number, *found);
  return true;
}

bool append_list(std::string& out, const std::vector<decimal>& numbers, const task& work) {
  list_progress progress(work.progress, numbers.size());
  out.append(R"({"results":[)");
  for (const auto& number : numbers) {
    if (work.stop.stop_requested()) return false;
    if (&number != &numbers.front()) out.push_back(',');
    if (!append_check(out, number, work.stop)) return false;
    progress.step();
  }
  out.append("]}");
  return true;
}

outcome run(const task& work) {
  const auto parsed = parse_params(work.params, work.first_index);
  if (const auto* message = std::get_if<std::string>(&parsed))
    return outcome::fail(proto::errc::invalid_params, *message);
  const auto& wanted = std::get<request>(parsed);
  std::string out;
  out.reserve(verdict_bytes * std::max<std::size_t>(wanted.numbers.size(), 1) + work.params.size());
  const auto done =
      wanted.list ? append_list(out, wanted.numbers, work) : append_check(out, wanted.n, work.stop);
  if (!done) return outcome::fail(proto::errc::cancelled, "the answer is no longer wanted");
  return outcome::ok(std::move(out));
}

/// Takes what stands between two commas for one number. Good enough to tell short from long.
std::chrono::microseconds estimate_params(std::string_view params) {
  constexpr std::string_view around = R"({"n":""})";
  params.remove_prefix(std::min(params.size(), around.size()));
  std::chrono::microseconds sum{0};
  for (;;) {
    const auto comma = params.find(',');
    if (comma == std::string_view::npos) return sum + estimate(params.size());
    sum += estimate(comma);
    params.remove_prefix(comma + 1);
  }
}

} // namespace

kind make_kind() {
  kind made;
  made.info.name = "prime";
  made.info.description = description;
  made.info.params_schema = params_schema;
  made.info.result_schema = result_schema;
  made.info.idempotent = true;
  made.info.cpu_bound = true;
  made.info.safe = true;
  made.info.spread_param = "numbers";
  made.info.spread_result = "results";
  made.info.spread_max = max_numbers;
  made.run = run;
  made.estimate = estimate_params;
  return made;
}

} // namespace squall::workers::prime
