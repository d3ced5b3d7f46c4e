#include "sensors.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace riverside {
namespace {

constexpr SensorSpec kPressure{
    .lag_s = 1.0, .noise = 0.0, .resolution = 0.01, .span = 4.0, .low = -1.0, .drift_full = 0.5};

TEST(Instrument, FollowsAStepWithItsLag) {
  Random chance(1);
  Instrument gauge;
  (void)gauge.read(kPressure, 0.0, {}, 0.1, chance);
  Reading reading;
  for (int i = 0; i < 10; ++i) reading = gauge.read(kPressure, 1.0, {}, 0.1, chance);
  EXPECT_NEAR(*reading.value, 1.0 - std::exp(-1.0), 0.006);
}

TEST(Instrument, ShowsWholeStepsOfItsResolution) {
  Random chance(1);
  Instrument gauge;
  EXPECT_NEAR(*gauge.read(kPressure, 0.12345, {}, 0.1, chance).value, 0.12, 1e-12);
}

TEST(Instrument, CannotShowLessThanItsRange) {
  Random chance(1);
  Instrument gauge;
  EXPECT_EQ(*gauge.read(kPressure, -3.0, {}, 0.1, chance).value, -1.0);
}

TEST(Instrument, HasASmallCalibrationErrorOfItsOwn) {
  Random chance(5);
  Instrument one, two;
  one.install(kPressure, chance);
  two.install(kPressure, chance);
  SensorSpec fine = kPressure;
  fine.resolution = 0.0;
  const double first = *one.read(fine, 2.0, {}, 0.1, chance).value;
  const double second = *two.read(fine, 2.0, {}, 0.1, chance).value;
  EXPECT_NE(first, second);
  EXPECT_NEAR(first, 2.0, 0.05);
  EXPECT_NEAR(second, 2.0, 0.05);
}

TEST(Instrument, NoiseHasTheDeviationOfItsSpec) {
  Random chance(3);
  Instrument gauge;
  SensorSpec noisy = kPressure;
  noisy.noise = 0.2;
  noisy.resolution = 0.0;
  double sum = 0.0, square = 0.0;
  constexpr int kCount = 20'000;
  for (int i = 0; i < kCount; ++i) {
    const double value = *gauge.read(noisy, 1.0, {}, 0.1, chance).value;
    sum += value;
    square += value * value;
  }
  const double mean = sum / kCount;
  EXPECT_NEAR(mean, 1.0, 0.01);
  EXPECT_NEAR(std::sqrt(square / kCount - mean * mean), 0.2, 0.01);
}

TEST(Signals, HaveDistinctPathsInTheOrderOfTheirIndices) {
  EXPECT_EQ(signals()[index_of(0, LineSignal::Flow)].path(), "line_1.pump_1.flow");
  EXPECT_EQ(signals()[index_of(1, LineSignal::ValveSetpoint)].path(), "line_2.valve_2.setpoint");
  EXPECT_EQ(signals()[index_of(StationSignal::Level)].path(), "tank_1.level");
  EXPECT_EQ(signals()[index_of(StationSignal::AmbientTemperature)].path(), "ambient_temperature");
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    EXPECT_EQ(find_signal(signals()[i].asset, signals()[i].name), i);
  }
}

}  // namespace
}  // namespace riverside
