#pragma once
// The simulator of kind "pump_station": lines in parallel lift water into one tank. Ports and
// parameters: README.md.

#include <memory>
#include <string>
#include <vector>

#include "core/simulator.hpp"
#include "simulation/fitted_station.hpp"
#include "simulation/ports.hpp"

namespace gemel::simulation {

struct Plan;
struct Present;

/// Equations: hydraulics.hpp. A what-if runs `draws` futures; each draws the parameters from their
/// joint uncertainty, moves the present measurements by their sensors' noise, re-estimates what
/// changes while a plant runs (present.hpp) so that it starts where the plant is, and lets demand,
/// intake and the equations' own error wander as they did in the training stretch. Controls that
/// the scenario leaves alone stay, or follow the level where the station's own controller was seen
/// to do that.
///
/// Indicators: energy (kWh), volume (m3, lifted), energy_per_volume (kWh/m3), min_level,
/// final_level, min_suction (the
///             units of `level` and `suction_1`; the least of all lines, from judged_from on).
/// Cost:       64 draws over 10 minutes of two lines: about 10 ms.
class PumpStation final : public Simulator {
 public:
  PumpStation(std::shared_ptr<const Plant> plant, Ports ports, FittedStation fitted,
              std::string version);

  const std::string& version() const override { return version_; }
  std::string summary() const override;
  std::vector<SignalId> signals() const override { return ports_.signals(); }
  std::vector<ControlId> controls() const override { return ports_.controls(); }
  Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario,
                          const Progress& progress = {}) const override;
  std::vector<std::pair<SignalId, double>> estimate(const Snapshot& now) const override;
  Result<std::vector<Indicator>> measured(const HistoryReader& history,
                                          TimeRange range) const override;

  const FittedStation& fitted() const { return fitted_; }

 private:
  Result<Plan> plan_for(const Present& present, const Scenario& scenario) const;
  std::vector<std::string> warnings(const Present& present, const Plan& plan,
                                    const Scenario& scenario) const;

  std::shared_ptr<const Plant> plant_;
  Ports ports_;
  FittedStation fitted_;
  std::string version_;
};

}  // namespace gemel::simulation
