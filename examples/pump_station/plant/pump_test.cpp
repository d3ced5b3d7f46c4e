#include "pump.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace riverside {
namespace {

PumpDuty duty(double flow_l_per_min, double speed_rpm, double cavitation = 0.0) {
  return {m3_per_s_from_l_per_min(flow_l_per_min), rad_per_s_from_rpm(speed_rpm), cavitation};
}

TEST(Pump, GivesTheHeadOfItsDataSheetAtRatedSpeed) {
  const PumpCurve curve;
  EXPECT_NEAR(pump_head_m(curve, duty(0.0, 1450.0)), 24.4, 1e-9);
  EXPECT_NEAR(pump_head_m(curve, duty(250.0, 1450.0)), 20.9, 1e-9);
}

TEST(Pump, ObeysTheAffinityLaws) {
  const PumpCurve curve;
  for (const double flow : {0.0, 60.0, 180.0, 250.0, 320.0}) {
    for (const double ratio : {0.7, 0.9, 1.1, 1.2}) {
      const PumpDuty slow = duty(flow, 1450.0);
      const PumpDuty fast = duty(flow * ratio, 1450.0 * ratio);
      const double n2 = ratio * ratio;
      EXPECT_NEAR(pump_head_m(curve, fast), pump_head_m(curve, slow) * n2, 1e-9);
      EXPECT_NEAR(pump_torque_nm(curve, fast), pump_torque_nm(curve, slow) * n2, 1e-9);
      EXPECT_NEAR(npsh_required_m(curve, fast), npsh_required_m(curve, slow) * n2, 1e-9);
      EXPECT_NEAR(pump_efficiency(curve, fast), pump_efficiency(curve, slow), 1e-12);
    }
  }
}

TEST(Pump, TakesTheShaftPowerThatItsEfficiencySays) {
  const PumpCurve curve;
  const PumpDuty at = duty(220.0, 1500.0);
  const double hydraulic_w = kWaterDensity * kGravity * at.flow_m3_s * pump_head_m(curve, at);
  const double shaft_w = pump_torque_nm(curve, at) * at.speed_rad_s;
  EXPECT_NEAR(hydraulic_w / shaft_w, pump_efficiency(curve, at), 1e-9);
}

TEST(Pump, IsMostEfficientAtItsBestFlow) {
  const PumpCurve curve;
  const double best = pump_efficiency(curve, duty(265.0, 1450.0));
  EXPECT_NEAR(best, 0.52, 1e-9);
  EXPECT_LT(pump_efficiency(curve, duty(200.0, 1450.0)), best);
  EXPECT_LT(pump_efficiency(curve, duty(330.0, 1450.0)), best);
}

TEST(Pump, NeedsFiniteTorqueAtShutOffAndNoneAtStandstill) {
  const PumpCurve curve;
  EXPECT_GT(pump_torque_nm(curve, duty(0.0, 1450.0)), 1.0);
  EXPECT_LT(pump_torque_nm(curve, duty(0.0, 1450.0)), pump_torque_nm(curve, duty(250.0, 1450.0)));
  EXPECT_EQ(pump_torque_nm(curve, duty(0.0, 0.0)), 0.0);
}

TEST(Pump, LosesThreePercentOfHeadWhereNpshAvailableEqualsRequired) {
  const PumpCurve curve;
  const double intensity = cavitation_from_npsh(2.0, 2.0);
  const double clean = pump_head_m(curve, duty(250.0, 1450.0));
  EXPECT_NEAR(pump_head_m(curve, duty(250.0, 1450.0, intensity)) / clean, 0.97, 1e-9);
}

TEST(Pump, WornByATwentiethGivesATwentiethLessHeadAtShutOffAndIsASmallerImpeller) {
  const PumpCurve curve;
  PumpDuty worn = duty(0.0, 1450.0);
  worn.wear = 0.05;
  EXPECT_NEAR(pump_head_m(curve, worn), 0.95 * 24.4, 1e-9);
  // As a new impeller that turns slower, except that more of the power is lost.
  const double slower = 1450.0 * std::sqrt(0.95);
  worn = duty(240.0, 1450.0);
  worn.wear = 0.05;
  EXPECT_NEAR(pump_head_m(curve, worn), pump_head_m(curve, duty(240.0, slower)), 1e-9);
  EXPECT_NEAR(pump_efficiency(curve, worn), 0.975 * pump_efficiency(curve, duty(240.0, slower)),
              1e-9);
  const double hydraulic_w = kWaterDensity * kGravity * worn.flow_m3_s * pump_head_m(curve, worn);
  EXPECT_NEAR(hydraulic_w / (pump_torque_nm(curve, worn) * worn.speed_rad_s),
              pump_efficiency(curve, worn), 1e-9);
}

TEST(Pump, DoesNotCavitateWithSuctionToSpare) {
  EXPECT_EQ(cavitation_from_npsh(3.0, 2.0), 0.0);
  EXPECT_EQ(cavitation_from_npsh(0.5, 2.0), 1.0);
}

}  // namespace
}  // namespace riverside
