// The motor of a pump: drive, slip, current, power, and where the heat goes.
#pragma once

#include "units.hpp"

namespace riverside {

/// A 3 kW, 4-pole, 400 V induction motor on a frequency converter.
struct MotorRating {
  double base_speed_rad_s = rad_per_s_from_rpm(1500.0);  ///< synchronous at 50 Hz
  double slip_nm_s = 20.0 / rad_per_s_from_rpm(70.0);    ///< torque per slip at full flux
  double torque_per_ampere_nm = 20.0 / 5.6;
  double magnetising_a = 3.1;
  double stator_ohm = 1.9;    ///< per phase at 20 °C
  double iron_loss_w = 70.0;  ///< at 50 Hz and full flux
  double drive_loss = 0.025;  ///< share of the power that stays in the converter
  double line_voltage_v = 400.0;
  double inertia_kg_m2 = 0.05;  ///< rotor, coupling, impeller and the water in it
};

/// What the windings see.
struct MotorSupply {
  double synchronous_rad_s = 0.0;
  double mains = 1.0;  ///< mains voltage over 400 V
  bool energised = true;
};

/// Flux over rated flux: constant V/f up to 50 Hz, field weakening above.
double flux(const MotorRating& rating, const MotorSupply& supply);

/// Air-gap torque for each rad/s of slip in N·m·s; none without current.
double torque_per_slip_nm_s(const MotorRating& rating, const MotorSupply& supply);

/// Air-gap torque, linear in slip (the working part of the Kloss curve).
double motor_torque_nm(const MotorRating& rating, const MotorSupply& supply, double speed_rad_s);

/// What the instruments in the switchboard can see, and the losses behind it.
struct MotorElectrics {
  double current_a = 0.0;
  double power_kw = 0.0;  ///< drawn from the mains, converter included
  double power_factor = 0.0;
  double winding_loss_w = 0.0;
  double body_loss_w = 0.0;  ///< iron and rotor
};

MotorElectrics motor_electrics(const MotorRating& rating, const MotorSupply& supply,
                               double speed_rad_s, double winding_c);

/// The frequency converter: follows the speed setpoint along a ramp and makes up for slip.
struct Drive {
  double reference_rad_s = rad_per_s_from_rpm(1450.0);
  double slip_compensation_rad_s = 0.0;

  double synchronous_rad_s() const { return reference_rad_s + slip_compensation_rad_s; }
  void advance(double setpoint_rad_s, double slip_rad_s, double step_s);

  template <class Visitor>
  void visit(Visitor& v) {
    v("reference", reference_rad_s);
    v("slip_compensation", slip_compensation_rad_s);
  }
};

/// What heats the machine.
struct HeatSources {
  double winding_w = 0.0;
  double body_w = 0.0;
  double bearing_w = 0.0;
  double speed_rad_s = 0.0;
  double ambient_c = 15.0;
};

/// Three lumped nodes: winding -> case -> air, and the bearing between case and air. The fan sits
/// on the shaft, so a slow motor cools badly.
struct MotorHeat {
  double winding_c = 57.0;
  double case_c = 43.0;
  double bearing_c = 37.0;

  void advance(const HeatSources& sources, double step_s);

  template <class Visitor>
  void visit(Visitor& v) {
    v("winding", winding_c);
    v("case", case_c);
    v("bearing", bearing_c);
  }
};

/// Heat of friction in the bearing; `wear` 0 new … 1 at its end.
double bearing_friction_w(double speed_rad_s, double wear);

/// Torque that the bearing takes from the shaft.
double bearing_torque_nm(double wear);

}  // namespace riverside
