#pragma once
// From a found value to a sample: the part that every format shares.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"

namespace gemel::connectors::payload {

/// One signal's place in what a source sends.
struct Field {
  SignalId signal;
  std::string name;  // path or column, as the twin file wrote it
  double scale = 1.0;
  double offset = 0.0;
  std::vector<std::string> states;  // of an enumeration
};

/// Errors: InvalidInput (the signal is none of the plant's; scale or offset is not finite).
Result<Field> make_field(const Plant& plant, const BoundField& bound);

/// The sample that `found` makes: scale * found + offset, or fault_of() where that is not finite.
Sample sample_of(const Field& field, Timestamp time, double found);

/// What the source could not tell: null, nan, text where a number belongs.
Sample fault_of(const Field& field, Timestamp time);

/// A number, a state's name, or true and false as 1 and 0.
std::optional<double> value_of(const Field& field, std::string_view text);

}  // namespace gemel::connectors::payload
