// The centrifugal pump: head, torque, efficiency and suction need, at any speed.
#pragma once

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
double cavitation_from_npsh(double available_m, double required_m);

}  // namespace riverside
