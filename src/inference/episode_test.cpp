#include "inference/episode.hpp"

#include <gtest/gtest.h>

#include "inference/rule.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

/// Turns by row, one character each: R raised, C cleared, . neither.
std::string turns(Episode& episode, const std::vector<double>& scores, double from_s = 0.0) {
  std::string out;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto turn = episode.observe(at(from_s + static_cast<double>(i)), scores[i]);
    out += turn == Turn::Raise ? 'R' : turn == Turn::Clear ? 'C' : '.';
  }
  return out;
}

TEST(Episode, IsRaisedByThreeOfFiveRowsAndNotByTwo) {
  Episode episode({3, 5, 4}, 0.8);
  EXPECT_EQ(turns(episode, {0, 2, 0, 2, 0, 0, 0, 2, 0, 0}), "..........");
  EXPECT_EQ(turns(episode, {2, 0, 2, 0, 2}, 100), "....R");
  EXPECT_EQ(episode.onset(), at(100));
}

TEST(Episode, IsClearedOnlyAfterEnoughCalmRowsInARow) {
  Episode episode({1, 1, 3}, 0.8);
  EXPECT_EQ(turns(episode, {2, 0, 0, 2, 0, 0, 0, 0}), "R.....C.");
}

TEST(Episode, CountsARowBetweenTheTwoLevelsNeitherAsAbnormalNorAsCalm) {
  Episode episode({1, 1, 2}, 0.8);
  EXPECT_EQ(turns(episode, {0.9, 0.9, 1.0, 0.9, 0.9, 0.9, 0.7, 0.7}), "..R....C");
}

TEST(Episode, StaysUpLongerOnceItHasChatteredThreeTimesInTenMinutes) {
  Episode episode({1, 1, 2}, 0.8);
  EXPECT_EQ(turns(episode, {2, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0}), "R.CR.CR.......C");
  EXPECT_EQ(turns(episode, {2, 0, 0}, 2000), "R.C");  // half an hour later it is calm
}

class Cavitation : public testing::Test {
 protected:
  Turn see(double second, double value, Quality quality = {}) {
    return watch.observe({test::kPressure, quality, at(second), value});
  }
  RuleWatch watch{*test::cavitation().rule, test::bare_station().signals[test::kPressure.index],
                  DetectorSettings{}};
};

TEST_F(Cavitation, IsRaisedWhenTheConditionHasHeldForItsTime) {
  for (int s = 0; s < 10; ++s) EXPECT_EQ(see(s, 0.1), Turn::None) << s;
  EXPECT_EQ(see(10, 0.1), Turn::Raise);
  EXPECT_EQ(watch.onset(), at(0));
}

TEST_F(Cavitation, StartsAnewWhenTheConditionIsInterrupted) {
  for (int s = 0; s < 9; ++s) EXPECT_EQ(see(s, 0.1), Turn::None);
  EXPECT_EQ(see(9, 0.3), Turn::None);
  for (int s = 10; s < 20; ++s) EXPECT_EQ(see(s, 0.1), Turn::None) << s;
  EXPECT_EQ(see(20, 0.1), Turn::Raise);
}

TEST_F(Cavitation, DoesNotJudgeValuesThatAreNotUsable) {
  Quality bad;
  bad.mark(Cause::SensorFault, Grade::Bad);
  for (int s = 0; s < 30; ++s) EXPECT_EQ(see(s, 0.0, bad), Turn::None);
  EXPECT_EQ(watch.due(), Timestamp::max());
}

TEST_F(Cavitation, ClearsOnlyBeyondTheHysteresis) {
  for (int s = 0; s <= 10; ++s) (void)see(s, 0.1);
  ASSERT_TRUE(watch.open());
  for (int s = 11; s < 30; ++s) EXPECT_EQ(see(s, 0.2005), Turn::None);  // within 1 % of 0.2
  for (int s = 30; s < 35; ++s) EXPECT_EQ(see(s, 0.25), Turn::None);
  EXPECT_EQ(see(35, 0.25), Turn::Clear);
}

TEST_F(Cavitation, ComesOfAgeByOtherSignalsTimeOnlyWhileItsOwnValueIsFresh) {
  for (int s = 0; s <= 8; ++s) (void)see(s, 0.1);
  EXPECT_EQ(watch.pass(at(11)), Turn::None);  // its own next sample may be on its way
  EXPECT_EQ(watch.pass(at(12)), Turn::Raise);

  RuleWatch silent(*test::cavitation().rule, test::bare_station().signals[test::kPressure.index],
                   {});
  (void)silent.observe({test::kPressure, {}, at(0), 0.1});
  EXPECT_EQ(silent.pass(at(60)), Turn::None);
}

TEST_F(Cavitation, LeavesLateSamplesOut) {
  for (int s = 0; s <= 5; ++s) (void)see(s, 0.1);
  EXPECT_EQ(see(2, 0.9), Turn::None);
  for (int s = 6; s < 10; ++s) (void)see(s, 0.1);
  EXPECT_EQ(see(10, 0.1), Turn::Raise);
}

}  // namespace
}  // namespace gemel::inference
