// The water of the station: two pump lines into one riser, the tank on the hill, and inertia.
//
//   H_strainer, H_pipe, H_valve = k Q |Q|                            losses of a line
//   L/(gA) dQ/dt = z_river - losses + H_pump(Q, n) - h_junction      each line, Q >= 0 (check
//   valve) J dn/dt      = T_motor - T_pump - T_bearing                      each shaft A dz/dt =
//   Q_riser - Q_demand - Q_overflow                   the tank Q_riser      = Q_1 + Q_2 - Q_leak
//
// Heads are metres of water above the atmosphere, heights metres above the pump shafts.
#pragma once

#include <array>

#include "motor.hpp"
#include "pipework.hpp"
#include "pump.hpp"

namespace riverside {

inline constexpr int kLineCount = 2;

/// How the station is built; never changes while it runs.
struct StationDesign {
  PumpCurve pump;
  MotorRating motor;
  Strainer strainer;
  ValveTrim valve;
  Pipe suction{.length_m = 12.0, .diameter_m = 0.080, .roughness_m = 1e-4, .fittings = 3.0};
  Pipe discharge{.length_m = 26.0, .diameter_m = 0.080, .roughness_m = 1e-4, .fittings = 7.0};
  Pipe riser{.length_m = 80.0, .diameter_m = 0.100, .roughness_m = 1e-4, .fittings = 5.0};
  double river_m = 6.0;  ///< the usual river surface: the pumps stand in a dry pit below it
  double tank_floor_m = 20.0;
  double tank_area_m2 = 12.0;
  double tank_overflow_m = 3.3;  ///< above the tank's floor
  double tank_outlet_m = 0.05;   ///< below this level the town gets nothing
  double leak_full_m3_s_per_root_m = m3_per_s_from_l_per_min(160.0) / 4.2;
};

/// What one line works against during one step; refreshed from the slow parts of the plant.
struct LineConditions {
  MotorSupply supply;
  double strainer_k = 0.0;  ///< s²/m⁵, as the other k
  double suction_k = 0.0;
  double discharge_k = 0.0;
  double valve_k = 0.0;
  bool valve_seated = false;
  double gas = 0.0;           ///< gas drawn in at rated flow, as cavitation intensity
  double surge = 0.0;         ///< unsteadiness of a cavitating pump, about -2 … 2
  double turbulence_m = 0.0;  ///< random head of the flow's own unrest
  double bearing_torque_nm = 0.0;
  double impeller_wear = 0.0;  ///< share of the shut-off head that is lost
};

struct Conditions {
  std::array<LineConditions, kLineCount> line;
  double riser_k = 0.0;
  double river_m = 0.0;
  double demand_m3_s = 0.0;
  double leak = 0.0;  ///< 0 tight … 1 a broken flange
};

/// What moves fast and is integrated.
struct WaterState {
  std::array<double, kLineCount> flow_m3_s{};
  std::array<double, kLineCount> speed_rad_s{};
  double level_m = 2.0;
  double leak_m3_s = 0.0;

  template <class Visitor>
  void visit(Visitor& v) {
    v("flow_1", flow_m3_s[0]);
    v("flow_2", flow_m3_s[1]);
    v("speed_1", speed_rad_s[0]);
    v("speed_2", speed_rad_s[1]);
    v("level", level_m);
    v("leak", leak_m3_s);
  }
};

/// Heads and suction state of one line at one flow and speed.
struct LineHeads {
  double strainer_m = 0.0;   ///< lost over the strainer
  double suction_m = 0.0;    ///< gauge, at the suction flange
  double discharge_m = 0.0;  ///< gauge, at the discharge flange
  double delivered_m = 0.0;  ///< what the line offers at the junction
  double npsh_available_m = 0.0;
  double npsh_required_m = 0.0;
  double cavitation = 0.0;
};

double riser_flow_m3_s(const WaterState& water);

/// The water's equations for as long as the conditions stay, one scan of the plant: what does not
/// move with the water is worked out once.
class WaterEquations {
 public:
  WaterEquations(const StationDesign& design, const Conditions& conditions);

  LineHeads heads(int line, double flow_m3_s, double speed_rad_s) const;

  /// Advances the water by `step_s` (RK4; steps of 20 ms are safe: the motor shaft, the stiffest
  /// part, has 18 ms).
  WaterState advance(const WaterState& water, double step_s) const;

 private:
  /// One line while the conditions stay.
  struct Line {
    Line(const StationDesign& design, const LineConditions& held, double river_m);

    WornPump pump;
    double river_m;
    double strainer_k;
    double suction_k;    // strainer included
    double discharge_k;  // valve included
    double velocity_k;   // velocity head v²/2g = k Q²
    double gas;          // at rated flow, as cavitation intensity
    double surge;        // share of the pump's head at full cavitation
    double turbulence_m;
    double synchronous_rad_s;
    double torque_per_slip_nm_s;
    double bearing_torque_nm;
    bool valve_seated;
  };
  struct Working;
  struct Slopes;

  static Working working(const Line& line, double flow_m3_s, double speed_rad_s);
  Slopes slopes(const WaterState& water) const;
  double junction_head_m(const WaterState& water, const std::array<double, kLineCount>& delivered_m,
                         std::array<bool, kLineCount>& open) const;
  WaterState bounded(WaterState water) const;

  std::array<Line, kLineCount> lines_;
  double line_weight_;  // 1 / inertance
  double riser_weight_;
  std::array<double, kLineCount + 1>
      per_weight_{};  // one over the sum, by the number of lines open
  double riser_k_;
  double tank_floor_m_;
  double per_tank_area_;
  double tank_overflow_m_;
  double tank_outlet_m_;
  double demand_m3_s_;
  double leak_m3_s_per_root_m_;
  double per_inertia_;
};

}  // namespace riverside
