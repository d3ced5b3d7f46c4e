#include "inference/conformal.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

ThresholdWish wish(double per_s) { return {per_s, Duration::seconds(1), {3, 5, 10}, 10}; }

/// Exponential scores that hang together over a few rows, as those of windowed features do.
std::vector<double> scores(std::size_t n, Random& random, double memory = 0.7) {
  std::vector<double> out;
  double x = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    x = memory * x + (1.0 - memory) * -std::log(1.0 - random.uniform());
    out.push_back(x);
  }
  return out;
}

/// Alarms a second when the rule is run on fresh scores: blocks in which the statistic crosses.
double alarm_rate(const std::vector<double>& fresh, double threshold, const ThresholdWish& w) {
  const auto statistic = alarm_statistic(fresh, w.episode);
  const std::size_t rows = block_rows(w);
  std::size_t alarmed = 0;
  for (std::size_t i = 0; i + rows <= statistic.size(); i += rows) {
    for (std::size_t j = i; j < i + rows; ++j) {
      if (statistic[j] < threshold) continue;
      ++alarmed;
      break;
    }
  }
  return static_cast<double>(alarmed) / static_cast<double>(fresh.size());
}

TEST(AlarmStatistic, IsTheKthLargestOfTheLastN) {
  const std::vector<double> s{5, 1, 4, 2, 9, 0, 0, 0};
  const auto statistic = alarm_statistic(s, {2, 3, 1});
  EXPECT_EQ(statistic[0], -HUGE_VAL);
  EXPECT_EQ(std::vector<double>(statistic.begin() + 1, statistic.end()),
            (std::vector<double>{1, 4, 2, 4, 2, 0, 0}));
}

TEST(Calibration, KeepsTheWishedRateOnAverageWhenThereIsEnoughData) {
  const auto w = wish(1.0 / 2000.0);
  double rate = 0.0;
  constexpr int kRepeats = 60;
  for (int i = 0; i < kRepeats; ++i) {
    Random random(100 + static_cast<std::uint64_t>(i));
    const auto threshold = calibrate(scores(6000, random), w);
    EXPECT_FALSE(threshold.extrapolated);
    rate += alarm_rate(scores(20'000, random), threshold.threshold, w) / kRepeats;
  }
  // The promise holds on average over calibrations, seeded here; a quarter more allows for the
  // repeats being few.
  EXPECT_LT(rate, 1.25 / 2000.0);
  EXPECT_GT(rate, 0.2 / 2000.0);
}

TEST(Calibration, ExtrapolatesAndSaysSoWhenTheDataCanNotPromise) {
  const auto w = wish(1.0 / 86'400.0);
  double rate = 0.0;
  constexpr int kRepeats = 40;
  for (int i = 0; i < kRepeats; ++i) {
    Random random(500 + static_cast<std::uint64_t>(i));
    const auto threshold = calibrate(scores(300, random), w);
    EXPECT_TRUE(threshold.extrapolated);
    EXPECT_NE(threshold.words.find("not promised"), std::string::npos) << threshold.words;
    EXPECT_NE(threshold.words.find("1 per day"), std::string::npos) << threshold.words;
    rate += alarm_rate(scores(20'000, random), threshold.threshold, w) / kRepeats;
  }
  EXPECT_LT(rate, 3.0 / 86'400.0);
}

TEST(Calibration, IsHardlyMovedByWildRowsAmongTheCalibrationScores) {
  Random random(9);
  auto clean = scores(2000, random);
  const auto before = calibrate(clean, wish(1.0 / 3600.0));
  for (std::size_t i = 0; i < 40; ++i) clean[500 + i] = 50.0;  // 2 % in one piece
  const auto after = calibrate(clean, wish(1.0 / 3600.0));
  EXPECT_GT(after.set_aside, 30u);
  EXPECT_LT(after.threshold, 1.3 * before.threshold);
}

TEST(Calibration, TakesWhatHappensOftenForHowThePlantIs) {
  Random random(9);
  auto often = scores(2000, random);
  for (std::size_t i = 0; i < 200; ++i)
    often[i * 10] = often[i * 10 + 1] = often[i * 10 + 2] = 50.0;
  const auto threshold = calibrate(often, wish(1.0 / 3600.0));
  EXPECT_EQ(threshold.set_aside, 0u);
  EXPECT_GE(threshold.threshold, 50.0);
}

TEST(Calibration, LeavesAThresholdAboveAConstantScore) {
  const auto threshold = calibrate(std::vector<double>(100, 0.4), wish(1.0 / 3600.0));
  EXPECT_GT(threshold.threshold, 0.4);
}

RC_GTEST_PROP(CalibrationProperty, RarerAlarmsNeverNeedALowerThreshold, (std::uint64_t seed)) {
  Random random(seed);
  const auto s = scores(200 + random.below(3000), random);
  double last = 0.0;
  for (const double per_s : {1e-2, 1e-3, 1e-4, 1e-5, 1e-6}) {
    const auto threshold = calibrate(s, wish(per_s)).threshold;
    RC_ASSERT(threshold >= last);
    last = threshold;
  }
}

TEST(RateInWords, ChoosesTheUnitAPersonWould) {
  EXPECT_EQ(rate_in_words(1.0 / 604'800.0), "1 per week");
  EXPECT_EQ(rate_in_words(3.0 / 3600.0), "3 per hour");
  EXPECT_EQ(rate_in_words(1.0 / 31'557'600.0), "1 per year");
}

TEST(RobustSpread, IgnoresAFewWildValuesAndSurvivesConstantOnes) {
  std::vector<double> values;
  Random random(1);
  for (int i = 0; i < 1000; ++i) values.push_back(10.0 + 2.0 * random.normal());
  for (int i = 0; i < 50; ++i) values.push_back(1e9);
  const auto spread = robust_spread(values, 1e-9);
  EXPECT_NEAR(spread.middle, 10.0, 0.4);
  EXPECT_NEAR(spread.width, 2.0, 0.3);
  std::vector<double> constant(10, 3.0);
  EXPECT_EQ(robust_spread(constant, 0.5).width, 0.5);
}

}  // namespace
}  // namespace gemel::inference
