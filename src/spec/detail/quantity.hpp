#pragma once
// The small languages inside a twin file's texts: quantities, rates, conditions' parts.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"

namespace gemel::spec {

/// "12.5 kW": the number and what follows it.
struct Quantity {
  double value = 0.0;
  std::string_view unit;  // may be empty
};

/// Errors: InvalidInput. Lifetime: refers to `text`.
Result<Quantity> parse_quantity(std::string_view text);

/// Times per second of "1 Hz", "0.1 Hz", "1 per 10 s", "1 per week". Errors: InvalidInput; not
/// above zero.
Result<double> parse_rate(std::string_view text);

/// "suction_pressure < -0.45 bar for 5 s" in parts. Lifetime: refers to `text`.
struct ConditionText {
  std::string_view signal;
  Comparison comparison = Comparison::Less;
  std::string_view value;  // a quantity or a state's name
  Duration hold = {};
};

/// Errors: InvalidInput, saying how a condition is written.
Result<ConditionText> parse_condition(std::string_view text);

/// A name of an asset, signal, control, type …: letters, digits, '_' and '-', not beginning with a
/// digit or '-'.
bool is_name(std::string_view text);

}  // namespace gemel::spec
