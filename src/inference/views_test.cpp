#include "inference/views.hpp"

#include <gtest/gtest.h>

#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

TEST(Views, OfAnUnusableValueAreWhatIsUsual) {
  const Scaling scaling{{1, 1}, Duration::seconds(5), {{10.0, 2.0}}, {}};
  PointMaker points(scaling);
  const double value = 14.0;
  const Quality good;
  Quality bad;
  bad.mark(Cause::OutOfRange, Grade::Bad);
  points.take({at(0), {&value, 1}, {&good, 1}});
  EXPECT_EQ(points.point(View::Absolute)[0], 2.0F);
  points.take({at(1), {&value, 1}, {&bad, 1}});
  EXPECT_EQ(points.point(View::Absolute)[0], 0.0F);
  EXPECT_EQ(points.expected(0), 10.0);
}

TEST(Views, OfLevelsThatWereNotMeasuredAreEmpty) {
  const Scaling scaling{{1, 1}, Duration::seconds(5), {{10.0, 2.0}}, {}};
  PointMaker points(scaling);
  const double value = 14.0;
  const Quality good;
  points.take({at(0), {&value, 1}, {&good, 1}});
  for (const auto& level : kLevelViews) EXPECT_TRUE(points.point(level.view).empty());
}

}  // namespace
}  // namespace gemel::inference
