#pragma once
// The simulator of kind "equations": components of a plant joined at their ports, tied to it by a
// filter.

#include <memory>
#include <string>
#include <vector>

#include "core/simulator.hpp"
#include "simulation/network_binding.hpp"

namespace gemel::simulation {

/// A what-if starts from the snapshot alone: bound inputs as they are shown, states and slow
/// quantities as the tracker told them. Each future draws these from what is believed of them, lets
/// them wander as the description says, and shows the bound signals as their gauges would, noise
/// included. What the snapshot lacks is taken from the description, and a warning says so.
///
/// Changes: controls that the twin file binds; states, parameters and inputs by name, SI.
/// Cost: 1,000 futures of a station with two pumps over ten minutes: about a second and a half on
/// one processor.
class NetworkSimulator final : public Simulator {
 public:
  /// `spec` has a NetworkSpec, which `binding` is of. `noise`: standard deviation of a reading of
  /// each watched quantity, SI.
  NetworkSimulator(std::shared_ptr<const Plant> plant, SimulatorSpec spec, NetworkBinding binding,
                   std::vector<double> noise, std::string version);

  const std::string& version() const override { return version_; }
  std::string summary() const override;
  std::vector<SignalId> signals() const override;
  std::vector<ControlId> controls() const override;
  std::vector<Adjustable> adjustables() const override;
  Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario,
                          const Progress& progress = {}) const override;
  /// Empty: the tracker tells it.
  std::vector<std::pair<SignalId, double>> estimate(const Snapshot&) const override { return {}; }
  std::unique_ptr<StateTracker> track(const Snapshot& from) const override;
  Result<std::vector<Indicator>> measured(const HistoryReader& history,
                                          TimeRange range) const override;

 private:
  const std::shared_ptr<const Plant> plant_;
  const SimulatorSpec spec_;
  const NetworkBinding binding_;
  const std::vector<double> noise_;
  const std::string version_;
};

}  // namespace gemel::simulation
