#pragma once

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace squall::proto {

/// Says of a single call, by a member of its params, whether it has a property that its kind does
/// not always have. It has it when the member is a string and one of `values`, compared without
/// regard to ASCII case. Of a list (`kind_info::spread_param`) every element has to.
struct params_condition {
  std::string param; ///< empty: the condition never holds
  std::vector<std::string> values;
  bool when_absent = false; ///< what holds for params without that member

  friend bool operator==(const params_condition&, const params_condition&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, params_condition& x) {
  return f(caf::meta::type_name("squall.params_condition"), x.param, x.values, x.when_absent);
}

/// What the whole platform knows about a kind. Told by the worker that offers it.
struct kind_info {
  std::string name;
  std::string description;
  std::string params_schema; ///< JSON Schema (draft 2020-12), as text
  std::string result_schema; ///< JSON Schema (draft 2020-12), as text
  bool idempotent = false;   ///< every call may be run again when its worker died
  bool cpu_bound = true;     ///< runs on a thread; otherwise it waits on the worker's event loop
  bool safe = false; ///< has no side effects, so that HTTP GET may call it (RFC 9110, 9.2.1)
  std::uint32_t default_timeout_ms = 30'000;
  std::string spread_param;  ///< array member of the params whose elements may be worked on apart,
                             ///< by several workers; empty: none
  std::string spread_result; ///< array member of the result that has one element for each of them
  std::uint32_t spread_max = 0;   ///< most elements of one call
  params_condition repeatable_if; ///< for a kind that is not idempotent: a call may be run again
                                  ///< nevertheless
  params_condition safe_if;       ///< for a kind that is not safe: a call is nevertheless

  friend bool operator==(const kind_info&, const kind_info&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, kind_info& x) {
  return f(caf::meta::type_name("squall.kind_info"), x.name, x.description, x.params_schema,
           x.result_schema, x.idempotent, x.cpu_bound, x.safe, x.default_timeout_ms, x.spread_param,
           x.spread_result, x.spread_max, x.repeatable_if, x.safe_if);
}

} // namespace squall::proto
