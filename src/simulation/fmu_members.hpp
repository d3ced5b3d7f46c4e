#pragma once
// Copies of an FMU as the members of a filter.

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "estimation/system.hpp"
#include "fmu/variable_row.hpp"
#include "simulation/fmu_following.hpp"

namespace gemel::simulation {

/// Members as FmuFollowing lays them out: states or what is shown, then what is slow. Model
/// exchange: each member is an instance that keeps its own discrete memory; its time never goes
/// back. Co-simulation: one instance, a saved state a member. Times: since the start. One owner.
class FmuMembers : public estimation::Propagator {
 public:
  using StartValues = std::vector<std::pair<std::string, std::string>>;
  /// Instances are made and initialised. Errors: those of the FMU. Lifetime: keeps `following`.
  static Result<std::unique_ptr<FmuMembers>> make(std::shared_ptr<const FmuFollowing> following,
                                                  StartValues start_values);

  std::size_t states() const final { return following_->size(); }
  /// Where states, what is shown and what is slow begin, as the FMU proposes. Shape: states().
  const std::vector<double>& proposed() const { return proposed_; }
  /// Inputs from the next advance() on, as FmuFollowing::inputs; no number: as before.
  void give(std::span<const double> inputs);
  /// What is watched of member `index`. Shapes: states() → watched. Errors: those of the FMU.
  virtual Result<void> observe(std::size_t index, std::span<const double> member,
                               std::span<double> watched) = 0;

 protected:
  explicit FmuMembers(std::shared_ptr<const FmuFollowing> following)
      : following_(std::move(following)) {}
  Result<void> prepare();
  /// Inputs and a member's slow quantities, as `given_` takes them; within what the FMU allows.
  std::span<const double> given_with(std::span<const double> member);
  double origin_s() const {
    return following_->fmu->description().experiment.start_s.value_or(0.0);
  }

  const std::shared_ptr<const FmuFollowing> following_;
  fmu::VariableRow given_, watched_;
  std::vector<double> proposed_;

 private:
  std::vector<const fmu::Variable*> given_variables_;
  std::vector<double> given_values_;  // inputs, then slow quantities
};

namespace detail {
Result<std::unique_ptr<FmuMembers>> make_exchange_members(
    std::shared_ptr<const FmuFollowing> following, FmuMembers::StartValues start_values);
Result<std::unique_ptr<FmuMembers>> make_stepped_members(
    std::shared_ptr<const FmuFollowing> following, FmuMembers::StartValues start_values);
/// For each instance that a filter moves. A tick waits for it: an FMU that hangs is given up soon.
fmu::InstanceOptions instance_options(const FmuFollowing& following);
}  // namespace detail

}  // namespace gemel::simulation
