// Many judges of one series, and the one that learns as its series grows.

#include "inference/series_panel.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/growing_panel.hpp"

namespace gemel::inference {
namespace {

/// A beat of 40 values with a little noise.
std::vector<double> beats(std::size_t size, std::uint64_t seed, double noise = 0.05) {
  Random random(seed);
  std::vector<double> series(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double phase = static_cast<double>(i % 40) / 40.0;
    series[i] = 10.0 + 4.0 * std::exp(-50.0 * (phase - 0.5) * (phase - 0.5)) +
                std::sin(2 * M_PI * phase) + noise * random.normal();
  }
  return series;
}

std::vector<double> scores_of(const SeriesPanel& panel, std::span<const double> series) {
  const auto run = panel.start();
  std::vector<double> scores;
  for (const double value : series) {
    double score = 0.0;
    run->take(value, {&score, 1});
    scores.push_back(score);
  }
  return scores;
}

std::size_t place_of_largest(std::span<const double> scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

TEST(SeriesPanel, FindsThePeriodThatItsWindowsAreMeasuredBy) {
  const auto training = beats(1'200, 1);
  const SeriesPanel panel(training, {});
  EXPECT_EQ(panel.period(), 40u);
  EXPECT_EQ(panel.length(), 80u);
  EXPECT_EQ(SeriesPanel(training, {.period = 24}).period(), 24u);
}

TEST(SeriesPanel, WeighsOpinionsByWhatTheyFindAndTheWeightsAreShares) {
  const SeriesPanel panel(beats(1'200, 1), {});
  double sum = 0.0;
  const SeriesPanel::Opinion* best = nullptr;
  const SeriesPanel::Opinion* worst = nullptr;
  for (const auto& opinion : panel.heard()) {
    sum += opinion.weight;
    EXPECT_GE(opinion.hits, 0.0);
    EXPECT_LE(opinion.hits, 1.0);
    if (best == nullptr || opinion.hits > best->hits) best = &opinion;
    if (worst == nullptr || opinion.hits < worst->hits) worst = &opinion;
  }
  EXPECT_NEAR(sum, 1.0, 1e-9);
  ASSERT_NE(best, nullptr);
  EXPECT_GT(best->hits, 0.5);
  EXPECT_GT(best->weight, worst->weight);
}

TEST(SeriesPanel, HearsAllAlikeWhereNothingWasTried) {
  const SeriesPanel panel(beats(1'200, 1), {.trials = 0});
  for (const auto& opinion : panel.heard())
    EXPECT_DOUBLE_EQ(opinion.weight, 1.0 / static_cast<double>(panel.heard().size()));
}

/// Things that differ from a beat in different ways; each starts at value 600.
struct Oddity {
  const char* name;
  void (*spoil)(std::span<double>);
};
const Oddity kOddities[] = {
    {"a beat upside down",
     [](std::span<double> rows) {
       for (auto& x : rows.first(40)) x = 22.0 - x;
     }},
    {"a spike", [](std::span<double> rows) { rows[3] += 5.0; }},
    {"a stop", [](std::span<double> rows) { std::ranges::fill(rows.first(40), rows[0]); }},
    {"noise", [](std::span<double> rows) {
       Random random(8);
       for (auto& x : rows.first(60)) x += 0.8 * random.normal();
     }}};

TEST(SeriesPanel, ScoresWhatIsOddHighestWhateverIsOddAboutIt) {
  const SeriesPanel panel(beats(1'200, 1), {});
  for (const auto& oddity : kOddities) {
    auto series = beats(1'200, 2);
    oddity.spoil(std::span(series).subspan(600));
    const auto scores = scores_of(panel, series);
    const auto at = place_of_largest(std::span(scores).subspan(200)) + 200;
    EXPECT_GE(at, 600u) << oddity.name;
    EXPECT_LE(at, 600u + 60u + panel.length()) << oddity.name;
    const auto usual = std::span(scores).subspan(200, 400);
    EXPECT_GT(scores[at], 2.0 * *std::ranges::max_element(usual)) << oddity.name;
  }
}

TEST(SeriesPanel, PutsTheOneAnomalyInItsPlaceWithHindsight) {
  const auto training = beats(1'200, 1);
  const SeriesPanel panel(training, {});
  for (const auto& oddity : kOddities) {
    auto series = beats(1'200, 2);
    oddity.spoil(std::span(series).subspan(600));
    const auto beyond = panel.beyond_with_hindsight(training, series);
    ASSERT_EQ(beyond.size(), panel.heard().size());
    ASSERT_EQ(beyond[0].size(), series.size());
    const auto place = panel.strangest(beyond);
    EXPECT_GE(place, 560u) << oddity.name;
    EXPECT_LE(place, 700u) << oddity.name;
    const auto scores = panel.with_hindsight(beyond);
    const auto largest = std::ranges::max_element(scores) - scores.begin();
    EXPECT_GE(largest, 560) << oddity.name;
    EXPECT_LE(largest, 700) << oddity.name;
  }
}

TEST(SeriesPanel, LeavesScoresOfTheHeldOutPartForAThreshold) {
  const auto training = beats(1'200, 1);
  const SeriesPanel panel(training, {});
  const auto& held = panel.held_scores();
  ASSERT_FALSE(held.empty());
  EXPECT_LT(held.size(), training.size());
  EXPECT_TRUE(std::ranges::all_of(held, [](double s) { return s >= 0.0 && std::isfinite(s); }));
  EXPECT_LT(std::accumulate(held.begin(), held.end(), 0.0) / static_cast<double>(held.size()), 1.0);
}

TEST(SeriesPanel, IsTheSameForTheSameSeed) {
  const auto training = beats(800, 1), series = beats(400, 2);
  EXPECT_EQ(scores_of(SeriesPanel(training, {.seed = 4}), series),
            scores_of(SeriesPanel(training, {.seed = 4}), series));
}

TEST(SeriesPanel, LearnsEvenFromTheLeastThatItTakesAndFromNothingMoving) {
  const std::vector<double> still(SeriesPanel::kTrainingMin, 5.0);
  const SeriesPanel panel(still, {});
  for (const double score : scores_of(panel, still)) EXPECT_EQ(score, 0.0);
  auto moved = still;
  moved.back() = 6.0;
  EXPECT_GT(scores_of(panel, moved).back(), 0.0);
}

GrowingOptions growing() {
  GrowingOptions options;
  options.first = 200;
  options.panel.trials = 20;
  options.memory = 1'000;
  options.wish.false_alarms_per_s = 1.0 / 86'400.0;
  return options;
}

TEST(GrowingPanel, OnlyLearnsAtFirstThenScoresEachValue) {
  GrowingPanel panel(growing());
  const auto series = beats(400, 1);
  for (std::size_t i = 0; i < series.size(); ++i) {
    EXPECT_EQ(panel.take(series[i]).has_value(), i >= 200) << i;
    EXPECT_EQ(panel.panel() != nullptr, i + 1 >= 200) << i;
  }
}

TEST(GrowingPanel, LearnsAnewAsItsSeriesGrows) {
  GrowingPanel panel(growing());
  std::vector<std::size_t> learnt_at;
  const SeriesPanel* before = nullptr;
  std::size_t taken = 0;
  for (const double value : beats(1'000, 1)) {
    (void)panel.take(value);
    ++taken;
    if (panel.panel() != before) learnt_at.push_back(taken);
    before = panel.panel();
  }
  EXPECT_EQ(learnt_at, (std::vector<std::size_t>{200, 300, 450, 675})) << "half as much again";
}

TEST(GrowingPanel, PassesItsThresholdForWhatIsOddAndSeldomForMoreOfTheSame) {
  GrowingPanel panel(growing());
  auto series = beats(1'400, 1);
  kOddities[0].spoil(std::span(series).subspan(1'200));
  std::size_t usual = 0;
  double highest = 0.0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const auto score = panel.take(series[i]);
    if (!score) continue;
    EXPECT_GE(score->panel, 0.0);
    if (i < 1'200) usual += score->of_threshold >= 1.0;
    if (i >= 1'200 && i < 1'320) highest = std::max(highest, score->of_threshold);
  }
  EXPECT_LE(usual, 5u);
  EXPECT_GT(highest, 1.0);
}

TEST(GrowingPanel, ForgetsWhatIsBeyondItsMemory) {
  // The beat becomes twice as slow and stays so: once only that is remembered, it is usual.
  auto options = growing();
  options.memory = 400;
  GrowingPanel panel(options);
  for (const double value : beats(400, 1)) (void)panel.take(value);
  const auto slower = beats(2'000, 2);
  double early = 0.0, late = 0.0;
  for (std::size_t i = 0; i < 2 * slower.size(); ++i) {
    const auto score = panel.take(slower[i / 2]);
    ASSERT_TRUE(score);
    if (i < 200) early += score->panel;
    if (i >= 2 * slower.size() - 200) late += score->panel;
  }
  EXPECT_GT(early, 3.0 * late);
}

}  // namespace
}  // namespace gemel::inference
