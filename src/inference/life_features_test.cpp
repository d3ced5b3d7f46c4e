#include "inference/life_features.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

TEST(OperatingConditions, TakeOutWhatTheOperationDoesToSensors) {
  Random random(1);
  std::vector<double> settings, sensors;
  for (int i = 0; i < 600; ++i) {
    const double altitude = 10.0 * static_cast<double>(random.below(3));
    settings.insert(settings.end(), {altitude + 0.001 * random.normal(), 100.0});
    sensors.insert(sensors.end(), {5 * altitude + random.normal(), 7.0,
                                   altitude * altitude + 2 * random.normal()});
  }
  const OperatingConditions conditions(settings, 2, sensors, 3, 10);
  EXPECT_EQ(conditions.kinds(), 3u);
  EXPECT_EQ(std::vector<std::size_t>(conditions.telling().begin(), conditions.telling().end()),
            (std::vector<std::size_t>{0, 2}));
  std::vector<double> out(2);
  conditions.standardise(std::vector<double>{20, 100}, std::vector<double>{102, 7, 396}, out);
  EXPECT_NEAR(out[0], 2.0, 0.3);
  EXPECT_NEAR(out[1], -2.0, 0.3);
}

TEST(LifeFeatures, TellLevelSlopeAndAge) {
  const LifeFeatures features(2);
  std::vector<double> run;
  for (int i = 0; i < 50; ++i) run.insert(run.end(), {0.5 * i, 3.0});
  std::vector<float> out(features.width());
  features.of(run, out);
  EXPECT_FLOAT_EQ(out[0], 0.5F * 47);  // mean of the last five
  EXPECT_FLOAT_EQ(out[1], 0.5F);       // their slope
  EXPECT_FLOAT_EQ(out.back(), 50.0F);
  features.of(std::span<const double>(run).first(2), out);
  for (const auto f : out) EXPECT_TRUE(std::isfinite(f));
}

}  // namespace
}  // namespace gemel::inference
