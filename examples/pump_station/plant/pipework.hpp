// Strainer, pipes, check valve and control valve: what the water loses on its way.
#pragma once

#include "units.hpp"

namespace riverside {

/// A round pipe with its fittings.
struct Pipe {
  double length_m;
  double diameter_m;
  double roughness_m;
  double fittings;  ///< sum of the loss coefficients of bends, tees, check valve, exit
};

/// What a pipe and its fittings lose.
///
/// Source: Darcy-Weisbach with the friction factor of Haaland (1983). Flows below Reynolds 2300
/// are treated as just turbulent: their loss is a millimetre of water.
class PipeFriction {
 public:
  explicit PipeFriction(const Pipe& pipe);

  /// k in: head lost = k · Q · |Q|, for flows near `flow_m3_s`.
  double s2_per_m5(double flow_m3_s) const;

 private:
  double roughness_term_;
  double reynolds_per_flow_;
  double pipe_k_;  // at a friction factor of 1
  double fittings_k_;
};

/// k of one pipe at one flow.
double friction_s2_per_m5(const Pipe& pipe, double flow_m3_s);

/// Head needed to accelerate the water column by 1 m³/s², L/(gA).
double inertance_s2_per_m2(const Pipe& pipe);

/// Velocity head v²/2g inside the pipe.
double velocity_head_m(const Pipe& pipe, double flow_m3_s);

/// A basket strainer: quadratic loss that grows with the inverse square of its open area.
struct Strainer {
  double clean_loss_m = 0.5;  ///< at `rated_flow`
  double rated_flow_m3_s = m3_per_s_from_l_per_min(250.0);
};

/// k as above; `blocked` is the part of the mesh that is covered, 0 … 0.98.
double strainer_s2_per_m5(const Strainer& strainer, double blocked);

/// A globe valve with an equal-percentage trim (IEC 60534-2-4).
struct ValveTrim {
  double kvs_m3_h = 100.0;  ///< flow in m³/h at 1 bar, fully open
  double rangeability = 50.0;
};

/// Flow coefficient at a stem position of 0 … 100 %.
double valve_kv_m3_h(const ValveTrim& trim, double position_percent);

/// k as above.
double valve_s2_per_m5(const ValveTrim& trim, double position_percent);

/// Below this stem position the plug sits on its seat and nothing passes.
inline constexpr double kValveSeatPercent = 1.0;

/// An electric actuator: full stroke in 30 s, a small dead zone, and it can seize.
struct ValveActuator {
  double position_percent = 70.0;

  void advance(double setpoint_percent, double step_s, bool seized);

  template <class Visitor>
  void visit(Visitor& v) {
    v("position", position_percent);
  }
};

}  // namespace riverside
