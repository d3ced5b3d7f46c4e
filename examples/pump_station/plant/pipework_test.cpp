#include "pipework.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace riverside {
namespace {

TEST(Pipe, LosesWhatDarcyAndWeisbachSay) {
  // 100 m of DN 80 (roughness 0.1 mm) at 15 m³/h: v = 0.829 m/s, Re = 58,190; the Moody diagram
  // gives f = 0.0241 (Colebrook, solved by hand), so h = f L/D v²/2g = 1.056 m.
  const Pipe pipe{.length_m = 100.0, .diameter_m = 0.080, .roughness_m = 1e-4, .fittings = 0.0};
  const double flow = 15.0 / 3'600.0;
  EXPECT_NEAR(friction_s2_per_m5(pipe, flow) * flow * flow, 1.056, 0.02);
}

TEST(Pipe, AddsFittingsAsVelocityHeads) {
  const double flow = 0.004;
  const Pipe bare{.length_m = 10.0, .diameter_m = 0.080, .roughness_m = 1e-4, .fittings = 0.0};
  Pipe fitted = bare;
  fitted.fittings = 7.0;
  const double more =
      (friction_s2_per_m5(fitted, flow) - friction_s2_per_m5(bare, flow)) * flow * flow;
  EXPECT_NEAR(more, 7.0 * velocity_head_m(bare, flow), 1e-12);
}

TEST(Strainer, LosesFourTimesAsMuchWhenHalfIsCovered) {
  const Strainer strainer;
  EXPECT_NEAR(strainer_s2_per_m5(strainer, 0.5) / strainer_s2_per_m5(strainer, 0.0), 4.0, 1e-9);
}

TEST(Strainer, StaysFiniteWhenFullyCovered) {
  EXPECT_TRUE(std::isfinite(strainer_s2_per_m5(Strainer{}, 1.0)));
}

TEST(Valve, PassesItsKvsAtOneBarFullyOpen) {
  const ValveTrim trim;
  const double flow = 100.0 / 3'600.0;
  EXPECT_NEAR(bar_from_head_m(valve_s2_per_m5(trim, 100.0) * flow * flow), 1.0, 1e-9);
}

TEST(Valve, ChangesByEqualPercentagesForEqualSteps) {
  const ValveTrim trim;
  const double low = valve_kv_m3_h(trim, 40.0) / valve_kv_m3_h(trim, 30.0);
  const double high = valve_kv_m3_h(trim, 90.0) / valve_kv_m3_h(trim, 80.0);
  EXPECT_NEAR(low, high, 1e-9);
  EXPECT_NEAR(valve_kv_m3_h(trim, 0.0), 100.0 / 50.0, 1e-9);
}

TEST(ValveActuator, TakesThirtySecondsForItsFullStroke) {
  ValveActuator valve{.position_percent = 0.0};
  for (int i = 0; i < 290; ++i) valve.advance(100.0, 0.1, false);
  EXPECT_LT(valve.position_percent, 97.0);
  for (int i = 0; i < 10; ++i) valve.advance(100.0, 0.1, false);
  EXPECT_NEAR(valve.position_percent, 100.0, 0.2);
}

TEST(ValveActuator, StaysWhereItSeized) {
  ValveActuator valve{.position_percent = 70.0};
  for (int i = 0; i < 100; ++i) valve.advance(20.0, 0.1, true);
  EXPECT_EQ(valve.position_percent, 70.0);
}

}  // namespace
}  // namespace riverside
