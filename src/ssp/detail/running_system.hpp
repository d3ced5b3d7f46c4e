#pragma once
// All FMUs of a system at one moment: values passed on, algebraic loops solved, states saved.

#include <span>
#include <vector>

#include "ssp/coupled_system.hpp"
#include "ssp/detail/running_component.hpp"
#include "ssp/feedthrough.hpp"

namespace gemel::ssp::detail {

class RunningSystem {
 public:
  struct Saved {
    std::vector<RunningComponent::Saved> components;
    std::vector<double> inputs, sources;
  };

  /// `given`: which external inputs somebody gives; the others keep what their FMU starts with.
  static Result<RunningSystem> make(const CoupledSystem& system, std::vector<bool> given,
                                    double loop_tolerance,
                                    std::vector<std::unique_ptr<fmu::Instance>> instances);

  std::size_t size() const { return components_.size(); }
  RunningComponent& component(std::size_t i) { return components_[i]; }
  const Feedthrough& feedthrough() const { return feedthrough_; }
  std::span<const double> sources() const { return sources_; }
  /// Of all CoupledSystem::inputs, as evaluated last.
  std::span<const double> inputs() const { return inputs_; }
  bool is_used(std::size_t input) const { return used_[input]; }
  std::uint64_t loop_iterations() const { return loop_iterations_; }
  bool can_save() const;

  /// From what the FMUs were given so far to sources and inputs that agree with each other.
  /// Shapes: `external` as CoupledSystem::external.
  /// Errors: those of the FMUs; Unavailable for a loop that does not converge; InvalidInput for a
  /// value that is NaN or infinite.
  Result<void> evaluate(std::span<const double> external);
  /// After initialisation, and after what else FMUs compute their outputs in.
  Result<void> settle();

  Result<void> save(Saved& into);
  Result<void> restore(const Saved& from);

 private:
  RunningSystem(const CoupledSystem& system, double loop_tolerance)
      : system_(&system), feedthrough_(feedthrough_of(system)), loop_tolerance_(loop_tolerance) {}

  Result<void> refresh(std::size_t component);
  Result<void> solve(const Group& group);
  Result<void> loop_jacobian(const Group& group, const std::vector<double>& scales,
                             std::span<const double> x, std::span<double> rows);
  Error unsolved(const Group& group, std::size_t worst, double residual) const;
  double passed_on(std::size_t input) const;
  Result<void> check_numbers() const;

  const CoupledSystem* system_;
  Feedthrough feedthrough_;
  double loop_tolerance_;
  std::vector<RunningComponent> components_;
  std::vector<bool> used_, due_;
  std::vector<double> inputs_, sources_, column_;
  std::uint64_t loop_iterations_ = 0;
};

bool is_real(fmu::Type type);

}  // namespace gemel::ssp::detail
