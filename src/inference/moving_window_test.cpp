#include "inference/moving_window.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;
using Kind = Term::Kind;

MovingWindow window(Kind kind, int seconds) {
  return {kind, Duration::seconds(seconds), Duration::seconds(1)};
}

TEST(MovingWindow, IsNotKnownUntilItIsFull) {
  auto mean = window(Kind::Mean, 10);
  for (int s = 0; s < 10; ++s) {
    mean.add(at(s), 1.0);
    EXPECT_FALSE(mean.at(at(s))) << s;
  }
  mean.add(at(10), 1.0);
  EXPECT_EQ(mean.at(at(10)), 1.0);
}

TEST(MovingWindow, KnowsAStraightLinesSlopePerSecond) {
  auto rate = window(Kind::Rate, 60);
  for (int s = 0; s <= 90; ++s) rate.add(at(s), 1e6 + 0.25 * s);
  EXPECT_NEAR(*rate.at(at(90)), 0.25, 1e-12);
}

TEST(MovingWindow, TakesTheLeastSquaresLineForTheRateSoThatOneNoisyEndHardlyMovesIt) {
  auto rate = window(Kind::Rate, 60);
  for (int s = 0; s <= 70; ++s) rate.add(at(s), s == 70 ? 6.0 : 0.0);
  EXPECT_LT(*rate.at(at(70)), 6.0 / 59.0 / 5.0) << "a fifth of what the two ends alone would say";
}

TEST(MovingWindow, ForgetsWhatIsOlderThanItsSpan) {
  auto greatest = window(Kind::Max, 10);
  auto least = window(Kind::Min, 10);
  for (int s = 0; s <= 30; ++s) {
    const double value = s == 15 ? 9.0 : s == 16 ? -9.0 : 0.1 * s;
    greatest.add(at(s), value);
    least.add(at(s), value);
    if (s == 24) {
      EXPECT_EQ(greatest.at(at(s)), 9.0);
      EXPECT_EQ(least.at(at(s)), -9.0);
    }
    if (s == 25) {
      EXPECT_EQ(greatest.at(at(s)), 2.5) << "the peak is ten seconds old";
    }
  }
}

TEST(MovingWindow, BeginsAnewAfterASilenceOfHalfItsSpan) {
  auto mean = window(Kind::Mean, 10);
  for (int s = 0; s <= 10; ++s) mean.add(at(s), 1.0);
  mean.add(at(15), 1.0);
  EXPECT_TRUE(mean.at(at(15)));
  EXPECT_FALSE(mean.at(at(21))) << "six seconds of silence";
  mean.add(at(21), 2.0);
  for (int s = 22; s < 31; ++s) mean.add(at(s), 2.0);
  EXPECT_FALSE(mean.at(at(30)));
  mean.add(at(31), 2.0);
  EXPECT_EQ(mean.at(at(31)), 2.0);
}

TEST(MovingWindow, KeepsItsDigitsOverAMillionValues) {
  auto spread = window(Kind::Spread, 100);
  Random random(7);
  std::vector<double> last;
  for (int s = 0; s < 1'000'000; ++s) {
    const double value = 1e7 + 0.01 * random.normal();
    spread.add(at(s), value);
    last.push_back(value);
  }
  double mean = 0.0;
  double squares = 0.0;
  for (int i = 0; i < 100; ++i) mean += (last[last.size() - 1 - i] - 1e7) / 100.0;
  for (int i = 0; i < 100; ++i) squares += std::pow(last[last.size() - 1 - i] - 1e7 - mean, 2);
  EXPECT_NEAR(*spread.at(at(999'999)), std::sqrt(squares / 99.0), 1e-8);
}

TEST(MovingWindow, ThinsWhatComesFasterThanDeclaredAndStillKnowsThePeak) {
  auto mean = window(Kind::Mean, 10);
  auto greatest = window(Kind::Max, 10);
  for (int ms = 0; ms <= 20'000; ++ms) {
    const double value = ms == 15'003 ? 100.0 : ms < 15'000 ? 1.0 : 3.0;
    mean.add(at(ms / 1000.0), value);
    greatest.add(at(ms / 1000.0), value);
  }
  EXPECT_NEAR(*mean.at(at(20)), 2.0, 0.05);
  EXPECT_EQ(greatest.at(at(20)), 100.0);
}

}  // namespace
}  // namespace gemel::inference
