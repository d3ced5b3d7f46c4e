#pragma once
// The simulator of kind "fmu": a model of another tool, started from what the plant shows.

#include <memory>
#include <string>
#include <vector>

#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "fmu/fmu.hpp"

namespace gemel::simulation {

/// Each future is a run of an instance of its own, from the model's start time on. A bound variable
/// that may be set before the start takes the value that the snapshot holds: inputs, parameters,
/// states with a start value. A control that is bound to an input moves it, as fast as the control
/// may move. Quantities: parameters and inputs, in the FMU's units.
///
/// Indicators: mean_, min_ and max_ of each output that is bound to a signal.
/// Cost: that of the FMU. Futures run on all processors, one after the other where the FMU allows
/// one instance a process.
class FmuSimulator final : public Simulator {
 public:
  /// Errors: those of Fmu::load; NotFound (a variable that the FMU has not, with the nearest),
  /// InvalidInput (a variable that is no number; a unit that is not the signal's kind).
  static Result<std::shared_ptr<const FmuSimulator>> make(std::shared_ptr<const Plant> plant,
                                                          const SimulatorSpec& spec);

  const std::string& version() const override { return version_; }
  std::string summary() const override;
  std::vector<SignalId> signals() const override;
  std::vector<ControlId> controls() const override;
  std::vector<Adjustable> adjustables() const override;
  Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario,
                          const Progress& progress = {}) const override;
  std::vector<std::pair<SignalId, double>> estimate(const Snapshot&) const override { return {}; }

 private:
  /// A variable and the way from its unit to that of what it stands for:
  /// twin = scale * fmu + offset.
  struct Bound {
    const fmu::Variable* variable = nullptr;
    SignalId signal;
    ControlId control;
    double scale = 1.0, offset = 0.0;

    double to_fmu(double twin) const { return (twin - offset) / scale; }
    double to_twin(double fmu) const { return scale * fmu + offset; }
  };
  struct Question;
  struct Future;

  FmuSimulator() = default;
  Result<void> bind(const SimulatorSpec& spec);
  Result<Bound> bound_to(const std::string& name, const Unit& unit) const;
  Result<Question> understand(const Snapshot& start, const Scenario& scenario) const;
  Result<void> take_changes(const Scenario& scenario, Question& question) const;
  Result<Future> run(const Question& question, std::uint32_t draw) const;
  Outcome summarise(const Question& question, const std::vector<Future>& futures) const;

  std::shared_ptr<const Plant> plant_;
  std::shared_ptr<const fmu::Fmu> fmu_;
  FmuSpec spec_;
  std::vector<Bound> bound_;  // to signals; then to controls
  std::map<std::string, double> told_;
  std::vector<const fmu::Variable*> adjustable_, outputs_;
  std::string version_;
};

}  // namespace gemel::simulation
