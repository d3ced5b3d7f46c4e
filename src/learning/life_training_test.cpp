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
  options.boosting.threads = 1;
  options.hazards.rounds = 40;
  options.hazards.depth = 4;
  options.hazards.rate = 0.2;
  options.interval_rows = 10'000;
  return options;
}

class LifeTrainingByMethod : public ::testing::TestWithParam<LifeLearning> {};
INSTANTIATE_TEST_SUITE_P(Methods, LifeTrainingByMethod,
                         ::testing::Values(LifeLearning::Boosted, LifeLearning::Similarity,
                                           LifeLearning::Survival));

TEST_P(LifeTrainingByMethod, PredictsLivesWithIntervalsThatKeepTheirPromise) {
  auto options = quick();
  options.method = GetParam();
  const auto trained = train_life(runs_of(60, 1), kShape, options);
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
  EXPECT_GE(inside, 0.83 * kRuns);
  // Of equal values an interval holds all: it may hold more than it promised.
  EXPECT_LE(inside, (GetParam() == LifeLearning::Boosted ? 0.97 : 0.99) * kRuns);
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

/// How likely the model takes an end before the true one to be, over lives at all ages.
double mean_probability_of(const LifeModel& model, double steps_after_the_truth) {
  Random random(7);
  double sum = 0.0;
  constexpr int kRuns = 100;
  for (int i = 0; i < kRuns; ++i) {
    const auto life = 60 + random.below(60);
    const auto rows = life - 5 - random.below(30);
    const auto left = model.predict(run_of(random, life, rows));
    sum += left.ends_before(static_cast<double>(life - rows) + steps_after_the_truth) / kRuns;
  }
  return sum;
}

TEST(SurvivalTraining, LearnsFromLivesThatHadNotEnded) {
  // Few lives ended, and those early; that most lived on is known only from those that had not.
  Random random(4);
  std::vector<LifeRun> ended, all;
  for (int i = 0; i < 12; ++i) {
    const auto life = 60 + random.below(15);
    ended.push_back(run_of(random, life, life));
  }
  all = ended;
  for (int i = 0; i < 40; ++i) {
    all.push_back(run_of(random, 200, 110));
    all.back().failed = false;
  }
  auto options = quick();
  options.method = LifeLearning::Survival;
  const auto without = train_life(ended, kShape, options);
  const auto with = train_life(all, kShape, options);
  ASSERT_TRUE(with) << with.error().message;
  EXPECT_NE(with->model.about().find("12 runs to failure, 52 in all"), std::string::npos)
      << with->model.about();
  double mean_without = 0.0, mean_with = 0.0;
  for (int i = 0; i < 50; ++i) {
    const auto young = run_of(random, 200, 55);
    mean_without += without->model.predict(young).mean / 50.0;
    mean_with += with->model.predict(young).mean / 50.0;
  }
  EXPECT_GT(mean_with, mean_without + 5.0);
}

TEST(LifeTraining, DoesNotCountLivesThatHadNotEndedAsFailures) {
  auto runs = runs_of(12, 1);
  for (std::size_t i = 0; i < 6; ++i) runs[i].failed = false;
  const auto few = train_life(runs, kShape, quick());
  ASSERT_FALSE(few);
  EXPECT_NE(few.error().message.find("6 runs to failure are too few"), std::string::npos)
      << few.error().message;
}

TEST_P(LifeTrainingByMethod, KnowsThatAnEndIsLikelierLater) {
  auto options = quick();
  options.method = GetParam();
  const auto trained = train_life(runs_of(60, 1), kShape, options);
  ASSERT_TRUE(trained);
  EXPECT_LT(mean_probability_of(trained->model, -15.0), 0.2);
  EXPECT_GT(mean_probability_of(trained->model, 15.0), 0.8);
}

TEST_P(LifeTrainingByMethod, ComesBackFromItsBytes) {
  auto options = quick();
  options.method = GetParam();
  options.boosting.rounds = options.hazards.rounds = 10;
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
