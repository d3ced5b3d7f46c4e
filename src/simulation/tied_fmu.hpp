#pragma once
// An FMU tied to its plant: a filter about copies of it.

#include <memory>
#include <span>
#include <vector>

#include "estimation/filter.hpp"
#include "simulation/fmu_members.hpp"

namespace gemel::simulation {

/// What a followed quantity is at the start. Units: the FMU's.
struct FmuStart {
  double mean = 0.0;  // no number: as the FMU proposes
  double spread = 0.0;
};

/// One owner; the same calls give the same numbers.
class TiedFmu {
 public:
  /// `starts`: as following->followed. States that nobody follows by name start as the FMU
  /// proposes, known to a twentieth, and don't wander. Errors: those of FmuMembers::make and of
  /// make_filter.
  static Result<TiedFmu> tie(std::shared_ptr<const FmuFollowing> following,
                             std::span<const FmuStart> starts, FmuMembers::StartValues values);

  /// Goes on to `until` (seconds since the start) under `inputs`, then takes in what was measured;
  /// a missing value is no number. Units: the FMU's. Shapes: as following->inputs and ->watched.
  /// Errors: those of the FMU and of the filter; then it must be tied anew.
  Result<estimation::Innovation> step(double until, std::span<const double> inputs,
                                      std::span<const double> measured);

  /// Of following->followed, in its units.
  std::vector<double> mean() const;
  std::vector<double> spread() const;

 private:
  TiedFmu() = default;
  std::vector<double> of_followed(const std::vector<double>& member) const;

  std::shared_ptr<const FmuFollowing> following_;
  std::unique_ptr<FmuMembers> members_;
  std::unique_ptr<estimation::Filter> filter_;
};

}  // namespace gemel::simulation
