#include "connectors/payload/field.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace gemel::connectors::payload {

Result<Field> make_field(const Plant& plant, const BoundField& bound) {
  if (bound.signal.index >= plant.signals.size()) {
    return Error{ErrorCode::InvalidInput,
                 "'" + bound.path + "' is bound to a signal that the plant does not have"};
  }
  const auto& signal = plant.signal(bound.signal);
  if (!std::isfinite(bound.scale) || !std::isfinite(bound.offset)) {
    return Error{ErrorCode::InvalidInput, "the scale or offset of '" + bound.path + "' for " +
                                              signal.path + " is not a finite number"};
  }
  return Field{bound.signal, bound.path, bound.scale, bound.offset, signal.states};
}

Sample sample_of(const Field& field, Timestamp time, double found) {
  const double value = field.scale * found + field.offset;
  if (!std::isfinite(value)) return fault_of(field, time);
  return {.signal = field.signal, .quality = {}, .source_time = time, .value = value};
}

Sample fault_of(const Field& field, Timestamp time) {
  Sample sample{.signal = field.signal, .quality = {}, .source_time = time, .value = 0.0};
  sample.quality.mark(Cause::SensorFault, Grade::Bad);
  return sample;
}

std::optional<double> value_of(const Field& field, std::string_view text) {
  text = text::trim(text);
  double number = 0;
  if (text::parse_number(text, number)) return number;
  const auto state = std::find(field.states.begin(), field.states.end(), text);
  if (state != field.states.end()) return static_cast<double>(state - field.states.begin());
  if (text == "true") return 1.0;
  if (text == "false") return 0.0;
  return std::nullopt;
}

}  // namespace gemel::connectors::payload
