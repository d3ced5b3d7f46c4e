#pragma once
// The simulators of kinds "fmu" and "ssp": a model of another tool, or a system of them, started
// from what the plant shows.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "simulation/fmu_binding.hpp"
#include "simulation/fmu_following.hpp"
#include "simulation/imported_model.hpp"

namespace gemel::simulation {

/// Each future is a run of an instance of its own, from the model's start time on. A bound variable
/// that may be set before the start takes the value that the snapshot holds: inputs, parameters,
/// states with a start value. A control that is bound to an input moves it, as fast as the control
/// may move. Quantities: parameters and inputs, in the FMU's units.
///
/// What is followed starts as it was told, drawn anew for each future; it stays there.
///
/// Indicators: mean_, min_ and max_ of each output that is bound to a signal.
/// Cost: that of the FMUs. Futures run on all processors, one after the other where the FMU allows
/// one instance a process.
class FmuSimulator final : public Simulator {
 public:
  /// Errors: those of Fmu::load; NotFound (a variable that the FMU has not, with the nearest),
  /// InvalidInput (a variable that is no number; a unit that is not the signal's kind); those of
  /// FmuFollowing::of. `learnt`: the noise of readings that `spec` doesn't tell.
  static Result<std::shared_ptr<const FmuSimulator>> make(
      std::shared_ptr<const Plant> plant, const SimulatorSpec& spec,
      const FmuFollowing::ReadingNoise& learnt = {});

  const std::string& version() const override { return version_; }
  std::string summary() const override;
  std::vector<SignalId> signals() const override;
  std::vector<ControlId> controls() const override;
  std::vector<Adjustable> adjustables() const override;
  Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario,
                          const Progress& progress = {}) const override;
  std::vector<std::pair<SignalId, double>> estimate(const Snapshot&) const override { return {}; }
  /// Null where nothing is followed.
  std::unique_ptr<StateTracker> track(const Snapshot& from) const override;

 private:
  using Quantity = ImportedModel::Quantity;
  /// Of a signal or of a control.
  struct Bound : FmuVariable {
    const Quantity* quantity = nullptr;
    SignalId signal = {};
    ControlId control = {};
  };
  struct Question;
  struct Future;

  FmuSimulator() = default;
  Result<void> bind(const SimulatorSpec& spec);
  Result<Bound> bound_to(const std::string& name, const Unit& unit) const;
  const Quantity* quantity_of(const fmu::Variable* variable) const;
  Result<Question> understand(const Snapshot& start, const Scenario& scenario) const;
  void take_followed(const Snapshot& start, Question& question) const;
  Result<void> take_changes(const Scenario& scenario, Question& question) const;
  static void draw_followed(const Question& question, std::uint32_t draw,
                            std::map<const Quantity*, double>& start,
                            ImportedModel::Experiment& experiment);
  Result<Future> run(const Question& question, std::uint32_t draw) const;
  Outcome summarise(const Question& question, const std::vector<Future>& futures) const;

  std::shared_ptr<const Plant> plant_;
  std::shared_ptr<const ImportedModel> model_;
  FmuSpec spec_;
  std::vector<Bound> bound_;  // to signals; then to controls
  std::map<std::string, double> told_;
  std::vector<const Quantity*> adjustable_, outputs_;
  std::shared_ptr<const FmuFollowing> following_;  // null: nothing is followed
  std::string version_;
};

}  // namespace gemel::simulation
