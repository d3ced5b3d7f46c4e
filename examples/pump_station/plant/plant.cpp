#include "plant.hpp"

#include <algorithm>
#include <utility>

namespace riverside {
namespace {

constexpr double kScanS = kScanMs / 1e3;
constexpr int kStepsPerScan = 5;
constexpr EpochMs kSettlingMs = 2 * 3'600'000;
constexpr double kRatedSpeedRadS = rad_per_s_from_rpm(1450.0);
constexpr double kTurbulenceM = 0.05;
constexpr double kNaturalWear = 0.01;

// Near the usual duty 1 rpm of pump_2 is worth about 0.7 l/min.
double first_trim_rpm(EpochMs start) {
  const double missing = l_per_min_from_m3_per_s(usual_demand_m3_s(start)) - 500.0;
  return std::clamp(1450.0 + missing / 0.7, 1300.0, 1600.0);
}

// Leaves that come and go; the deposits are what stays.
double natural_blocking(double fouling) { return std::clamp(0.05 + 0.03 * fouling, 0.0, 0.2); }

constexpr double kMeshOpenMin = 0.02;  // some water finds its way through any deposit

}  // namespace

Plant::Plant(EpochMs start, std::uint64_t seed)
    : now_(start),
      physics_chance_(seed),
      sensor_chance_(seed ^ 0x5eed'0f'5e'15'0e5ULL),
      plc_(first_trim_rpm(start)),
      deposits_(seed ^ 0xde'b0'51'75'0f'51'17ULL),
      crew_(start) {
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    instruments_[i].install(signals()[i].sensor, sensor_chance_);
  }
  water_.flow_m3_s.fill(m3_per_s_from_l_per_min(250.0));
  for (int i = 0; i < kLineCount; ++i) {
    const double speed = rad_per_s_from_rpm(plc_.speed_setpoint_rpm(i));
    line_[i].drive.reference_rad_s = speed;
    water_.speed_rad_s[i] = speed;
  }
}

Plant Plant::settled_at(EpochMs start, std::uint64_t seed) {
  Plant plant(start - kSettlingMs, seed);
  plant.run_until(start);
  plant.take_events();
  return plant;
}

void Plant::run_until(EpochMs end) {
  while (now_ + kScanMs <= end) scan();
}

void Plant::scan() {
  now_ += kScanMs;
  surroundings_ = outside_.advance(now_, physics_chance_);
  faults_.advance(now_);
  for (int i = 0; i < kLineCount; ++i) move_slow_parts(i);
  const WaterEquations held(design_, conditions());
  for (int i = 0; i < kStepsPerScan; ++i) water_ = held.advance(water_, kScanS / kStepsPerScan);
  for (int i = 0; i < kLineCount; ++i) {
    heads_[i] = held.heads(i, water_.flow_m3_s[i], water_.speed_rad_s[i]);
    shake(i);
  }
  tend_strainers();
  measure();
  plc_.scan(readings_, kScanS, events_);
}

Result<void> Plant::settle_restored() {
  if (!faults_.plausible()) return Error{"a fault names a line or signal that is not there"};
  if (!deposits_.plausible()) return Error{"deposits cover less than nothing or more than 0.9"};
  // The readings of the last scan belong to the moment of saving; only the faults' effects and the
  // surroundings are needed before the next scan, and that recomputes both.
  faults_.advance(now_);
  return {};
}

std::vector<std::string> Plant::take_events() { return std::exchange(events_, {}); }

MotorSupply Plant::supply_of(int line) const {
  return {line_[line].drive.synchronous_rad_s(), surroundings_.mains, plc_.runs(line)};
}

LineConditions Plant::conditions_of(int line) const {
  const Line& own = line_[line];
  const FaultEffects& faults = faults_.effects();
  const double flow = water_.flow_m3_s[line];
  const double covered = natural_blocking(own.fouling.value()) + deposits_.share(line);
  const double open = std::max(1.0 - covered, kMeshOpenMin) * (1.0 - faults.blocked[line]);

  LineConditions out;
  out.supply = supply_of(line);
  out.strainer_k = strainer_s2_per_m5(design_.strainer, 1.0 - open);
  out.suction_k = suction_.s2_per_m5(flow);
  out.discharge_k = discharge_.s2_per_m5(flow);
  out.valve_k = valve_s2_per_m5(design_.valve, own.valve.position_percent);
  out.valve_seated = own.valve.position_percent < kValveSeatPercent;
  out.gas = faults.gas[line];
  out.surge = own.surge.value();
  out.turbulence_m = kTurbulenceM * own.turbulence.value();
  out.impeller_wear = faults.impeller_wear[line];
  out.bearing_torque_nm = bearing_torque_nm(kNaturalWear + faults.wear[line]);
  return out;
}

Conditions Plant::conditions() const {
  Conditions out;
  for (int i = 0; i < kLineCount; ++i) out.line[i] = conditions_of(i);
  out.riser_k = riser_.s2_per_m5(riser_flow_m3_s(water_));
  out.river_m = design_.river_m + surroundings_.river_level_m;
  out.demand_m3_s = surroundings_.demand_m3_s;
  out.leak = faults_.effects().leak;
  return out;
}

void Plant::move_slow_parts(int line) {
  Line& own = line_[line];
  for (Wander* each : {&own.fouling, &own.surge, &own.turbulence}) each->advance(physics_chance_);
  own.valve.advance(plc_.valve_setpoint_percent(line), kScanS, faults_.effects().seized[line]);

  const double speed = water_.speed_rad_s[line];
  const double setpoint = plc_.runs(line) ? rad_per_s_from_rpm(plc_.speed_setpoint_rpm(line)) : 0.0;
  const MotorSupply supply = supply_of(line);
  const double slip = supply.energised ? supply.synchronous_rad_s - speed : 0.0;
  own.drive.advance(setpoint, slip, kScanS);

  const auto electrics = motor_electrics(design_.motor, supply, speed, own.heat.winding_c);
  const double wear = kNaturalWear + faults_.effects().wear[line];
  own.heat.advance({.winding_w = electrics.winding_loss_w,
                    .body_w = electrics.body_loss_w,
                    .bearing_w = bearing_friction_w(speed, wear),
                    .speed_rad_s = speed,
                    .ambient_c = surroundings_.ambient_c},
                   kScanS);
}

void Plant::tend_strainers() {
  deposits_.advance(water_.flow_m3_s, kScanS);
  if (!crew_.arrives(now_)) return;
  for (int i = 0; i < kLineCount; ++i) clean(i);
  events_.push_back("crew: strainer_1 and strainer_2 cleaned");
}

void Plant::shake(int line) {
  Line& own = line_[line];
  const PumpDuty duty{water_.flow_m3_s[line], water_.speed_rad_s[line], heads_[line].cavitation,
                      faults_.effects().impeller_wear[line]};
  const double wear = kNaturalWear + faults_.effects().wear[line];
  own.vibration_mm_s =
      own.vibration.advance({.speed_ratio = duty.speed_rad_s / kRatedSpeedRadS,
                             .relative_flow = relative_flow(design_.pump, duty),
                             .cavitation = duty.cavitation,
                             .bearing_wear = wear,
                             .neighbour_mm_s = line_[kLineCount - 1 - line].vibration_mm_s},
                            physics_chance_);
}

void Plant::measure() {
  for (int i = 0; i < kLineCount; ++i) observe_line(i);
  observe_station();
  const auto& shown = signals();
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    readings_[i] = instruments_[i].read(shown[i].sensor, truth_[i], faults_.effects().sensor[i],
                                        kScanS, sensor_chance_);
  }
}

void Plant::observe_line(int line) {
  const Line& own = line_[line];
  const double speed = water_.speed_rad_s[line];
  const auto electrics = motor_electrics(design_.motor, supply_of(line), speed, own.heat.winding_c);
  const auto set = [&](LineSignal signal, double value) { truth_[index_of(line, signal)] = value; };
  set(LineSignal::Flow, l_per_min_from_m3_per_s(water_.flow_m3_s[line]));
  set(LineSignal::SuctionPressure, bar_from_head_m(heads_[line].suction_m));
  set(LineSignal::DischargePressure, bar_from_head_m(heads_[line].discharge_m));
  set(LineSignal::Speed, rpm_from_rad_per_s(speed));
  set(LineSignal::SpeedSetpoint, plc_.speed_setpoint_rpm(line));
  set(LineSignal::Current, electrics.current_a);
  set(LineSignal::Power, electrics.power_kw);
  set(LineSignal::MotorTemperature, own.heat.winding_c);
  set(LineSignal::BearingTemperature, own.heat.bearing_c);
  set(LineSignal::Vibration, own.vibration_mm_s);
  set(LineSignal::StrainerDifferentialPressure, bar_from_head_m(heads_[line].strainer_m));
  set(LineSignal::ValvePosition, own.valve.position_percent);
  set(LineSignal::ValveSetpoint, plc_.valve_setpoint_percent(line));
}

void Plant::observe_station() {
  const bool served = water_.level_m > design_.tank_outlet_m;
  const double drawn = served ? surroundings_.demand_m3_s : 0.0;
  const auto set = [&](StationSignal signal, double value) { truth_[index_of(signal)] = value; };
  set(StationSignal::Level, water_.level_m);
  set(StationSignal::Inflow, l_per_min_from_m3_per_s(riser_flow_m3_s(water_)));
  set(StationSignal::Demand, l_per_min_from_m3_per_s(drawn));
  set(StationSignal::AmbientTemperature, surroundings_.ambient_c);
}

}  // namespace riverside
