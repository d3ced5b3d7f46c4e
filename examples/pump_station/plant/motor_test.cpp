#include "motor.hpp"

#include <gtest/gtest.h>

namespace riverside {
namespace {

MotorSupply at_50_hz() { return {rad_per_s_from_rpm(1500.0), 1.0, true}; }

TEST(Motor, CarriesItsRatedLoadAsItsPlateSays) {
  // Plate: 3 kW, 20 N·m at 1430 rpm, 6.4 A, cos phi 0.80.
  const MotorRating rating;
  const double speed = rad_per_s_from_rpm(1430.0);
  EXPECT_NEAR(motor_torque_nm(rating, at_50_hz(), speed), 20.0, 1e-9);
  const auto seen = motor_electrics(rating, at_50_hz(), speed, 75.0);
  EXPECT_NEAR(seen.current_a, 6.4, 0.05);
  EXPECT_NEAR(seen.power_factor, 0.80, 0.05);
}

TEST(Motor, ConservesEnergy) {
  const MotorRating rating;
  const double speed = rad_per_s_from_rpm(1460.0);
  const auto seen = motor_electrics(rating, at_50_hz(), speed, 60.0);
  const double shaft_w = motor_torque_nm(rating, at_50_hz(), speed) * speed;
  const double input_w = seen.power_kw * 1e3 / (1.0 + rating.drive_loss);
  EXPECT_NEAR(input_w, shaft_w + seen.winding_loss_w + seen.body_loss_w, 1e-6);
}

TEST(Motor, DrawsItsMagnetisingCurrentWithoutLoad) {
  const MotorRating rating;
  const auto seen = motor_electrics(rating, at_50_hz(), rad_per_s_from_rpm(1500.0), 20.0);
  EXPECT_NEAR(seen.current_a, rating.magnetising_a, 1e-9);
}

TEST(Motor, WeakensItsFieldAboveFiftyHertzOnly) {
  const MotorRating rating;
  EXPECT_NEAR(flux(rating, {rad_per_s_from_rpm(1200.0), 1.0, true}), 1.0, 1e-12);
  EXPECT_NEAR(flux(rating, {rad_per_s_from_rpm(1800.0), 1.0, true}), 1500.0 / 1800.0, 1e-12);
}

TEST(Motor, IsDeadWithoutSupply) {
  const MotorRating rating;
  const MotorSupply off{rad_per_s_from_rpm(1500.0), 1.0, false};
  EXPECT_EQ(motor_torque_nm(rating, off, 100.0), 0.0);
  EXPECT_EQ(motor_electrics(rating, off, 100.0, 50.0).current_a, 0.0);
}

TEST(MotorHeat, SettlesWhereHeatInEqualsHeatOut) {
  MotorHeat heat;
  const HeatSources sources{.winding_w = 120.0,
                            .body_w = 110.0,
                            .bearing_w = 15.0,
                            .speed_rad_s = rad_per_s_from_rpm(1450.0),
                            .ambient_c = 20.0};
  for (int i = 0; i < 200'000; ++i) heat.advance(sources, 0.1);
  // By hand, with x and y for case and bearing above ambient:
  //   230 = x/0.14 + (x-y)/1.2  and  15 + (x-y)/1.2 = y/1.0  give  x = 31.17 K, y = 22.35 K.
  EXPECT_NEAR(heat.winding_c - heat.case_c, 120.0 * 0.12, 0.01);
  EXPECT_NEAR(heat.case_c, 51.17, 0.02);
  EXPECT_NEAR(heat.bearing_c, 42.35, 0.02);
}

TEST(MotorHeat, CoolsWorseWhenTheFanTurnsSlowly) {
  MotorHeat fast, slow;
  for (int i = 0; i < 50'000; ++i) {
    fast.advance({100.0, 60.0, 10.0, rad_per_s_from_rpm(1450.0), 15.0}, 0.1);
    slow.advance({100.0, 60.0, 10.0, rad_per_s_from_rpm(900.0), 15.0}, 0.1);
  }
  EXPECT_GT(slow.winding_c, fast.winding_c + 3.0);
}

TEST(Drive, RampsTenRpmASecond) {
  Drive drive;
  for (int i = 0; i < 50; ++i) drive.advance(rad_per_s_from_rpm(1700.0), 0.0, 0.1);
  EXPECT_NEAR(rpm_from_rad_per_s(drive.reference_rad_s), 1500.0, 0.01);
}

}  // namespace
}  // namespace riverside
