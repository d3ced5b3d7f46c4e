#include "inference/views.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

/// One signal, single values, usually 10 with a spread of 1.
Scaling scaling_of(Following following) {
  return {{1, 1}, Duration::seconds(5), {{10.0, 1.0}}, {{0.0, 1.0}}, following};
}

class OneSignal {
 public:
  explicit OneSignal(const Scaling& scaling) : points_(scaling) {}
  /// The followed point of the value.
  double see(double value, bool abnormal = false) {
    const Quality good;
    const Row row{at(second_++), {&value, 1}, {&good, 1}};
    points_.take(row);
    points_.told(row, abnormal);
    return points_.point(View::Followed)[0];
  }
  const PointMaker& points() const { return points_; }

 private:
  PointMaker points_;
  int second_ = 0;
};

TEST(FollowedView, DoesNotNoticeAPlantThatMovesSlowly) {
  const auto scaling = scaling_of({.rows = 20});
  OneSignal signal(scaling);
  double worst = 0.0;
  for (int i = 0; i < 400; ++i) worst = std::max(worst, std::abs(signal.see(10.0 + 0.01 * i)));
  EXPECT_LT(worst, 0.3);
  EXPECT_GT(signal.points().point(View::Absolute)[0], 3.5F);
}

TEST(FollowedView, NoticesAStepAndKeepsNoticingItWhileItIsCalledAbnormal) {
  const auto scaling = scaling_of({.rows = 20, .slower = 20.0});
  OneSignal signal(scaling);
  for (int i = 0; i < 100; ++i) (void)signal.see(10.0);
  EXPECT_NEAR(signal.see(15.0, true), 5.0, 0.01);
  for (int i = 0; i < 60; ++i) (void)signal.see(15.0, true);
  EXPECT_GT(signal.see(15.0, true), 4.0);
  for (int i = 0; i < 2000; ++i) (void)signal.see(15.0, true);
  EXPECT_LT(signal.see(15.0, true), 0.5);  // moved to stay
}

TEST(FollowedView, NoticesInTheEndWhatGrowsTooSlowlyToBeNoticed) {
  const auto scaling = scaling_of({.rows = 20, .reach = 5.0});
  OneSignal signal(scaling);
  double newest = 0.0;
  for (int i = 0; i < 1000; ++i) newest = signal.see(10.0 + 0.01 * i);
  EXPECT_NEAR(newest, 5.0, 0.1);  // at 20, ten spreads away; followed as far as five
}

TEST(FollowedView, SaysNothingBeforeItHasSeenHalfItsMemory) {
  const auto scaling = scaling_of({.rows = 20});
  OneSignal signal(scaling);
  (void)signal.see(10.0);
  EXPECT_EQ(signal.see(90.0), 0.0);
}

}  // namespace
}  // namespace gemel::inference
