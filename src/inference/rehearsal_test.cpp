#include "inference/rehearsal.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/judges.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;
using Chosen = std::vector<std::size_t>;

TEST(ChooseJudges, TakesTheBestAndThoseThatAddToIt) {
  EXPECT_EQ(
      choose_judges(
          {{true, false, false, false}, {true, true, true, false}, {false, false, false, true}}),
      (Chosen{1, 2}));
}

TEST(ChooseJudges, PrefersTheEarlierOfEqualsAndLeavesOutWhatAddsNothing) {
  EXPECT_EQ(choose_judges({{true, true}, {true, true}}), (Chosen{0}));
}

TEST(ChooseJudges, ChoosesOneEvenWhenNoneNoticesAnything) {
  EXPECT_EQ(choose_judges({{false, false}, {false, false}}), (Chosen{0}));
}

/// Two signals around 0 with a spread of 1.
RowTable noise(std::size_t count) {
  Random random(3);
  RowTable rows;
  rows.width = 2;
  const std::vector<Quality> good(2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<double> values{random.normal(), random.normal()};
    rows.add({at(static_cast<double>(i)), values, good});
  }
  return rows;
}

std::vector<CalibratedJudge> limits_with(const RowTable& rows, double threshold) {
  PointTable points{{rows.values.begin(), rows.values.end()}, 2};
  std::vector<CalibratedJudge> judges(1);
  judges[0].judge = judge_maker("limits").fit({points, 1, DetectorSettings{}, 1});
  judges[0].threshold.usual = 0.0;
  judges[0].threshold.threshold = threshold;
  return judges;
}

TEST(Rehearse, NoticesMoreWithALowerThresholdAndNothingWithOneThatIsOutOfReach) {
  const auto rows = noise(400);
  const Scaling scaling{{2, 1}, Duration::seconds(5), {{0, 1}, {0, 1}}, {}};
  const RehearsalPlan plan{.from = 100, .episode = {}, .seed = 1};
  const auto count = [&](double threshold) {
    const auto noticed = rehearse(rows, scaling, limits_with(rows, threshold), plan);
    return std::ranges::count(noticed.at(0), true);
  };
  EXPECT_EQ(count(1e9), 0);
  EXPECT_GT(count(1.5), 10);
  EXPECT_GE(count(1.5), count(3.0));
  EXPECT_GT(count(3.0), 0);
}

TEST(Rehearse, IsEmptyWhenThereAreTooFewRows) {
  const auto rows = noise(60);
  const Scaling scaling{{2, 1}, Duration::seconds(5), {{0, 1}, {0, 1}}, {}};
  EXPECT_TRUE(rehearse(rows, scaling, limits_with(rows, 1.0), {.from = 50}).at(0).empty());
}

}  // namespace
}  // namespace gemel::inference
