#pragma once
// One FMU of a running system: its inputs set together, its outputs read together.

#include <memory>
#include <span>
#include <vector>

#include "fmu/instance.hpp"
#include "fmu/variable_row.hpp"
#include "ssp/coupled_system.hpp"

namespace gemel::ssp::detail {

/// Many FMUs answer for new inputs only after their next step. Where such a one gives directional
/// derivatives, its outputs are corrected by them for what its inputs differ from those of the last
/// step; so what passes an input on is right to first order at the communication point.
class RunningComponent {
 public:
  /// In initialisation mode, when values may be read. `inputs` and `sources`: of the system, those
  /// of this component that are used; `matters`: of these inputs, whether a source depends on it at
  /// once.
  static Result<RunningComponent> make(const CoupledSystem& system, std::size_t component,
                                       std::vector<std::size_t> inputs, std::vector<bool> matters,
                                       std::unique_ptr<fmu::Instance> instance);

  const std::string& name() const { return *name_; }
  fmu::Instance& instance() { return *instance_; }
  const fmu::Capabilities& capabilities() const { return instance_->capabilities(); }
  const std::vector<std::size_t>& inputs() const { return inputs_; }
  const std::vector<std::size_t>& sources() const { return sources_; }
  /// Of inputs(), as they are set.
  std::span<const double> set_values() const { return set_; }

  /// What is set now is what outputs belong to: after initialisation and after a step.
  Result<void> settle();
  /// Sets inputs. Shapes: `all`, of the whole system; only this component's are looked at.
  Result<void> set(std::span<const double> all);
  /// Reads sources for the inputs as set. Shapes: `all`, of the whole system.
  Result<void> read(std::span<double> all);
  Result<fmu::StepOutcome> step(double time_s, double step_s);

  /// Whether directional derivatives of `source` (of the system) are to be had.
  bool has_derivatives(std::size_t source) const;
  /// d(sources)/d(input). Shapes: `all`, of the whole system. Errors: those of the FMU.
  Result<void> derivative(std::size_t input, std::span<double> all);

  struct Saved {
    fmu::SavedState state;
    std::vector<double> set, settled_inputs, settled_sources;
  };
  Result<void> save(Saved& into);
  Result<void> restore(const Saved& from);

 private:
  RunningComponent() = default;
  Result<void> correct(std::span<double> all);

  const std::string* name_ = nullptr;
  std::unique_ptr<fmu::Instance> instance_;
  std::vector<std::size_t> inputs_, sources_;
  std::vector<bool> matters_;  // as inputs_
  fmu::VariableRow input_row_, source_row_;
  // Real ones among them, for derivatives: places in inputs_ and sources_.
  std::vector<std::size_t> real_inputs_, real_sources_;
  std::vector<fmu::ValueReference> input_references_, source_references_;
  std::vector<double> set_, settled_inputs_, settled_sources_;
  std::vector<double> row_, seed_, sensitivity_;  // used again and again
  bool derivatives_ = false;
};

}  // namespace gemel::ssp::detail
