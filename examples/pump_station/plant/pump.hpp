// The centrifugal pump: head, torque, efficiency and suction need, at any speed.
#pragma once

#include <algorithm>

#include "units.hpp"

namespace riverside {

/// A single-stage volute pump of low specific speed (like an EN 733 size 40-250), measured at
/// its rated speed and carried to other speeds by the affinity laws Q ~ n, H ~ n², P ~ n³.
///
/// Worn vanes act as an impeller trimmed to √(1 − wear) of its diameter, and as a rougher one.
///
/// Source: Gülich, Centrifugal Pumps, 3rd ed., chapters 2 (affinity), 4 (curves, trimming), 6
/// (NPSH).
struct PumpCurve {
  double rated_speed_rad_s = rad_per_s_from_rpm(1450.0);
  double shutoff_head_m = 24.4;
  double droop_m = 3.5;  ///< head given up between shut-off and `droop_flow`
  double droop_flow_m3_s = m3_per_s_from_l_per_min(250.0);
  double best_flow_m3_s = m3_per_s_from_l_per_min(265.0);
  double best_efficiency = 0.52;
  double npsh_base_m = 1.2;
  double npsh_flow_m = 0.9;  ///< added at the best flow, growing with its square
};

/// Where on its curve the pump works.
struct PumpDuty {
  double flow_m3_s = 0.0;
  double speed_rad_s = 0.0;
  double cavitation = 0.0;  ///< 0 none … 1 the eye of the impeller is full of vapour or gas
  double wear = 0.0;        ///< share of the shut-off head that worn vanes no longer give
};

/// Flow over best flow at this speed; 1 is the best efficiency point.
double relative_flow(const PumpCurve& curve, const PumpDuty& duty);

/// Head in metres; cavitation of 0.25 (NPSH available = required) costs 3 % as the norm defines.
double pump_head_m(const PumpCurve& curve, const PumpDuty& duty);

/// Hydraulic power over shaft power, a parabola through zero flow and the best point.
double pump_efficiency(const PumpCurve& curve, const PumpDuty& duty);

/// Torque at the shaft in N·m, finite at zero flow and at standstill.
double pump_torque_nm(const PumpCurve& curve, const PumpDuty& duty);

/// NPSH required (3 % head drop) in metres.
double npsh_required_m(const PumpCurve& curve, const PumpDuty& duty);

/// How far cavitation has gone: it starts 15 % above NPSH required and is complete at 55 % of it.
inline double cavitation_from_npsh(double available_m, double required_m) {
  constexpr double kInception = 1.15;
  constexpr double kRange = 0.6;
  // Most of the time there is none: then nothing is divided.
  if (required_m <= 0.0 || available_m >= kInception * required_m) return 0.0;
  return std::min((kInception - available_m / required_m) / kRange, 1.0);
}

/// The pump at one wear: what stays while flow and speed move, worked out once. The functions above
/// are its functions for a single duty.
class WornPump {
 public:
  WornPump(const PumpCurve& curve, double wear);

  /// Where on its curve it works.
  struct Point {
    double through = 0.0;        ///< flow over the droop flow
    double tips = 0.0;           ///< speed of the vanes' tips over that of a new pump as rated
    double relative_flow = 0.0;  ///< as above
  };

  Point at(double flow_m3_s, double speed_rad_s) const {
    const double tips = std::max(speed_rad_s, 0.0) * tips_per_rad_s_;
    const double relative = flow_m3_s * per_best_flow_ / std::max(tips, kTipsMin);
    return {flow_m3_s * per_droop_flow_, tips, std::clamp(relative, 0.0, kRelativeFlowMax)};
  }

  double head_m(const Point& at, double cavitation) const {
    const double clean = shutoff_m_ * at.tips * at.tips - droop_m_ * at.through * at.through;
    return clean > 0.0 ? clean * (1.0 - kHeadLoss * cavitation * cavitation) : clean;
  }

  double efficiency(const Point& at, double cavitation) const {
    const double x = at.relative_flow;
    return best_efficiency_ * x * (2.0 - x) * efficiency_left(cavitation);
  }

  /// rho g Q H / (eta omega) with Q and omega cancelled against the efficiency parabola, so that
  /// neither zero flow nor standstill divides by zero. `head_m` is that of the same point.
  double torque_nm(const Point& at, double head_m, double cavitation) const {
    return torque_per_head_nm_ * std::max(head_m, 0.0) /
           ((2.0 - at.relative_flow) * efficiency_left(cavitation));
  }

  double npsh_required_m(const Point& at) const {
    const double x = at.relative_flow;
    return (npsh_base_m_ + npsh_flow_m_ * x * x) * at.tips * at.tips;
  }

 private:
  static constexpr double kRelativeFlowMax = 1.8;  // past this the parabola means nothing
  static constexpr double kTipsMin = 0.02;
  static constexpr double kHeadLoss = 0.48;        // at full cavitation: gives 3 % at 0.25
  static constexpr double kEfficiencyLoss = 0.35;  // at full cavitation

  double efficiency_left(double cavitation) const {
    return (1.0 - kEfficiencyLoss * cavitation) * efficiency_left_by_wear_;
  }

  double tips_per_rad_s_;
  double per_best_flow_;
  double per_droop_flow_;
  double shutoff_m_;
  double droop_m_;
  double best_efficiency_;
  double efficiency_left_by_wear_;
  double torque_per_head_nm_;
  double npsh_base_m_;
  double npsh_flow_m_;
};

}  // namespace riverside
