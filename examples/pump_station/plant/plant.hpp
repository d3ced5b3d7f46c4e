// The whole station, advanced in scans of 100 ms: physics, instruments, controller, faults.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "crew.hpp"
#include "deposits.hpp"
#include "faults.hpp"
#include "hydraulics.hpp"
#include "plc.hpp"
#include "sensors.hpp"
#include "surroundings.hpp"
#include "vibration.hpp"

namespace riverside {

inline constexpr EpochMs kScanMs = 100;

/// A plain value: a copy of it continues exactly as the original would.
///
/// Threads:  one owner.
/// Cost:     about 2 µs a scan: a month in about a minute.
class Plant {
 public:
  /// A station at `start`, at rest with itself but not yet settled.
  Plant(EpochMs start, std::uint64_t seed);

  /// A station that has been running for hours when `start` comes.
  static Plant settled_at(EpochMs start, std::uint64_t seed);

  /// Advances by one scan.
  void scan();

  /// Advances scan by scan until `end`.
  void run_until(EpochMs end);

  EpochMs now() const { return now_; }
  const Readings& readings() const { return readings_; }

  /// The truth behind a reading, for tests and for drawing.
  double truth(std::size_t signal) const { return truth_[signal]; }
  const LineHeads& heads(int line) const { return heads_[line]; }

  Plc& plc() { return plc_; }
  const Plc& plc() const { return plc_; }
  FaultBoard& faults() { return faults_; }
  const FaultBoard& faults() const { return faults_; }

  /// The share of a line's mesh that deposits cover, 0 … 0.9.
  double deposit(int line) const { return deposits_.share(line); }
  /// Puts deposits there at once: a station that has not been cleaned for a while.
  void lay(int line, double share) { deposits_.lay(line, share); }
  /// Takes them off.
  void clean(int line) { deposits_.lay(line, 0.0); }
  Crew& crew() { return crew_; }
  const Crew& crew() const { return crew_; }

  /// Moves the station's clock without letting anything happen (a state file that is too old); the
  /// crew follows its calendar from there.
  void relabel(EpochMs now) {
    now_ = now;
    crew_ = Crew(now);
  }

  /// Checks a state that was read from outside.  Errors: it names a line or signal that is not
  /// there, or deposits that cannot be.
  Result<void> settle_restored();

  /// What happened since the last call, one short sentence each.
  std::vector<std::string> take_events();

  template <class Visitor>
  void visit(Visitor& v) {
    v("now", now_);
    v("physics_chance", physics_chance_);
    v("sensor_chance", sensor_chance_);
    v("outside", outside_);
    v("water", water_);
    v("line_1", line_[0]);
    v("line_2", line_[1]);
    v("instrument", instruments_);
    v("plc", plc_);
    v("faults", faults_);
    v("deposits", deposits_);
    v("crew", crew_);
  }

 private:
  struct Line {
    Drive drive;
    MotorHeat heat;
    ValveActuator valve;
    Wander fouling{10'800.0, kScanMs / 1e3};
    Wander surge{0.35, kScanMs / 1e3};
    Wander turbulence{1.2, kScanMs / 1e3};
    Vibration vibration{kScanMs / 1e3};
    double vibration_mm_s = 1.2;

    template <class Visitor>
    void visit(Visitor& v) {
      v("drive", drive);
      v("heat", heat);
      v("valve", valve);
      v("fouling", fouling);
      v("surge", surge);
      v("turbulence", turbulence);
      v("vibration", vibration);
      v("vibration_mm_s", vibration_mm_s);
    }
  };

  MotorSupply supply_of(int line) const;
  LineConditions conditions_of(int line) const;
  Conditions conditions() const;
  void move_slow_parts(int line);
  void tend_strainers();
  void shake(int line);
  void measure();
  void observe_line(int line);
  void observe_station();

  StationDesign design_;
  PipeFriction suction_{design_.suction};
  PipeFriction discharge_{design_.discharge};
  PipeFriction riser_{design_.riser};
  EpochMs now_;
  Random physics_chance_;
  Random sensor_chance_;
  Outside outside_{kScanMs / 1e3};
  Surroundings surroundings_;
  WaterState water_;
  std::array<Line, kLineCount> line_;
  std::array<Instrument, kSignalCount> instruments_;
  Plc plc_;
  FaultBoard faults_;
  Deposits deposits_;
  Crew crew_;

  std::array<LineHeads, kLineCount> heads_;
  std::array<double, kSignalCount> truth_{};
  Readings readings_;
  std::vector<std::string> events_;
};

}  // namespace riverside
