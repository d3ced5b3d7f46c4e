#include "learning/life_training.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::learning {
namespace {

using inference::LifeModel;
using inference::LifeModelShape;
using inference::LifeRun;

const LifeModelShape kShape{{"altitude"}, {"heat", "noise"}, Duration::hours(1), 60.0};

/// A sensor that rises from some time before the end on, the faster the nearer; another that says
/// nothing. Ends after `rows` of its life.
LifeRun run_of(Random& random, std::size_t life, std::size_t rows) {
  LifeRun run;
  for (std::size_t i = 0; i < rows; ++i) {
    const double altitude = random.below(2) == 0 ? 0.0 : 10.0;
    const auto left = static_cast<double>(life - i);
    run.settings.push_back(altitude);
    run.sensors.push_back(5.0 * altitude + 100.0 / (left + 10.0) + 0.2 * random.normal());
    run.sensors.push_back(random.normal());
  }
  return run;
}

std::vector<LifeRun> runs_of(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<LifeRun> runs;
  for (std::size_t r = 0; r < count; ++r) {
    const auto life = 60 + random.below(60);
    runs.push_back(run_of(random, life, life));
  }
  return runs;
}

LifeTrainingOptions quick() {
  LifeTrainingOptions options;
  options.boosting.rounds = 80;
  options.boosting.rate = 0.1;
  options.boosting.child_weight_least = 10;
  return options;
}

TEST(LifeTraining, PredictsLivesWithIntervalsThatKeepTheirPromise) {
  const auto trained = train_life(runs_of(60, 1), kShape, quick());
  ASSERT_TRUE(trained) << trained.error().message;
  Random random(2);
  int inside = 0;
  double off = 0.0;
  constexpr int kRuns = 200;
  for (int i = 0; i < kRuns; ++i) {
    const auto life = 60 + random.below(60);
    const auto rows = 20 + random.below(life - 20);
    const auto left = trained->model.predict(run_of(random, life, rows));
    const double truth = std::min(60.0, static_cast<double>(life - rows));
    const auto [low, high] = left.shortest(0.9);
    inside += low <= truth && truth <= high;
    off += std::abs(left.mean - truth) / kRuns;
  }
  EXPECT_NEAR(inside, 0.9 * kRuns, 0.07 * kRuns);
  EXPECT_LT(off, 6.0);
}

TEST(LifeTraining, IsTheSameForTheSameSeed) {
  const auto runs = runs_of(12, 3);
  auto options = quick();
  options.boosting.rounds = 10;
  EXPECT_EQ(train_life(runs, kShape, options)->model.version(),
            train_life(runs, kShape, options)->model.version());
  auto other = options;
  other.seed = 2;
  EXPECT_NE(train_life(runs, kShape, options)->model.version(),
            train_life(runs, kShape, other)->model.version());
}

TEST(LifeTraining, SaysWhatItCannotLearnFrom) {
  const auto few = train_life(runs_of(3, 1), kShape, quick());
  ASSERT_FALSE(few);
  EXPECT_NE(few.error().message.find("10 are needed"), std::string::npos);
  auto runs = runs_of(12, 1);
  Random random(1);
  runs[4] = run_of(random, 90, 5);
  const auto short_one = train_life(runs, kShape, quick());
  ASSERT_FALSE(short_one);
  EXPECT_NE(short_one.error().message.find("run 5"), std::string::npos);
}

TEST(LifeTraining, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  auto options = quick();
  options.stop = stop.get_token();
  EXPECT_EQ(train_life(runs_of(12, 1), kShape, options).error().code, ErrorCode::Cancelled);
}

TEST(LifeModel, ComesBackFromItsBytes) {
  auto options = quick();
  options.boosting.rounds = 10;
  const auto trained = train_life(runs_of(12, 3), kShape, options);
  ASSERT_TRUE(trained);
  const auto bytes = trained->model.encode();
  const auto back = LifeModel::decode(bytes, "m");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->version(), trained->model.version());
  Random random(5);
  const auto run = run_of(random, 80, 40);
  EXPECT_EQ(back->predict(run).values, trained->model.predict(run).values);
  // Any byte that is changed is noticed.
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    auto broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    EXPECT_FALSE(LifeModel::decode(broken, "m"));
  }
  EXPECT_FALSE(LifeModel::decode(std::string_view(bytes).substr(0, bytes.size() / 2), "m"));
}

}  // namespace
}  // namespace gemel::learning
