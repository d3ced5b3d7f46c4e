#include "pump.hpp"

#include <algorithm>
#include <cmath>

namespace riverside {
namespace {

constexpr double kRelativeFlowMax = 1.8;          // past this the parabola means nothing
constexpr double kHeadLossFullCavitation = 0.48;  // gives 3 % at intensity 0.25
constexpr double kEfficiencyLossFullCavitation = 0.35;
constexpr double kEfficiencyLossByWear = 0.5;  // for each share of the head that is lost
constexpr double kSpeedRatioMin = 0.02;

/// Diameter left, over that of a new impeller.
double diameter_ratio(const PumpDuty& duty) { return std::sqrt(std::max(1.0 - duty.wear, 0.0)); }

/// Of the vanes' tips, over those of a new impeller at rated speed.
double speed_ratio(const PumpCurve& curve, const PumpDuty& duty) {
  return std::max(duty.speed_rad_s / curve.rated_speed_rad_s, 0.0) * diameter_ratio(duty);
}

double efficiency_left(const PumpDuty& duty) {
  return (1.0 - kEfficiencyLossFullCavitation * duty.cavitation) *
         (1.0 - kEfficiencyLossByWear * duty.wear);
}

}  // namespace

double relative_flow(const PumpCurve& curve, const PumpDuty& duty) {
  const double ratio = std::max(speed_ratio(curve, duty), kSpeedRatioMin);
  return std::clamp(duty.flow_m3_s / (ratio * curve.best_flow_m3_s), 0.0, kRelativeFlowMax);
}

double pump_head_m(const PumpCurve& curve, const PumpDuty& duty) {
  const double ratio = speed_ratio(curve, duty);
  const double through = duty.flow_m3_s / curve.droop_flow_m3_s;
  const double clean = curve.shutoff_head_m * ratio * ratio - curve.droop_m * through * through;
  const double lost = kHeadLossFullCavitation * duty.cavitation * duty.cavitation;
  return clean > 0.0 ? clean * (1.0 - lost) : clean;
}

double pump_efficiency(const PumpCurve& curve, const PumpDuty& duty) {
  const double x = relative_flow(curve, duty);
  return curve.best_efficiency * x * (2.0 - x) * efficiency_left(duty);
}

double pump_torque_nm(const PumpCurve& curve, const PumpDuty& duty) {
  // rho g Q H / (eta omega) with Q and omega cancelled against the efficiency parabola, so that
  // neither zero flow nor standstill divides by zero.
  const double head = std::max(pump_head_m(curve, duty), 0.0);
  const double per_head = kWaterDensity * kGravity * curve.best_flow_m3_s /
                          (curve.rated_speed_rad_s * curve.best_efficiency);
  return per_head * diameter_ratio(duty) * head /
         ((2.0 - relative_flow(curve, duty)) * efficiency_left(duty));
}

double npsh_required_m(const PumpCurve& curve, const PumpDuty& duty) {
  const double ratio = speed_ratio(curve, duty);
  const double x = relative_flow(curve, duty);
  return (curve.npsh_base_m + curve.npsh_flow_m * x * x) * ratio * ratio;
}

double cavitation_from_npsh(double available_m, double required_m) {
  if (required_m <= 0.0) return 0.0;
  return std::clamp((1.15 - available_m / required_m) / 0.6, 0.0, 1.0);
}

}  // namespace riverside
