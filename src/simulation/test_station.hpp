#pragma once
// A history that lives in a map, and a plant with one or two lines, for the tests of this module.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::simulation::test {

inline constexpr Timestamp kStart{1'700'000'000'000'000'000};

/// Only what simulators read. Threads: one.
class RecordedHistory final : public HistoryReader {
 public:
  void add(SignalId signal, Timestamp at, double value, Quality quality = {}) {
    records_[signal].push_back({at, at, value, quality});
  }

  Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                   std::size_t limit) const override {
    std::vector<Record> out;
    const auto found = records_.find(signal);
    if (found == records_.end()) return out;
    for (const auto& record : found->second) {
      if (range.contains(record.source_time) && record.known_at <= known_at) out.push_back(record);
    }
    if (out.size() > limit) return Error{ErrorCode::Capacity, "too many records"};
    return out;
  }
  Result<BeliefTable> beliefs(Timestamp, Timestamp) const override { return unused(); }
  Result<std::vector<Bucket>> downsample(SignalId, TimeRange, std::size_t,
                                         Timestamp) const override {
    return unused();
  }
  Result<std::vector<Event>> events(TimeRange, std::size_t) const override { return unused(); }
  Result<Timestamp> frame_at_or_before(Timestamp) const override { return unused(); }
  Result<TimeRange> extent() const override { return unused(); }

 private:
  static Error unused() { return {ErrorCode::Unsupported, "simulators do not ask this"}; }
  std::map<SignalId, std::vector<Record>> records_;
};

/// A plant of `lines` lines with every port bound, in the units of the demo station.
struct Bound {
  std::shared_ptr<Plant> plant = std::make_shared<Plant>();
  SimulatorSpec spec;

  SignalId signal(const std::string& port) const { return spec.signals.at(port); }
  ControlId control(const std::string& port) const { return spec.controls.at(port); }

  void add_signal(AssetId asset, const std::string& port, const std::string& name, Unit unit) {
    Signal s;
    s.id = SignalId{static_cast<std::uint32_t>(plant->signals.size())};
    s.asset = asset;
    s.name = name;
    s.path = plant->asset(asset).path + "." + name;
    s.unit = std::move(unit);
    plant->signals.push_back(s);
    spec.signals[port] = s.id;
  }
  void add_control(AssetId asset, const std::string& port, const std::string& name, Unit unit,
                   Limits range, double rate, const std::string& feedback) {
    Control c;
    c.id = ControlId{static_cast<std::uint32_t>(plant->controls.size())};
    c.asset = asset;
    c.name = name;
    c.path = plant->asset(asset).path + "." + name;
    c.unit = std::move(unit);
    c.range = range;
    c.rate_limit_per_s = rate;
    c.feedback = spec.signals.at(feedback);
    c.feedback_tolerance = name == "speed_setpoint" ? 25.0 : 1.0;
    c.autonomy = Autonomy::Approve;
    plant->controls.push_back(c);
    spec.controls[port] = c.id;
  }
  AssetId add_asset(const std::string& path) {
    Asset a;
    a.id = AssetId{static_cast<std::uint32_t>(plant->assets.size())};
    a.path = path;
    a.name = path;
    plant->assets.push_back(a);
    return a.id;
  }
};

inline Bound station_of(std::size_t lines) {
  const Unit flow{"l/min", "m3/s", 1.0 / 60'000.0, 0.0}, pressure{"bar", "Pa", 1e5, 0.0},
      speed{"rpm", "rad/s", 0.10471975511965977, 0.0}, power{"kW", "W", 1e3, 0.0},
      share{"%", "1", 0.01, 0.0}, metre{"m", "m", 1.0, 0.0};
  Bound b;
  b.spec.kind = "pump_station";
  b.add_asset("");
  for (std::size_t i = 1; i <= lines; ++i) {
    const auto n = "_" + std::to_string(i);
    const auto pump = b.add_asset("pump" + n), strainer = b.add_asset("strainer" + n),
               valve = b.add_asset("valve" + n);
    b.add_signal(pump, "flow" + n, "flow", flow);
    b.add_signal(pump, "suction" + n, "suction_pressure", pressure);
    b.add_signal(pump, "discharge" + n, "discharge_pressure", pressure);
    b.add_signal(pump, "speed" + n, "speed", speed);
    b.add_signal(pump, "speed_asked" + n, "speed_setpoint", speed);
    b.add_signal(pump, "power" + n, "power", power);
    b.add_signal(strainer, "strainer_dp" + n, "differential_pressure", pressure);
    b.add_signal(valve, "valve" + n, "position", share);
    b.add_control(pump, "speed_setpoint" + n, "speed_setpoint", speed, {900.0, 1800.0}, 10.0,
                  "speed" + n);
    b.add_control(valve, "valve_setpoint" + n, "setpoint", share, {10.0, 100.0}, 3.0, "valve" + n);
  }
  const auto tank = b.add_asset("tank_1");
  b.add_signal(tank, "level", "level", metre);
  b.add_signal(tank, "demand", "demand", flow);
  b.plant->index_paths();
  return b;
}

}  // namespace gemel::simulation::test
