#include "plc.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace riverside {
namespace {

constexpr int kTrimmedLine = 1;
constexpr double kTrimGainRpmPerM = 800.0;
constexpr double kTrimIntegralS = 5'400.0;
constexpr double kTrimRateRpmPerS = 0.5;
constexpr double kTrimMinRpm = 1250.0;
constexpr double kTrimMaxRpm = 1650.0;
constexpr double kTrimPauseS = 600.0;

constexpr double kLowSuctionDelayS = 5.0;
constexpr double kOverloadDelayS = 10.0;
constexpr double kHighLevelDelayS = 2.0;

/// Seconds for which a condition has held without a break.
double held(double so_far_s, bool holds, double step_s) { return holds ? so_far_s + step_s : 0.0; }

double beyond_deadband(double error, double deadband) {
  return std::copysign(std::max(std::abs(error) - deadband, 0.0), error);
}

Result<void> check_range(std::string_view what, std::string_view unit, double value, double low,
                         double high) {
  if (value >= low && value <= high) return {};  // NaN fails both
  return Error{
      fmt::format("{} {:g} {} is out of range {:g} to {:g}", what, value, unit, low, high)};
}

}  // namespace

std::string_view name_of(Trip trip) {
  switch (trip) {
    case Trip::None:
      return "none";
    case Trip::LowSuction:
      return "low suction";
    case Trip::Overload:
      return "overload";
    case Trip::HighLevel:
      return "high level";
  }
  return "?";
}

Result<void> Plc::set_speed(int line, double rpm) {
  const auto in_range = check_range("speed", "rpm", rpm, kSpeedMinRpm, kSpeedMaxRpm);
  if (!in_range) return in_range;
  if (trip(line) == Trip::HighLevel) {
    return Error{fmt::format("pump_{} is stopped by high level; it restarts below {:g} m", line + 1,
                             kHighLevelResetM)};
  }
  speed_rpm_[line] = rpm;
  protection_[line] = {};
  if (line == kTrimmedLine) trim_pause_s_ = kTrimPauseS;
  return {};
}

Result<void> Plc::set_position(int line, double percent) {
  const auto in_range =
      check_range("position", "%", percent, kPositionMinPercent, kPositionMaxPercent);
  if (!in_range) return in_range;
  valve_percent_[line] = percent;
  return {};
}

void Plc::scan(const Readings& readings, double step_s, std::vector<std::string>& events) {
  for (int line = 0; line < kLineCount; ++line) protect(line, readings, step_s, events);
  trim_level(readings, step_s);
}

void Plc::protect(int line, const Readings& readings, double step_s,
                  std::vector<std::string>& events) {
  Protection& own = protection_[line];
  const auto suction = readings[index_of(line, LineSignal::SuctionPressure)].value;
  const auto current = readings[index_of(line, LineSignal::Current)].value;
  const auto level = readings[index_of(StationSignal::Level)].value;
  own.low_suction_s = held(own.low_suction_s, suction && *suction < kLowSuctionBar, step_s);
  own.overload_s = held(own.overload_s, current && *current > kOverloadA, step_s);
  own.high_level_s = held(own.high_level_s, level && *level > kHighLevelM, step_s);

  if (own.trip == Trip::HighLevel && level && *level < kHighLevelResetM) {
    own = {};
    events.push_back(fmt::format("pump_{} restarts: level {:.2f} m", line + 1, *level));
  }
  if (own.trip != Trip::None) return;
  if (own.low_suction_s >= kLowSuctionDelayS) own.trip = Trip::LowSuction;
  if (own.overload_s >= kOverloadDelayS) own.trip = Trip::Overload;
  if (own.high_level_s >= kHighLevelDelayS) own.trip = Trip::HighLevel;
  if (own.trip != Trip::None) {
    events.push_back(fmt::format("pump_{} tripped: {}", line + 1, name_of(own.trip)));
  }
}

void Plc::trim_level(const Readings& readings, double step_s) {
  double& speed = speed_rpm_[kTrimmedLine];
  if (trim_pause_s_ > 0.0) {
    trim_pause_s_ = std::max(trim_pause_s_ - step_s, 0.0);
    trim_integral_rpm_ = std::clamp(speed, kTrimMinRpm, kTrimMaxRpm);
    return;
  }
  const auto level = readings[index_of(StationSignal::Level)].value;
  if (!level || !runs(kTrimmedLine)) return;
  const double low_by = beyond_deadband(kLevelSetpointM - *level, kLevelDeadbandM);
  const double wanted = trim_integral_rpm_ + kTrimGainRpmPerM * low_by;
  const double reach = kTrimRateRpmPerS * step_s;
  speed += std::clamp(std::clamp(wanted, kTrimMinRpm, kTrimMaxRpm) - speed, -reach, reach);
  // The integral waits at the limits, so that it need not unwind afterwards.
  if (wanted <= kTrimMinRpm || wanted >= kTrimMaxRpm) return;
  trim_integral_rpm_ += kTrimGainRpmPerM * low_by * step_s / kTrimIntegralS;
}

}  // namespace riverside
