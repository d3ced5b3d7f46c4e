// A life model at work in the twin: from a file, over the signals of an asset.

#include "inference/learned_life.hpp"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/random.hpp"
#include "learning/life_training.hpp"

namespace gemel::learning {
namespace {

using inference::LearnedLife;
using inference::LifeModelShape;
using inference::LifeRun;
using inference::SlotSample;

constexpr SignalId kNoise{0}, kHeat{1}, kMiddle{2}, kLow{3}, kHigh{4}, kRisk{5};

double heat(double hours_left, Random& random) {
  return 100.0 / (hours_left + 10.0) + 0.2 * random.normal();
}

class LearnedLifeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("gemel-learned-life-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    Random random(1);
    std::vector<LifeRun> runs;
    for (int r = 0; r < 40; ++r) {
      LifeRun run;
      const auto life = 60 + random.below(60);
      for (std::size_t i = 0; i < life; ++i)
        run.sensors.push_back(heat(static_cast<double>(life - i), random));
      runs.push_back(std::move(run));
    }
    LifeTrainingOptions options;
    options.boosting.rounds = 80;
    options.boosting.rate = 0.1;
    options.boosting.child_weight_least = 10;
    const LifeModelShape shape{{}, {"heat"}, Duration::hours(1), 60.0};
    auto trained = train_life(runs, shape, options);
    ASSERT_TRUE(trained) << trained.error().message;
    ASSERT_TRUE(inference::save_life_model(trained->model, path()));

    Asset asset;
    asset.id = {0};
    plant_.assets.push_back(asset);
    for (const auto* name : {"noise", "heat", "wear", "wear.low", "wear.high", "wear.risk"}) {
      Signal signal;
      signal.id = {static_cast<std::uint32_t>(plant_.signals.size())};
      signal.asset = {0};
      signal.name = signal.path = name;
      plant_.signals.push_back(signal);
    }
    spec_.kind = EstimatorKind::Life;
    spec_.asset = {0};
    spec_.path = "wear";
    spec_.from = {kNoise, kHeat};
    spec_.model = path();
    spec_.outputs = {{{}, kMiddle, kLow, kHigh, kRisk}};
    spec_.next_stop = at(80.0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "wear.life"; }
  static Timestamp at(double hours) {
    return Timestamp{} + Duration::days(19'000) + Duration::from_seconds(3600.0 * hours);
  }

  std::filesystem::path folder_;
  Plant plant_;
  EstimatorSpec spec_;
};

TEST_F(LearnedLifeTest, TellsWhatIsLeftAndTheRiskOfNotReachingTheStop) {
  auto life = LearnedLife::begin(plant_, spec_, {});
  ASSERT_TRUE(life) << life.error().message;
  Random random(5);
  std::vector<Sample> derived;
  std::vector<DriftFound> drifts;
  std::size_t told = 0;
  for (int quarter = 0; quarter < 4 * 70; ++quarter) {  // of a life of 80 hours
    derived.clear();
    const double hour = quarter / 4.0;
    (*life)->take(1, {kHeat, {}, at(hour), heat(80.0 - hour, random)}, derived, drifts);
    (*life)->take(0, {kNoise, {}, at(hour), random.normal()}, derived, drifts);
    told += !derived.empty();
  }
  EXPECT_EQ(told, 70u - inference::LifeModel::kRowsLeast);
  (*life)->take(1, {kHeat, {}, at(70.0), heat(10.0, random)}, derived, drifts);
  ASSERT_EQ(derived.size(), 4u);
  EXPECT_EQ(derived[0].source_time, at(70.0));
  EXPECT_NEAR(derived[0].value * 24.0, 10.0, 3.0);
  EXPECT_LE(derived[1].value, derived[0].value);
  EXPECT_GE(derived[2].value, derived[0].value);
  EXPECT_GT(derived[3].value, 0.0);
  EXPECT_LT(derived[3].value, 1.0);
  EXPECT_TRUE(derived[0].quality.usable());
}

TEST_F(LearnedLifeTest, RepeatsWhatIsMissingAndSaysSo) {
  auto life = LearnedLife::begin(plant_, spec_, {});
  ASSERT_TRUE(life);
  Random random(5);
  std::vector<Sample> derived;
  std::vector<DriftFound> drifts;
  for (int hour = 0; hour < 20; ++hour) {
    (*life)->take(1, {kHeat, {}, at(hour), heat(80.0 - hour, random)}, derived, drifts);
    (*life)->take(0, {kNoise, {}, at(hour), 0.0}, derived, drifts);
  }
  derived.clear();
  for (int hour = 20; hour < 24; ++hour)
    (*life)->take(0, {kNoise, {}, at(hour), 0.0}, derived, drifts);
  ASSERT_FALSE(derived.empty());
  EXPECT_EQ(derived.back().quality.grade, Grade::Uncertain);
}

TEST_F(LearnedLifeTest, NamesTheSignalThatTheAssetLacks) {
  plant_.signals[kHeat.index].name = "heart";
  const auto life = LearnedLife::begin(plant_, spec_, {});
  ASSERT_FALSE(life);
  EXPECT_NE(life.error().message.find("wants the signal 'heat'"), std::string::npos);
  EXPECT_NE(life.error().message.find("heart"), std::string::npos);
}

TEST_F(LearnedLifeTest, NamesTheFileThatIsNotThere) {
  spec_.model = folder_ / "other.life";
  const auto life = LearnedLife::begin(plant_, spec_, {});
  ASSERT_FALSE(life);
  EXPECT_EQ(life.error().code, ErrorCode::NotFound);
  EXPECT_NE(life.error().message.find("other.life"), std::string::npos);
}

}  // namespace
}  // namespace gemel::learning
