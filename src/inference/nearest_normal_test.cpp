#include "inference/nearest_normal.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

TEST(NormalGallery, FindsTheRowThatIsMostAlikeAndHowFarItIs) {
  const std::vector<Timestamp> times{at(0), at(1), at(2)};
  const std::vector<float> points{0, 0, 3, 4, 9, 9};
  const NormalGallery gallery(times, points, 2);
  const std::vector<float> point{3, 6};
  const auto like = gallery.nearest(point);
  ASSERT_TRUE(like.has_value());
  EXPECT_EQ(like->time, at(1));
  EXPECT_NEAR(like->distance, std::sqrt(2.0), 1e-6);  // of 0 and 2
}

TEST(NormalGallery, LeavesOutSignalsThatAreNotKnown) {
  const std::vector<Timestamp> times{at(0), at(1)};
  const std::vector<float> points{0, 0, 3, 100};
  const NormalGallery gallery(times, points, 2);
  const std::vector<float> point{3, NAN};
  EXPECT_EQ(gallery.nearest(point)->time, at(1));
  const std::vector<float> nothing{NAN, NAN};
  EXPECT_FALSE(gallery.nearest(nothing).has_value());
}

TEST(NormalGallery, KeepsAThousandRowsOfAnyNumber) {
  std::vector<Timestamp> times;
  std::vector<float> points;
  for (int i = 0; i < 2500; ++i) {
    times.push_back(at(i));
    points.push_back(static_cast<float>(i));
  }
  const NormalGallery gallery(times, points, 1);
  const std::vector<float> point{2401.0F};
  EXPECT_EQ(gallery.nearest(point)->time, at(2400));  // every third is kept
}

}  // namespace
}  // namespace gemel::inference
