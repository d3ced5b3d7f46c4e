#include "hydraulics.hpp"

#include <algorithm>
#include <cmath>

namespace riverside {
namespace {

constexpr double kLeakBuildUpS = 0.3;
constexpr double kBreakawayRadS = 0.5;  // below it the bearing's drag fades to standstill
constexpr double kOverflowM3SPerM = 0.2;
constexpr double kSurgeHead = 0.05;       // share of the pump's head that a full surge moves
constexpr double kGasAtFullFault = 0.75;  // cavitation intensity of severity 1 at rated flow
constexpr double kGasFlowRatioMax = 1.3;

struct Slopes {
  std::array<double, kLineCount> flow{};
  std::array<double, kLineCount> speed{};
  double level = 0.0;
  double leak = 0.0;
};

double line_inertance(const StationDesign& design) {
  return inertance_s2_per_m2(design.suction) + inertance_s2_per_m2(design.discharge);
}

double drawn_gas(const StationDesign& design, const LineConditions& line, double flow_m3_s) {
  // The vortex at the intake feeds on flow: throttling calms it.
  const double through = std::clamp(flow_m3_s / design.pump.droop_flow_m3_s, 0.0, kGasFlowRatioMax);
  return kGasAtFullFault * line.gas * through;
}

struct Junction {
  double head_m = 0.0;
  std::array<bool, kLineCount> open{};
};

/// Head where the lines meet: the one at which the accelerations of lines and riser agree. A line
/// whose check valve is shut takes no part.
Junction solve_junction(const StationDesign& design, const Conditions& conditions,
                        const WaterState& water, const std::array<double, kLineCount>& delivered) {
  const double line_weight = 1.0 / line_inertance(design);
  const double riser_weight = 1.0 / inertance_s2_per_m2(design.riser);
  const double riser_flow = riser_flow_m3_s(water);
  const double back_head =
      design.tank_floor_m + water.level_m + conditions.riser_k * riser_flow * std::abs(riser_flow);
  Junction junction;
  for (int i = 0; i < kLineCount; ++i) {
    junction.open[i] =
        !conditions.line[i].valve_seated && (water.flow_m3_s[i] > 0.0 || delivered[i] > back_head);
  }
  const auto balance = [&] {
    double weighted = riser_weight * back_head;
    double weight = riser_weight;
    for (int i = 0; i < kLineCount; ++i) {
      if (!junction.open[i]) continue;
      weighted += line_weight * delivered[i];
      weight += line_weight;
    }
    junction.head_m = weighted / weight;
  };
  balance();
  bool shut = false;
  for (int i = 0; i < kLineCount; ++i) {
    if (!junction.open[i] || water.flow_m3_s[i] > 0.0 || delivered[i] > junction.head_m) continue;
    junction.open[i] = false;
    shut = true;
  }
  if (shut) balance();
  return junction;
}

double shaft_acceleration(const StationDesign& design, const LineConditions& line,
                          const PumpDuty& duty) {
  const double drive = motor_torque_nm(design.motor, line.supply, duty.speed_rad_s);
  const double drag = line.bearing_torque_nm * std::min(duty.speed_rad_s / kBreakawayRadS, 1.0);
  const double load = pump_torque_nm(design.pump, duty) + drag;
  const double acceleration = (drive - load) / design.motor.inertia_kg_m2;
  return duty.speed_rad_s <= 0.0 ? std::max(acceleration, 0.0) : acceleration;
}

Slopes slopes(const StationDesign& design, const Conditions& conditions, const WaterState& water) {
  Slopes out;
  std::array<LineHeads, kLineCount> heads;
  std::array<double, kLineCount> delivered{};
  for (int i = 0; i < kLineCount; ++i) {
    heads[i] = line_heads(design, conditions.line[i], conditions.river_m, water.flow_m3_s[i],
                          water.speed_rad_s[i]);
    delivered[i] = heads[i].delivered_m + conditions.line[i].turbulence_m;
    const PumpDuty duty{water.flow_m3_s[i], water.speed_rad_s[i], heads[i].cavitation,
                        conditions.line[i].impeller_wear};
    out.speed[i] = shaft_acceleration(design, conditions.line[i], duty);
  }
  const Junction junction = solve_junction(design, conditions, water, delivered);
  for (int i = 0; i < kLineCount; ++i) {
    if (!junction.open[i]) continue;
    out.flow[i] = (delivered[i] - junction.head_m) / line_inertance(design);
  }
  const double leak = conditions.leak * design.leak_full_m3_s_per_root_m *
                      std::sqrt(std::max(junction.head_m, 0.0));
  out.leak = (leak - water.leak_m3_s) / kLeakBuildUpS;
  const double draw = water.level_m > design.tank_outlet_m ? conditions.demand_m3_s : 0.0;
  const double spill = kOverflowM3SPerM * std::max(water.level_m - design.tank_overflow_m, 0.0);
  out.level = (riser_flow_m3_s(water) - draw - spill) / design.tank_area_m2;
  return out;
}

WaterState moved(const WaterState& from, const Slopes& slope, double step_s) {
  WaterState to = from;
  for (int i = 0; i < kLineCount; ++i) {
    to.flow_m3_s[i] += slope.flow[i] * step_s;
    to.speed_rad_s[i] += slope.speed[i] * step_s;
  }
  to.level_m += slope.level * step_s;
  to.leak_m3_s += slope.leak * step_s;
  return to;
}

Slopes weighted(const Slopes& a, const Slopes& b, const Slopes& c, const Slopes& d) {
  const auto mix = [](double k1, double k2, double k3, double k4) {
    return (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0;
  };
  Slopes out;
  for (int i = 0; i < kLineCount; ++i) {
    out.flow[i] = mix(a.flow[i], b.flow[i], c.flow[i], d.flow[i]);
    out.speed[i] = mix(a.speed[i], b.speed[i], c.speed[i], d.speed[i]);
  }
  out.level = mix(a.level, b.level, c.level, d.level);
  out.leak = mix(a.leak, b.leak, c.leak, d.leak);
  return out;
}

/// Check valves, shafts and tank cannot go below nothing; a seated valve passes nothing.
WaterState bounded(WaterState water, const Conditions& conditions) {
  for (int i = 0; i < kLineCount; ++i) {
    const bool shut = conditions.line[i].valve_seated || water.flow_m3_s[i] < 0.0;
    if (shut) water.flow_m3_s[i] = 0.0;
    water.speed_rad_s[i] = std::max(water.speed_rad_s[i], 0.0);
  }
  water.level_m = std::max(water.level_m, 0.0);
  water.leak_m3_s = std::max(water.leak_m3_s, 0.0);
  return water;
}

}  // namespace

double riser_flow_m3_s(const WaterState& water) {
  return water.flow_m3_s[0] + water.flow_m3_s[1] - water.leak_m3_s;
}

LineHeads line_heads(const StationDesign& design, const LineConditions& line, double river_m,
                     double flow_m3_s, double speed_rad_s) {
  const double q2 = flow_m3_s * std::abs(flow_m3_s);
  const double velocity_head = velocity_head_m(design.suction, flow_m3_s);
  LineHeads heads;
  heads.strainer_m = line.strainer_k * q2;
  const double total_suction = river_m - heads.strainer_m - line.suction_k * q2;
  heads.suction_m = total_suction - velocity_head;
  heads.npsh_available_m = kAtmosphericHead - kVapourHead + total_suction;

  PumpDuty duty{flow_m3_s, speed_rad_s, 0.0, line.impeller_wear};
  heads.npsh_required_m = npsh_required_m(design.pump, duty);
  heads.cavitation =
      std::min(1.0, cavitation_from_npsh(heads.npsh_available_m, heads.npsh_required_m) +
                        drawn_gas(design, line, flow_m3_s));
  duty.cavitation = heads.cavitation;
  const double unrest = 1.0 + kSurgeHead * heads.cavitation * line.surge;
  const double total_discharge = total_suction + pump_head_m(design.pump, duty) * unrest;
  heads.discharge_m = total_discharge - velocity_head;
  heads.delivered_m = total_discharge - (line.discharge_k + line.valve_k) * q2;
  return heads;
}

WaterState advance(const StationDesign& design, const Conditions& conditions,
                   const WaterState& water, double step_s) {
  const Slopes a = slopes(design, conditions, water);
  const Slopes b = slopes(design, conditions, moved(water, a, step_s / 2.0));
  const Slopes c = slopes(design, conditions, moved(water, b, step_s / 2.0));
  const Slopes d = slopes(design, conditions, moved(water, c, step_s));
  return bounded(moved(water, weighted(a, b, c, d), step_s), conditions);
}

}  // namespace riverside
