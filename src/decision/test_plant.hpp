#pragma once
// A pump and a valve, and a simulator whose answers a test can work out by hand.

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "core/snapshot.hpp"

namespace gemel::decision::test {

inline constexpr Timestamp kStart{1'700'000'000'000'000'000};
inline constexpr SignalId kSpeed{0}, kPosition{1}, kSuction{2};
inline constexpr ControlId kSpeedSetpoint{0}, kValveSetpoint{1};

inline std::shared_ptr<Plant> pump() {
  auto plant = std::make_shared<Plant>();
  const auto asset = [&](std::string path, AssetId parent) {
    Asset a;
    a.id = AssetId{static_cast<std::uint32_t>(plant->assets.size())};
    a.parent = parent;
    a.path = std::move(path);
    plant->assets.push_back(a);
    return a.id;
  };
  const auto root = asset("", {});
  const auto line = asset("line_1", root);
  const auto pump_1 = asset("line_1.pump_1", line), valve_1 = asset("line_1.valve_1", line);
  asset("line_1.strainer_1", line);
  const auto signal = [&](AssetId a, std::string path, std::string unit) {
    Signal s;
    s.id = SignalId{static_cast<std::uint32_t>(plant->signals.size())};
    s.asset = a;
    s.path = std::move(path);
    s.unit.symbol = std::move(unit);
    plant->signals.push_back(s);
  };
  signal(pump_1, "line_1.pump_1.speed", "rpm");
  signal(valve_1, "line_1.valve_1.position", "%");
  signal(pump_1, "line_1.pump_1.suction_pressure", "bar");
  const auto control = [&](AssetId a, std::string path, std::string unit, Limits range, double rate,
                           SignalId feedback) {
    Control c;
    c.id = ControlId{static_cast<std::uint32_t>(plant->controls.size())};
    c.asset = a;
    c.path = std::move(path);
    c.unit.symbol = std::move(unit);
    c.range = range;
    c.rate_limit_per_s = rate;
    c.feedback = feedback;
    plant->controls.push_back(c);
  };
  control(pump_1, "line_1.pump_1.speed_setpoint", "rpm", {900.0, 1800.0}, 10.0, kSpeed);
  control(valve_1, "line_1.valve_1.setpoint", "%", {10.0, 100.0}, 0.0, kPosition);
  plant->index_paths();
  return plant;
}

inline DecisionSpec save_energy() {
  DecisionSpec d;
  d.name = "save_energy";
  d.objective = "energy_per_volume";
  d.by = {kSpeedSetpoint, kValveSetpoint};
  d.subject_to = {{kSuction, Comparison::Greater, -0.3, {}, "pump_1.suction_pressure > -0.3 bar"}};
  return d;
}

inline Snapshot running(double speed = 1450.0, double position = 70.0) {
  Snapshot s(3);
  s.at = s.known_at = kStart;
  s.beliefs.edit(kSpeed).absorb({kStart, kStart, speed, {}});
  s.beliefs.edit(kPosition).absorb({kStart, kStart, position, {}});
  s.beliefs.edit(kSuction).absorb({kStart, kStart, 0.0, {}});
  return s;
}

/// Suction pressure and energy per volume as functions of speed and position, with the same spread
/// in every what-if.
class HandSimulator final : public Simulator {
 public:
  using Law = std::function<double(double speed, double position)>;
  Law suction = [](double, double) { return 0.5; };
  Law energy = [](double, double) { return 0.15; };
  double suction_spread = 0.0;  // over the draws, evenly, ±
  double energy_spread = 0.0;
  mutable int asked = 0;

  const std::string& version() const override { return version_; }
  std::string summary() const override { return "by hand"; }
  std::vector<SignalId> signals() const override { return {kSpeed, kPosition, kSuction}; }
  std::vector<ControlId> controls() const override { return {kSpeedSetpoint, kValveSetpoint}; }
  std::vector<std::pair<SignalId, double>> estimate(const Snapshot&) const override { return {}; }

  Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario,
                          const Progress& = {}) const override {
    ++asked;
    double speed = start.beliefs[kSpeed].value, position = start.beliefs[kPosition].value;
    for (const auto& c : scenario.changes)
      (c.control == kSpeedSetpoint ? speed : position) = c.value;
    Outcome out;
    out.times = {scenario.horizon};
    out.version = version_;
    out.findings = {"line_1.strainer_1: resistance 3.1 × normal"};
    const double s = suction(speed, position), e = energy(speed, position);
    SimulatedSignal signal{.signal = kSuction,
                           .name = "suction",
                           .unit = "bar",
                           .mean = {s},
                           .low = {s - suction_spread},
                           .high = {s + suction_spread}};
    Indicator indicator{"energy_per_volume", "kWh/m3", e, e - energy_spread, e + energy_spread, {}};
    for (std::uint32_t d = 0; d < scenario.draws; ++d) {
      const double at = 2.0 * d / (scenario.draws - 1) - 1.0;
      signal.worst_low.push_back(s + at * suction_spread);
      signal.worst_high.push_back(s + at * suction_spread);
      indicator.draws.push_back(e + at * energy_spread);
    }
    out.signals = {signal};
    out.indicators = {indicator};
    return out;
  }

 private:
  std::string version_ = "hand-1";
};

}  // namespace gemel::decision::test
