#pragma once
// A process flow behind the port of simulators.

#include <memory>

#include "core/simulator.hpp"

namespace gemel::simulation {

/// Needs no fitting: times and failures are as the twin file describes them.
class FlowSimulator final : public Simulator {
 public:
  /// `spec.description` holds a Flow that make_plan accepts. Errors: those of make_plan.
  static Result<std::shared_ptr<const Simulator>> make(std::shared_ptr<const Plant> plant,
                                                       SimulatorSpec spec);

  const std::string& version() const override { return version_; }
  std::string summary() const override;
  std::vector<SignalId> signals() const override;
  std::vector<ControlId> controls() const override;
  std::vector<Adjustable> adjustables() const override;
  /// Each draw begins from what the snapshot measures and a draw of the rest, that both the present
  /// and a variant of it begin from. Cost: some 100 ns an item, station and draw, on all
  /// processors.
  Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario,
                          const Progress& progress = {}) const override;
  /// Nothing: what stands where at one moment is chance.
  std::vector<std::pair<SignalId, double>> estimate(const Snapshot&) const override { return {}; }

 private:
  FlowSimulator(std::shared_ptr<const Plant> plant, SimulatorSpec spec);

  std::shared_ptr<const Plant> plant_;
  SimulatorSpec spec_;
  std::string version_;
};

}  // namespace gemel::simulation
