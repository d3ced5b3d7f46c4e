#include "inference/adaptive_threshold.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

constexpr double kPerDay = 1.0 / 86'400.0;

TEST(AdaptiveThreshold, StaysWhereTrainingPutItUntilAnAlarm) {
  const AdaptiveThreshold threshold(kPerDay, 4.0);
  EXPECT_EQ(threshold.factor(at(0)), 1.0);
  EXPECT_EQ(threshold.factor(at(1e6)), 1.0);
}

TEST(AdaptiveThreshold, IsLiftedByAnAlarmAndLoweredByTheTimeThatWasWishedForBetweenTwo) {
  AdaptiveThreshold threshold(kPerDay, 4.0);
  threshold.raised(at(0));
  EXPECT_DOUBLE_EQ(threshold.factor(at(0)), AdaptiveThreshold::kStep);
  EXPECT_NEAR(threshold.factor(at(43'200)), std::sqrt(AdaptiveThreshold::kStep), 1e-9);
  EXPECT_EQ(threshold.factor(at(86'400)), 1.0);
  EXPECT_EQ(threshold.factor(at(900'000)), 1.0);
}

TEST(AdaptiveThreshold, NeverRisesAboveItsMost) {
  AdaptiveThreshold threshold(kPerDay, 4.0);
  for (int i = 0; i < 100; ++i) threshold.raised(at(i));
  EXPECT_NEAR(threshold.factor(at(99)), 4.0, 1e-9);
}

TEST(AdaptiveThreshold, WithAMostOfOneChangesNothing) {
  AdaptiveThreshold threshold(kPerDay, 1.0);
  threshold.raised(at(0));
  EXPECT_EQ(threshold.factor(at(0)), 1.0);
}

TEST(AdaptiveThresholdProperty, LetsThroughAsManyAlarmsAsWereWishedForWhateverTheScoresDo) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    AdaptiveThreshold threshold(kPerDay, 4.0);
    const double scale = random.uniform(0.1, 0.5);  // of scores whose threshold is wrong
    int alarms = 0;
    const int hours = 24 * 60;
    for (int hour = 0; hour < hours; ++hour) {
      const double score = -scale * std::log(1.0 - 0.99 * random.uniform());  // below 2.4
      if (score < threshold.factor(at(3600.0 * hour))) continue;
      ++alarms;
      threshold.raised(at(3600.0 * hour));
    }
    const double steps_max = std::log(4.0) / std::log(AdaptiveThreshold::kStep);
    EXPECT_LE(alarms, hours / 24 + steps_max + 1.0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace gemel::inference
