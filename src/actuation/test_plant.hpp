#pragma once
// One pump with a speed setpoint and an interlock on the station's mode, for the tests of this
// module.

#include <memory>
#include <string>

#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::actuation::test {

inline constexpr SignalId kSpeed{0};
inline constexpr SignalId kMode{1};
inline constexpr SignalId kValve{2};
inline constexpr ControlId kSpeedSetpoint{0};
inline constexpr ControlId kValveSetpoint{1};
inline constexpr Timestamp kStart{1'700'000'000'000'000'000};
inline constexpr double kLocal = 0.0;
inline constexpr double kRemote = 1.0;

inline Signal signal(SignalId id, std::string path, std::string unit) {
  Signal s;
  s.id = id;
  s.path = path;
  s.name = std::move(path);
  s.unit.symbol = std::move(unit);
  return s;
}

inline Control control(ControlId id, std::string path, std::string unit, SignalId feedback) {
  Control c;
  c.id = id;
  c.path = path;
  c.name = std::move(path);
  c.unit.symbol = std::move(unit);
  c.feedback = feedback;
  c.stale_after = Duration::seconds(5);
  c.expiry = Duration::seconds(30);
  c.feedback_within = Duration::seconds(40);
  c.autonomy = Autonomy::Approve;
  c.interlocks = {{kMode, Comparison::Equal, kRemote, {}, "site.mode == remote"}};
  return c;
}

inline Plant pump() {
  Plant plant;
  plant.signals = {signal(kSpeed, "pump_1.speed", "rpm"), signal(kMode, "site.mode", ""),
                   signal(kValve, "valve_1.position", "%")};
  plant.signals[kMode.index].states = {"local", "remote"};
  auto speed = control(kSpeedSetpoint, "pump_1.speed_setpoint", "rpm", kSpeed);
  speed.range = {900.0, 1800.0};
  speed.rate_limit_per_s = 10.0;
  speed.feedback_tolerance = 25.0;
  auto valve = control(kValveSetpoint, "valve_1.setpoint", "%", kValve);
  valve.range = {10.0, 100.0};
  valve.feedback_tolerance = 1.0;
  plant.controls = {speed, valve};
  plant.index_paths();
  return plant;
}

inline void show(Snapshot& snapshot, SignalId id, double value, Timestamp at,
                 Quality quality = {}) {
  snapshot.beliefs.edit(id).absorb({at, at, value, quality});
}

/// Speed 1450 rpm, valve 70 %, mode remote, all fresh.
inline Snapshot running(Timestamp now = kStart) {
  Snapshot snapshot(3);
  snapshot.at = snapshot.known_at = now;
  show(snapshot, kSpeed, 1450.0, now);
  show(snapshot, kMode, kRemote, now);
  show(snapshot, kValve, 70.0, now);
  return snapshot;
}

/// What Ada asks for: 1500 rpm, now, for 30 s.
inline Command faster(std::uint64_t id = 1, Timestamp now = kStart) {
  Command c;
  c.id = id;
  c.control = "pump_1.speed_setpoint";
  c.value = 1500.0;
  c.unit = "rpm";
  c.by = "ada";
  c.issued = now;
  c.expires = now + Duration::seconds(30);
  return c;
}

}  // namespace gemel::actuation::test
