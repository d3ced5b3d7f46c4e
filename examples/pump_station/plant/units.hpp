// Physical constants, and the conversions between SI and the units of the station's instruments.
#pragma once

#include <numbers>

namespace riverside {

inline constexpr double kGravity = 9.80665;        // m/s²
inline constexpr double kWaterDensity = 999.1;     // kg/m³ at 15 °C
inline constexpr double kAtmosphericHead = 10.34;  // m of water
inline constexpr double kVapourHead = 0.17;        // m of water at 15 °C
inline constexpr double kPascalsPerBar = 1e5;

constexpr double m3_per_s_from_l_per_min(double flow) { return flow / 60'000.0; }
constexpr double l_per_min_from_m3_per_s(double flow) { return flow * 60'000.0; }
constexpr double m3_per_h_from_m3_per_s(double flow) { return flow * 3'600.0; }
constexpr double rad_per_s_from_rpm(double speed) { return speed * std::numbers::pi / 30.0; }
constexpr double rpm_from_rad_per_s(double speed) { return speed * 30.0 / std::numbers::pi; }
constexpr double bar_from_head_m(double head) {
  return kWaterDensity * kGravity * head / kPascalsPerBar;
}
constexpr double head_m_from_bar(double pressure) {
  return pressure * kPascalsPerBar / (kWaterDensity * kGravity);
}

}  // namespace riverside
