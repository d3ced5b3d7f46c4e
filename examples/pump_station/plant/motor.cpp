#include "motor.hpp"

#include <algorithm>
#include <cmath>

namespace riverside {
namespace {

constexpr double kRampRadPerS2 = rad_per_s_from_rpm(10.0);
constexpr double kRunUpRadPerS2 = rad_per_s_from_rpm(60.0);  // below any working speed
constexpr double kWorkingSpeedRadS = rad_per_s_from_rpm(900.0);
constexpr double kCompensationTimeS = 0.5;
constexpr double kCompensationShare = 0.9;
constexpr double kCopperPerKelvin = 0.0039;
constexpr double kPhases = 3.0;

constexpr double kWindingHeatJPerK = 4'000.0;
constexpr double kCaseHeatJPerK = 8'000.0;
constexpr double kBearingHeatJPerK = 600.0;
constexpr double kWindingToCaseKPerW = 0.12;
constexpr double kCaseToAirKPerW = 0.14;
constexpr double kBearingToCaseKPerW = 1.2;
constexpr double kBearingToAirKPerW = 1.0;

constexpr double kBearingFrictionW = 15.0;  // new, at rated speed
constexpr double kWearFriction = 8.0;       // times as much again at the end of life
constexpr double kRatedSpeedRadS = rad_per_s_from_rpm(1450.0);

double power_of_1_5(double x) { return x * std::sqrt(x); }

double case_to_air_k_per_w(double speed_rad_s) {
  const double fan = std::max(speed_rad_s / kRatedSpeedRadS, 0.12);
  return kCaseToAirKPerW * std::pow(fan, -0.6);
}

}  // namespace

double flux(const MotorRating& rating, const MotorSupply& supply) {
  const double frequency = std::max(supply.synchronous_rad_s / rating.base_speed_rad_s, 0.01);
  const double voltage = std::min(frequency, supply.mains);
  return voltage / frequency;
}

double torque_per_slip_nm_s(const MotorRating& rating, const MotorSupply& supply) {
  if (!supply.energised) return 0.0;
  const double share = flux(rating, supply);
  return rating.slip_nm_s * share * share;
}

double motor_torque_nm(const MotorRating& rating, const MotorSupply& supply, double speed_rad_s) {
  return torque_per_slip_nm_s(rating, supply) * (supply.synchronous_rad_s - speed_rad_s);
}

MotorElectrics motor_electrics(const MotorRating& rating, const MotorSupply& supply,
                               double speed_rad_s, double winding_c) {
  if (!supply.energised) return {};
  const double share = flux(rating, supply);
  const double frequency = supply.synchronous_rad_s / rating.base_speed_rad_s;
  const double torque = motor_torque_nm(rating, supply, speed_rad_s);
  const double working = torque / (rating.torque_per_ampere_nm * share);
  const double magnetising = rating.magnetising_a * share;

  MotorElectrics seen;
  seen.current_a = std::sqrt(working * working + magnetising * magnetising);
  const double resistance = rating.stator_ohm * (1.0 + kCopperPerKelvin * (winding_c - 20.0));
  seen.winding_loss_w = kPhases * resistance * seen.current_a * seen.current_a;
  const double iron = rating.iron_loss_w * power_of_1_5(frequency) * share * share;
  seen.body_loss_w = iron + torque * (supply.synchronous_rad_s - speed_rad_s);
  const double input_w = torque * supply.synchronous_rad_s + seen.winding_loss_w + iron;
  seen.power_kw = std::max(input_w, 0.0) * (1.0 + rating.drive_loss) / 1e3;
  const double volts = rating.line_voltage_v * std::min(frequency, supply.mains);
  const double apparent_w = std::sqrt(kPhases) * volts * seen.current_a;
  seen.power_factor = std::clamp(input_w / apparent_w, 0.0, 1.0);
  return seen;
}

void Drive::advance(double setpoint_rad_s, double slip_rad_s, double step_s) {
  const bool running_up = reference_rad_s < kWorkingSpeedRadS;
  const double reach = (running_up ? kRunUpRadPerS2 : kRampRadPerS2) * step_s;
  reference_rad_s += std::clamp(setpoint_rad_s - reference_rad_s, -reach, reach);
  const double wanted = kCompensationShare * slip_rad_s;
  slip_compensation_rad_s += (wanted - slip_compensation_rad_s) * step_s / kCompensationTimeS;
}

void MotorHeat::advance(const HeatSources& sources, double step_s) {
  const double winding_to_case = (winding_c - case_c) / kWindingToCaseKPerW;
  const double case_to_air =
      (case_c - sources.ambient_c) / case_to_air_k_per_w(sources.speed_rad_s);
  const double case_to_bearing = (case_c - bearing_c) / kBearingToCaseKPerW;
  const double bearing_to_air = (bearing_c - sources.ambient_c) / kBearingToAirKPerW;

  winding_c += (sources.winding_w - winding_to_case) * step_s / kWindingHeatJPerK;
  case_c +=
      (sources.body_w + winding_to_case - case_to_air - case_to_bearing) * step_s / kCaseHeatJPerK;
  bearing_c += (sources.bearing_w + case_to_bearing - bearing_to_air) * step_s / kBearingHeatJPerK;
}

double bearing_friction_w(double speed_rad_s, double wear) {
  const double ratio = std::max(speed_rad_s / kRatedSpeedRadS, 0.0);
  return kBearingFrictionW * power_of_1_5(ratio) * (1.0 + kWearFriction * wear);
}

double bearing_torque_nm(double wear) { return 0.2 + 0.7 * wear; }

}  // namespace riverside
