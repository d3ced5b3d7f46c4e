#include "simulation/fmu_binding.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace gemel::simulation {

using fmu::Causality;
using fmu::Variability;

bool is_number(const fmu::Variable& variable) {
  const bool text = variable.type == fmu::Type::String || variable.type == fmu::Type::Binary ||
                    variable.type == fmu::Type::Clock;
  return !text && variable.dimensions.empty();
}

bool may_be_set(const fmu::Variable& variable) {
  if (variable.variability == Variability::Constant || variable.start.empty()) return false;
  return variable.causality == Causality::Parameter || variable.causality == Causality::Input ||
         variable.initial == fmu::Initial::Exact || variable.initial == fmu::Initial::Approx;
}

bool may_be_moved(const fmu::Variable& variable) {
  return variable.causality == Causality::Input || (variable.causality == Causality::Parameter &&
                                                    variable.variability == Variability::Tunable);
}

double start_of(const fmu::Variable& variable) {
  double value = 0.0;
  if (variable.start.empty()) return 0.0;
  if (variable.start.front() == "true") return 1.0;
  text::parse_number(variable.start.front(), value);
  return value;
}

std::string written(const fmu::Variable& variable, double value) {
  if (variable.type == fmu::Type::Boolean) return value != 0.0 ? "true" : "false";
  if (variable.type == fmu::Type::Float64 || variable.type == fmu::Type::Float32)
    return text::number(value);
  return text::number(std::round(value));
}

Result<FmuVariable> FmuVariable::find(const fmu::ModelDescription& description,
                                      const std::string& name, const Unit& unit) {
  GEMEL_ASSIGN(const auto* variable, description.find(name));
  if (!is_number(*variable)) {
    return Error{ErrorCode::InvalidInput, name + " of " + description.model_name + " is a " +
                                              std::string(to_string(variable->type)) +
                                              (variable->dimensions.empty() ? "" : " array") +
                                              "; only numbers can be bound"};
  }
  return of(description, *variable, unit);
}

FmuVariable FmuVariable::of(const fmu::ModelDescription& description, const fmu::Variable& variable,
                            const Unit& unit) {
  FmuVariable found{.variable = &variable};
  const auto declared = std::ranges::find(description.units, variable.unit, &fmu::Unit::name);
  if (variable.unit.empty() || declared == description.units.end()) return found;
  found.scale = declared->factor / unit.scale;
  found.offset = (declared->offset - unit.offset) / unit.scale;
  return found;
}

}  // namespace gemel::simulation
