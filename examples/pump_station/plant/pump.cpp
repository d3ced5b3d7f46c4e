#include "pump.hpp"

#include <cmath>

namespace riverside {
namespace {

constexpr double kEfficiencyLossByWear = 0.5;  // for each share of the head that is lost

/// Diameter left, over that of a new impeller.
double diameter_ratio(double wear) { return std::sqrt(std::max(1.0 - wear, 0.0)); }

struct Single {
  WornPump pump;
  WornPump::Point at;

  Single(const PumpCurve& curve, const PumpDuty& duty)
      : pump(curve, duty.wear), at(pump.at(duty.flow_m3_s, duty.speed_rad_s)) {}
};

}  // namespace

WornPump::WornPump(const PumpCurve& curve, double wear)
    : tips_per_rad_s_(diameter_ratio(wear) / curve.rated_speed_rad_s),
      per_best_flow_(1.0 / curve.best_flow_m3_s),
      per_droop_flow_(1.0 / curve.droop_flow_m3_s),
      shutoff_m_(curve.shutoff_head_m),
      droop_m_(curve.droop_m),
      best_efficiency_(curve.best_efficiency),
      efficiency_left_by_wear_(1.0 - kEfficiencyLossByWear * wear),
      torque_per_head_nm_(kWaterDensity * kGravity * curve.best_flow_m3_s * diameter_ratio(wear) /
                          (curve.rated_speed_rad_s * curve.best_efficiency)),
      npsh_base_m_(curve.npsh_base_m),
      npsh_flow_m_(curve.npsh_flow_m) {}

double relative_flow(const PumpCurve& curve, const PumpDuty& duty) {
  return Single(curve, duty).at.relative_flow;
}

double pump_head_m(const PumpCurve& curve, const PumpDuty& duty) {
  const Single one(curve, duty);
  return one.pump.head_m(one.at, duty.cavitation);
}

double pump_efficiency(const PumpCurve& curve, const PumpDuty& duty) {
  const Single one(curve, duty);
  return one.pump.efficiency(one.at, duty.cavitation);
}

double pump_torque_nm(const PumpCurve& curve, const PumpDuty& duty) {
  const Single one(curve, duty);
  return one.pump.torque_nm(one.at, one.pump.head_m(one.at, duty.cavitation), duty.cavitation);
}

double npsh_required_m(const PumpCurve& curve, const PumpDuty& duty) {
  const Single one(curve, duty);
  return one.pump.npsh_required_m(one.at);
}

}  // namespace riverside
