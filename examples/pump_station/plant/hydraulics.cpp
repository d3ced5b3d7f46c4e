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

double line_inertance(const StationDesign& design) {
  return inertance_s2_per_m2(design.suction) + inertance_s2_per_m2(design.discharge);
}

}  // namespace

double riser_flow_m3_s(const WaterState& water) {
  return water.flow_m3_s[0] + water.flow_m3_s[1] - water.leak_m3_s;
}

/// A line at one flow and speed.
struct WaterEquations::Working {
  LineHeads heads;
  double load_nm = 0.0;  ///< at the shaft: water and bearing
};

struct WaterEquations::Slopes {
  std::array<double, kLineCount> flow{};
  std::array<double, kLineCount> speed{};
  double level = 0.0;
  double leak = 0.0;

  /// The water after `step_s` at this slope.
  WaterState from(WaterState water, double step_s) const {
    for (int i = 0; i < kLineCount; ++i) {
      water.flow_m3_s[i] += flow[i] * step_s;
      water.speed_rad_s[i] += speed[i] * step_s;
    }
    water.level_m += level * step_s;
    water.leak_m3_s += leak * step_s;
    return water;
  }

  static Slopes weighted(const Slopes& a, const Slopes& b, const Slopes& c, const Slopes& d) {
    const auto mix = [](double k1, double k2, double k3, double k4) {
      return (k1 + 2.0 * k2 + 2.0 * k3 + k4) * (1.0 / 6.0);
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
};

WaterEquations::Line::Line(const StationDesign& design, const LineConditions& held, double river)
    : pump(design.pump, held.impeller_wear),
      river_m(river),
      strainer_k(held.strainer_k),
      suction_k(held.strainer_k + held.suction_k),
      discharge_k(held.discharge_k + held.valve_k),
      velocity_k(velocity_head_m(design.suction, 1.0)),
      gas(kGasAtFullFault * held.gas),
      surge(kSurgeHead * held.surge),
      turbulence_m(held.turbulence_m),
      synchronous_rad_s(held.supply.synchronous_rad_s),
      torque_per_slip_nm_s(riverside::torque_per_slip_nm_s(design.motor, held.supply)),
      bearing_torque_nm(held.bearing_torque_nm),
      valve_seated(held.valve_seated) {}

WaterEquations::WaterEquations(const StationDesign& design, const Conditions& conditions)
    : lines_{Line(design, conditions.line[0], conditions.river_m),
             Line(design, conditions.line[1], conditions.river_m)},
      line_weight_(1.0 / line_inertance(design)),
      riser_weight_(1.0 / inertance_s2_per_m2(design.riser)),
      riser_k_(conditions.riser_k),
      tank_floor_m_(design.tank_floor_m),
      per_tank_area_(1.0 / design.tank_area_m2),
      tank_overflow_m_(design.tank_overflow_m),
      tank_outlet_m_(design.tank_outlet_m),
      demand_m3_s_(conditions.demand_m3_s),
      leak_m3_s_per_root_m_(conditions.leak * design.leak_full_m3_s_per_root_m),
      per_inertia_(1.0 / design.motor.inertia_kg_m2) {
  for (int open = 0; open <= kLineCount; ++open) {
    per_weight_[open] = 1.0 / (riser_weight_ + open * line_weight_);
  }
}

inline WaterEquations::Working WaterEquations::working(const Line& line, double flow_m3_s,
                                                       double speed_rad_s) {
  const WornPump::Point at = line.pump.at(flow_m3_s, speed_rad_s);
  const double q2 = flow_m3_s * std::abs(flow_m3_s);
  const double velocity_head = line.velocity_k * flow_m3_s * flow_m3_s;
  Working out;
  LineHeads& heads = out.heads;
  heads.strainer_m = line.strainer_k * q2;
  const double total_suction = line.river_m - line.suction_k * q2;
  heads.suction_m = total_suction - velocity_head;
  heads.npsh_available_m = kAtmosphericHead - kVapourHead + total_suction;
  heads.npsh_required_m = line.pump.npsh_required_m(at);
  // The vortex at the intake feeds on flow: throttling calms it.
  const double drawn_gas = line.gas * std::clamp(at.through, 0.0, kGasFlowRatioMax);
  heads.cavitation = std::min(
      1.0, cavitation_from_npsh(heads.npsh_available_m, heads.npsh_required_m) + drawn_gas);

  const double head = line.pump.head_m(at, heads.cavitation);
  const double total_discharge = total_suction + head * (1.0 + line.surge * heads.cavitation);
  heads.discharge_m = total_discharge - velocity_head;
  heads.delivered_m = total_discharge - line.discharge_k * q2;
  const double drag = line.bearing_torque_nm * std::min(speed_rad_s * (1.0 / kBreakawayRadS), 1.0);
  out.load_nm = line.pump.torque_nm(at, head, heads.cavitation) + drag;
  return out;
}

LineHeads WaterEquations::heads(int line, double flow_m3_s, double speed_rad_s) const {
  return working(lines_[line], flow_m3_s, speed_rad_s).heads;
}

/// Head where the lines meet: the one at which the accelerations of lines and riser agree. A line
/// whose check valve is shut takes no part; `open` tells which do.
inline double WaterEquations::junction_head_m(const WaterState& water,
                                              const std::array<double, kLineCount>& delivered_m,
                                              std::array<bool, kLineCount>& open) const {
  const double riser_flow = riser_flow_m3_s(water);
  const double back_head =
      tank_floor_m_ + water.level_m + riser_k_ * riser_flow * std::abs(riser_flow);
  for (int i = 0; i < kLineCount; ++i) {
    open[i] = !lines_[i].valve_seated && (water.flow_m3_s[i] > 0.0 || delivered_m[i] > back_head);
  }
  const auto balance = [&] {
    double weighted = riser_weight_ * back_head;
    int count = 0;
    for (int i = 0; i < kLineCount; ++i) {
      if (!open[i]) continue;
      weighted += line_weight_ * delivered_m[i];
      ++count;
    }
    return weighted * per_weight_[count];
  };
  double head_m = balance();
  bool shut = false;
  for (int i = 0; i < kLineCount; ++i) {
    if (!open[i] || water.flow_m3_s[i] > 0.0 || delivered_m[i] > head_m) continue;
    open[i] = false;
    shut = true;
  }
  return shut ? balance() : head_m;
}

// Always inline: passed through memory, the slopes cost a twentieth of the scan.
[[gnu::always_inline]] inline WaterEquations::Slopes WaterEquations::slopes(
    const WaterState& water) const {
  Slopes out;
  std::array<double, kLineCount> delivered{};
  for (int i = 0; i < kLineCount; ++i) {
    const Line& line = lines_[i];
    const double speed = water.speed_rad_s[i];
    const Working now = working(line, water.flow_m3_s[i], speed);
    delivered[i] = now.heads.delivered_m + line.turbulence_m;
    const double drive = line.torque_per_slip_nm_s * (line.synchronous_rad_s - speed);
    const double acceleration = (drive - now.load_nm) * per_inertia_;
    out.speed[i] = speed <= 0.0 ? std::max(acceleration, 0.0) : acceleration;
  }
  std::array<bool, kLineCount> open{};
  const double junction_m = junction_head_m(water, delivered, open);
  for (int i = 0; i < kLineCount; ++i) {
    if (open[i]) out.flow[i] = (delivered[i] - junction_m) * line_weight_;
  }
  // A tight flange is the rule: no root is drawn for it.
  const double leak = leak_m3_s_per_root_m_ > 0.0
                          ? leak_m3_s_per_root_m_ * std::sqrt(std::max(junction_m, 0.0))
                          : 0.0;
  out.leak = (leak - water.leak_m3_s) * (1.0 / kLeakBuildUpS);
  const double draw = water.level_m > tank_outlet_m_ ? demand_m3_s_ : 0.0;
  const double spill = kOverflowM3SPerM * std::max(water.level_m - tank_overflow_m_, 0.0);
  out.level = (riser_flow_m3_s(water) - draw - spill) * per_tank_area_;
  return out;
}

/// Check valves, shafts and tank cannot go below nothing; a seated valve passes nothing.
WaterState WaterEquations::bounded(WaterState water) const {
  for (int i = 0; i < kLineCount; ++i) {
    const bool shut = lines_[i].valve_seated || water.flow_m3_s[i] < 0.0;
    if (shut) water.flow_m3_s[i] = 0.0;
    water.speed_rad_s[i] = std::max(water.speed_rad_s[i], 0.0);
  }
  water.level_m = std::max(water.level_m, 0.0);
  water.leak_m3_s = std::max(water.leak_m3_s, 0.0);
  return water;
}

WaterState WaterEquations::advance(const WaterState& water, double step_s) const {
  const Slopes a = slopes(water);
  const Slopes b = slopes(a.from(water, step_s / 2.0));
  const Slopes c = slopes(b.from(water, step_s / 2.0));
  const Slopes d = slopes(c.from(water, step_s));
  return bounded(Slopes::weighted(a, b, c, d).from(water, step_s));
}

}  // namespace riverside
