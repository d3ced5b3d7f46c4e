// The station's own controller: setpoints, the level trim of pump_2, and the trips.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "sensors.hpp"

namespace riverside {

/// What the controller accepts; it refuses anything else, whoever asks.
inline constexpr double kSpeedMinRpm = 900.0;
inline constexpr double kSpeedMaxRpm = 1800.0;
inline constexpr double kPositionMinPercent = 0.0;
inline constexpr double kPositionMaxPercent = 100.0;

/// Protection, as wired.
inline constexpr double kLowSuctionBar = -0.75;  ///< for 5 s
inline constexpr double kOverloadA = 8.0;        ///< for 10 s
inline constexpr double kHighLevelM = 3.0;       ///< for 2 s; pumps restart below 2.7 m
inline constexpr double kHighLevelResetM = 2.7;

/// The level it steers for.
inline constexpr double kLevelSetpointM = 2.0;
inline constexpr double kLevelDeadbandM = 0.02;

enum class Trip { None, LowSuction, Overload, HighLevel };
std::string_view name_of(Trip trip);

/// Runs every 100 ms on what the instruments show, not on the truth: a lying level sensor misleads
/// it as it would in a real station.
class Plc {
 public:
  explicit Plc(double trim_speed_rpm = 1450.0) : trim_integral_rpm_(trim_speed_rpm) {
    speed_rpm_[1] = trim_speed_rpm;
  }

  double speed_setpoint_rpm(int line) const { return speed_rpm_[line]; }
  double valve_setpoint_percent(int line) const { return valve_percent_[line]; }
  Trip trip(int line) const { return protection_[line].trip; }
  bool runs(int line) const { return trip(line) == Trip::None; }

  /// Sets a speed. A tripped pump is reset by it; pump_2's level trim then pauses for ten minutes.
  /// Errors: out of range; the tank is too full to restart.
  Result<void> set_speed(int line, double rpm);

  /// Sets a valve position.  Errors: out of range.
  Result<void> set_position(int line, double percent);

  /// One scan of `step_s`; appends what an operator would want to know to `events`.
  void scan(const Readings& readings, double step_s, std::vector<std::string>& events);

  template <class Visitor>
  void visit(Visitor& v) {
    v("speed_1", speed_rpm_[0]);
    v("speed_2", speed_rpm_[1]);
    v("valve_1", valve_percent_[0]);
    v("valve_2", valve_percent_[1]);
    v("protection_1", protection_[0]);
    v("protection_2", protection_[1]);
    v("trim_integral", trim_integral_rpm_);
    v("trim_pause_s", trim_pause_s_);
  }

 private:
  struct Protection {
    Trip trip = Trip::None;
    double low_suction_s = 0.0;
    double overload_s = 0.0;
    double high_level_s = 0.0;

    template <class Visitor>
    void visit(Visitor& v) {
      v("trip", trip);
      v("low_suction_s", low_suction_s);
      v("overload_s", overload_s);
      v("high_level_s", high_level_s);
    }
  };

  void protect(int line, const Readings& readings, double step_s, std::vector<std::string>& events);
  void trim_level(const Readings& readings, double step_s);

  std::array<double, kLineCount> speed_rpm_{1450.0, 1450.0};
  std::array<double, kLineCount> valve_percent_{70.0, 70.0};
  std::array<Protection, kLineCount> protection_;
  double trim_integral_rpm_;
  double trim_pause_s_ = 0.0;
};

}  // namespace riverside
