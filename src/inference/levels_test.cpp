#include "inference/levels.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/standing_levels.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

constexpr std::size_t kLearnt = 400;
constexpr double kFloor = 1e-9;
constexpr LevelLook kValues{};
constexpr LevelLook kSteps{LevelOf::Step, LevelFrom::Learnt};
constexpr LevelLook kMovements{LevelOf::Movement, LevelFrom::Learnt};
constexpr LevelLook kChanges{LevelOf::Value, LevelFrom::Lately};

std::vector<double> noise(Random& random, std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(random.normal());
  return values;
}

std::vector<double> walk(Random& random, std::size_t count) {
  std::vector<double> values{0.0};
  while (values.size() < count) values.push_back(values.back() + random.normal());
  return values;
}

LevelScaling learnt(const std::vector<double>& values, const LevelLook& look = kValues) {
  return measure_levels(values, std::vector{kFloor}, {at(0), at(kLearnt)}, look);
}

/// One signal's levels as its values come, a second each, from the end of what was learnt.
class Stream {
 public:
  Stream(const LevelScaling& scaling, const LevelLook& look) : levels_(scaling, look) {}
  /// The largest level seen, either way.
  double see(const std::vector<double>& values) {
    double worst = 0.0;
    for (const double value : values) {
      const Quality good;
      levels_.take({at(second_++), {&value, 1}, {&good, 1}});
      for (const float level : levels_.point())
        worst = std::max(worst, std::abs(static_cast<double>(level)));
    }
    return worst;
  }
  const Levels& levels() const { return levels_; }

 private:
  Levels levels_;
  double second_ = kLearnt;
};

std::vector<double> raised(std::vector<double> values, double by) {
  for (auto& value : values) value += by;
  return values;
}

TEST(Levels, GatherEvidenceOfAShiftThatDrownsInSingleValues) {
  Random random(1);
  const auto scaling = learnt(noise(random, kLearnt));
  Stream normal(scaling, kValues);
  EXPECT_LT(normal.see(noise(random, 2000)), 5.0);
  Stream shifted(scaling, kValues);
  EXPECT_GT(shifted.see(raised(noise(random, 200), 1.2)), 7.0);
}

TEST(Levels, ExpectASignalThatWandersToBeElsewhereAndTheLaterTheMore) {
  Random random(2);
  const auto values = walk(random, kLearnt);
  const auto scaling = learnt(values);
  EXPECT_GT(scaling.signals[0].walk, 0.0);
  Stream later(scaling, kValues);
  EXPECT_LT(later.see(raised(walk(random, 1000), values.back())), 5.0);
}

TEST(Levels, NoticeByStepsThatASignalGoesFasterThanItWanders) {
  Random random(3);
  const auto values = walk(random, kLearnt);
  const auto scaling = learnt(values, kSteps);
  auto gone = walk(random, 100);
  for (std::size_t i = 0; i < gone.size(); ++i) gone[i] += 2.0 * static_cast<double>(i);
  Stream stream(scaling, kSteps);
  EXPECT_GT(stream.see(gone), 7.0);
}

TEST(Levels, NoticeByMovementsThatASignalFreezesOrBecomesRestless) {
  Random random(4);
  const auto scaling = learnt(noise(random, kLearnt), kMovements);
  Stream normal(scaling, kMovements);
  EXPECT_LT(normal.see(noise(random, 1000)), 5.0);
  Stream frozen(scaling, kMovements);
  EXPECT_GT(frozen.see(std::vector(200, 0.3)), 7.0);
  Stream restless(scaling, kMovements);
  auto loud = noise(random, 200);
  for (auto& value : loud) value *= 3.0;
  EXPECT_GT(restless.see(loud), 7.0);
}

TEST(Levels, OfAChangeStandOutOnlyUntilItIsWhatLatelyWas) {
  Random random(5);
  const auto scaling = learnt(noise(random, kLearnt), kChanges);
  Stream stream(scaling, kChanges);
  EXPECT_LT(stream.see(noise(random, 500)), 5.0);
  EXPECT_GT(stream.see(raised(noise(random, 60), 3.0)), 7.0);
  (void)stream.see(raised(noise(random, 600), 3.0));
  EXPECT_LT(stream.see(raised(noise(random, 300), 3.0)), 5.0);
}

TEST(Levels, OfChangesBeginWhereverThePlantIs) {
  Random random(6);
  const auto scaling = learnt(noise(random, kLearnt), kChanges);
  Stream elsewhere(scaling, kChanges);
  EXPECT_LT(elsewhere.see(raised(noise(random, 500), 10.0)), 5.0);
}

TEST(Levels, StayWhereTheyAreWithoutAUsableValueAndSayNothing) {
  Random random(7);
  const auto scaling = learnt(noise(random, kLearnt));
  Levels levels(scaling, kValues);
  const double value = 5.0;
  const Quality good;
  Quality bad;
  bad.mark(Cause::OutOfRange, Grade::Bad);
  for (int i = 0; i < 20; ++i) levels.take({at(kLearnt + i), {&value, 1}, {&good, 1}});
  const float before = levels.point()[0];
  const double wild = -1e9;
  levels.take({at(kLearnt + 20.0), {&wild, 1}, {&bad, 1}});
  EXPECT_EQ(levels.point()[0], 0.0F);
  levels.take({at(kLearnt + 21.0), {&value, 1}, {&good, 1}});
  EXPECT_GE(levels.point()[0], before);
}

/// Points of two signals that are nearly the same.
PointTable twins(Random& random, std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const double shared = random.normal();
    values.push_back(shared + 0.1 * random.normal());
    values.push_back(shared + 0.1 * random.normal());
  }
  const auto scaling =
      measure_levels(values, std::vector{kFloor, kFloor}, {at(0), at(1000)}, kValues);
  Levels levels(scaling, kValues);
  const std::vector<Quality> good(2);
  PointTable points{{}, 2 * kLevelWeights.size()};
  for (std::size_t i = 0; i < count; ++i) {
    levels.take({at(static_cast<double>(i)), {&values[2 * i], 2}, good});
    points.values.insert(points.values.end(), levels.point().begin(), levels.point().end());
  }
  return points;
}

TEST(StandingLevels, FindItStrangerWhenSignalsPartThanWhenTheyMoveTogether) {
  Random random(8);
  const StandingLevels judge(twins(random, 1000), "levels", 0);
  const std::vector<float> together{2, 2, 2, 2, 2, 2};
  const std::vector<float> parted{2, 2, 2, -2, -2, -2};
  EXPECT_GT(judge.score(parted), 3.0 * judge.score(together));
}

TEST(StandingLevels, StopSpeakingWhenTheFasterLevelIsBack) {
  Random random(9);
  const StandingLevels judge(twins(random, 1000), "levels", 0);
  const std::vector<float> standing{9, 9, 9, 9, 9, 9};
  const std::vector<float> over{0, 0, 9, 0, 0, 9};
  EXPECT_GT(judge.score(standing), 7.0);
  EXPECT_LT(judge.score(over), 1.0);
}

TEST(StandingLevels, KnowHowSeldomAScoreIsReached) {
  Random random(10);
  const auto points = twins(random, 40'000);
  const StandingLevels judge(points, "levels", 0);
  const double once_in_1000 = judge.reached_once_in(1000);
  EXPECT_GT(judge.reached_once_in(100'000), once_in_1000);
  std::size_t reached = 0;
  for (std::size_t i = 1; i < points.rows(); ++i)
    reached +=
        judge.score(points.row(i)) >= once_in_1000 && judge.score(points.row(i - 1)) < once_in_1000
            ? 1U
            : 0U;
  // Forty at most: theory counts crossings of levels that are looked at all the time, not once a
  // row.
  EXPECT_GT(reached, 0U);
  EXPECT_LT(reached, 40U);
}

TEST(StandingLevels, BlameTheSignalThatParted) {
  Random random(11);
  const StandingLevels judge(twins(random, 1000), "levels", 0);
  std::vector<float> point{9, 9, 9, 0, 0, 0};
  std::vector<double> weights(2);
  judge.weigh(point, weights);
  EXPECT_GE(weights[0], weights[1]);
  EXPECT_GT(weights[0], 0.0);
}

}  // namespace
}  // namespace gemel::inference
