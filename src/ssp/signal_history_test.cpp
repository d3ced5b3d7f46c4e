#include "ssp/signal_history.hpp"

#include <gtest/gtest.h>

namespace gemel::ssp {
namespace {

double parabola(double t) { return 3.0 - 2.0 * t + 0.5 * t * t; }

SignalHistory of_parabola() {
  SignalHistory history(2);
  for (const double t : {-1.0, 0.0, 0.7, 1.0}) {
    const double row[2]{parabola(t), 4.0};
    history.add(t, row);
  }
  return history;
}

TEST(SignalHistory, GoesOnAlongAParabolaThroughUnevenPoints) {
  const auto history = of_parabola();
  EXPECT_EQ(history.points(), 3u);
  EXPECT_NEAR(history.extrapolated(0, 2, 1.9), parabola(1.9), 1e-12);
  EXPECT_NEAR(history.extrapolated(1, 2, 1.9), 4.0, 1e-12);
}

TEST(SignalHistory, HoldsOrGoesStraightOnWhereTheOrderSaysSo) {
  const auto history = of_parabola();
  EXPECT_EQ(history.extrapolated(0, 0, 1.9), parabola(1.0));
  const double slope = (parabola(1.0) - parabola(0.7)) / 0.3;
  EXPECT_NEAR(history.extrapolated(0, 1, 1.9), parabola(1.0) + 0.9 * slope, 1e-12);
}

TEST(SignalHistory, PassesThroughTheEndWhereThatIsKnown) {
  const auto history = of_parabola();
  EXPECT_NEAR(history.interpolated(0, 2, 2.0, parabola(2.0), 1.4), parabola(1.4), 1e-12);
  EXPECT_NEAR(history.interpolated(0, 1, 2.0, 8.0, 1.5), 0.5 * (parabola(1.0) + 8.0), 1e-12);
  EXPECT_EQ(history.interpolated(0, 0, 2.0, 8.0, 1.5), 8.0);
}

TEST(SignalHistory, UsesNoMorePointsThanThereAre) {
  SignalHistory history(1);
  const double first[1]{5.0}, second[1]{6.0};
  history.add(0.0, first);
  EXPECT_EQ(history.extrapolated(0, 2, 1.0), 5.0);
  history.add(1.0, second);
  EXPECT_NEAR(history.extrapolated(0, 2, 2.0), 7.0, 1e-12);
  history.clear();
  history.add(1.0, second);
  EXPECT_EQ(history.extrapolated(0, 2, 2.0), 6.0);
}

}  // namespace
}  // namespace gemel::ssp
