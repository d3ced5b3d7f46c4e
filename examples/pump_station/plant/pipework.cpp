#include "pipework.hpp"

#include <algorithm>
#include <cmath>

namespace riverside {
namespace {

constexpr double kKinematicViscosity = 1.14e-6;  // m²/s, water at 15 °C
constexpr double kReynoldsTurbulent = 2300.0;
constexpr double kBlockedMax = 0.98;
constexpr double kStrokeRatePercentPerS = 100.0 / 30.0;
constexpr double kActuatorDeadZonePercent = 0.15;

double area_m2(const Pipe& pipe) {
  return std::numbers::pi * pipe.diameter_m * pipe.diameter_m / 4.0;
}

}  // namespace

double velocity_head_m(const Pipe& pipe, double flow_m3_s) {
  const double velocity = flow_m3_s / area_m2(pipe);
  return velocity * velocity / (2.0 * kGravity);
}

PipeFriction::PipeFriction(const Pipe& pipe)
    : roughness_term_(std::pow(pipe.roughness_m / pipe.diameter_m / 3.7, 1.11)),
      reynolds_per_flow_(pipe.diameter_m / (area_m2(pipe) * kKinematicViscosity)) {
  const double per_velocity_head = 1.0 / (2.0 * kGravity * area_m2(pipe) * area_m2(pipe));
  pipe_k_ = per_velocity_head * pipe.length_m / pipe.diameter_m;
  fittings_k_ = per_velocity_head * pipe.fittings;
}

double PipeFriction::s2_per_m5(double flow_m3_s) const {
  const double reynolds = std::max(std::abs(flow_m3_s) * reynolds_per_flow_, kReynoldsTurbulent);
  const double root = -1.8 * std::log10(roughness_term_ + 6.9 / reynolds);
  return pipe_k_ / (root * root) + fittings_k_;
}

double friction_s2_per_m5(const Pipe& pipe, double flow_m3_s) {
  return PipeFriction(pipe).s2_per_m5(flow_m3_s);
}

double inertance_s2_per_m2(const Pipe& pipe) { return pipe.length_m / (kGravity * area_m2(pipe)); }

double strainer_s2_per_m5(const Strainer& strainer, double blocked) {
  const double open = 1.0 - std::clamp(blocked, 0.0, kBlockedMax);
  const double rated = strainer.rated_flow_m3_s * open;
  return strainer.clean_loss_m / (rated * rated);
}

double valve_kv_m3_h(const ValveTrim& trim, double position_percent) {
  return trim.kvs_m3_h * std::pow(trim.rangeability, position_percent / 100.0 - 1.0);
}

double valve_s2_per_m5(const ValveTrim& trim, double position_percent) {
  const double kv_m3_s = valve_kv_m3_h(trim, position_percent) / 3'600.0;
  return head_m_from_bar(1.0) / (kv_m3_s * kv_m3_s);
}

void ValveActuator::advance(double setpoint_percent, double step_s, bool seized) {
  const double error = setpoint_percent - position_percent;
  if (seized || std::abs(error) <= kActuatorDeadZonePercent) return;
  const double reach = kStrokeRatePercentPerS * step_s;
  position_percent += std::clamp(error, -reach, reach);
}

}  // namespace riverside
