#pragma once
// Variables of an FMU and what they are in the twin.

#include <cmath>
#include <string>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "fmu/description.hpp"

namespace gemel::simulation {

/// A variable and the way from its unit to that of what it stands for:
/// twin = scale * fmu + offset.
struct FmuVariable {
  const fmu::Variable* variable = nullptr;
  double scale = 1.0, offset = 0.0;

  double to_fmu(double twin) const { return (twin - offset) / scale; }
  double to_twin(double fmu) const { return scale * fmu + offset; }
  double difference_to_fmu(double twin) const { return twin / std::abs(scale); }
  double difference_to_twin(double fmu) const { return fmu * std::abs(scale); }

  /// Without a unit in the FMU its number is taken as the twin's own.
  static FmuVariable of(const fmu::ModelDescription& description, const fmu::Variable& variable,
                        const Unit& unit);
  /// The same by name. Errors: NotFound, with the nearest name; InvalidInput for what is no number.
  static Result<FmuVariable> find(const fmu::ModelDescription& description, const std::string& name,
                                  const Unit& unit);
};

/// A scalar that is neither text nor a clock.
bool is_number(const fmu::Variable& variable);
/// Whether a value may be given before the start.
bool may_be_set(const fmu::Variable& variable);
/// Whether a value may be given while it runs: an input, or a tunable parameter.
bool may_be_moved(const fmu::Variable& variable);
/// As the FMU proposes; 0 where it doesn't.
double start_of(const fmu::Variable& variable);
/// As an FMU's start value is written.
std::string written(const fmu::Variable& variable, double value);

}  // namespace gemel::simulation
