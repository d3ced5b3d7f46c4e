// The judges of single series: each against its definition, and each against what it is there for.

#include "inference/series_judge.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/discord.hpp"
#include "inference/matrix_profile.hpp"
#include "inference/window_clusters.hpp"
#include "inference/window_statistics.hpp"
#include "inference/window_subspace.hpp"

namespace gemel::inference {
namespace {

std::vector<double> wandering(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> series(size);
  double level = 0.0;
  for (auto& x : series) x = 50.0 + (level = 0.9 * level + random.normal());
  return series;
}

std::vector<double> beats(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> series(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double phase = static_cast<double>(i % 40) / 40.0;
    series[i] = 10.0 + 4.0 * std::exp(-50.0 * (phase - 0.5) * (phase - 0.5)) +
                std::sin(2 * M_PI * phase) + 0.05 * random.normal();
  }
  return series;
}

/// Of the windows that end at each value of `of` from its `length`-th on.
std::vector<double> nearest_level(std::span<const double> in, std::span<const double> of,
                                  std::size_t length) {
  std::vector<double> nearest;
  for (std::size_t j = 0; j + length <= of.size(); ++j) {
    double best = INFINITY;
    for (std::size_t i = 0; i + length <= in.size(); ++i) {
      double sum = 0.0;
      for (std::size_t k = 0; k < length; ++k) sum += std::pow(in[i + k] - of[j + k], 2);
      best = std::min(best, sum / static_cast<double>(length));
    }
    nearest.push_back(std::sqrt(best));
  }
  return nearest;
}

TEST(Discord, IsTheNearestWindowOfTheTrainingSeries) {
  for (const std::size_t length : {3, 16, 40}) {
    const auto training = wandering(300, 1), stream = wandering(700, 2);
    const auto found = scores_along(Discord(training, length), {}, stream);
    const auto all = nearest_windows(training, stream, length);
    const auto level = nearest_level(training, stream, length);
    for (std::size_t j = 0; j < level.size(); ++j) {
      const auto end = j + length - 1;
      EXPECT_NEAR(0.5 * found[0][end] * found[0][end], 1.0 - all.correlation[j], 2e-4) << j;
      EXPECT_NEAR(found[1][end], all.distance[j], 2e-3) << j;
      EXPECT_NEAR(found[2][end], level[j], 2e-3) << j;
    }
    EXPECT_EQ(found[0][length - 2], 0.0F) << "the first window is not full yet";
  }
}

TEST(PastDiscord, IsTheNearestOfTheWindowsBeforeWithinItsMemory) {
  const std::size_t length = 12, memory = 90, apart = 6;
  const auto stream = wandering(400, 3);
  const auto found = scores_along(
      PastDiscord({.length = length, .memory = memory, .apart = apart, .scale = 10.0}), {}, stream);
  for (std::size_t t = 0; t + length <= stream.size(); ++t) {
    const auto end = t + length - 1;
    if (t < apart) {
      EXPECT_EQ(found[0][end], 0.0F) << t;
      continue;
    }
    const auto oldest = t > memory ? t - memory : 0;
    const auto before = std::span(stream).subspan(oldest, t - apart - oldest + length);
    const auto newest = std::span(stream).subspan(t, length);
    const auto all = nearest_windows(before, newest, length);
    EXPECT_NEAR(0.5 * found[0][end] * found[0][end], 1.0 - all.correlation[0], 2e-4) << t;
    EXPECT_NEAR(found[1][end], all.distance[0], 2e-3) << t;
    EXPECT_NEAR(found[2][end], nearest_level(before, newest, length)[0], 2e-3) << t;
  }
}

TEST(PastDiscord, KnowsAStillWindowFromAMovingOne) {
  auto stream = wandering(300, 4);
  for (const std::size_t from : {150, 250}) {
    std::fill_n(stream.begin() + static_cast<std::ptrdiff_t>(from), 30, 50.0);
  }
  const auto found = scores_along(
      PastDiscord({.length = 10, .memory = 200, .apart = 10, .scale = 10.0}), {}, stream);
  EXPECT_NEAR(found[0][161], std::sqrt(2.0), 1e-6) << "never still before";
  EXPECT_EQ(found[0][262], 0.0F) << "still as once before";
}

/// Where the stream is strangest; a beat is flattened at rows 600 to 640.
std::ptrdiff_t strangest(const SeriesJudge& judge, std::size_t opinion) {
  auto stream = beats(1000, 6);
  for (std::size_t i = 600; i < 640; ++i) stream[i] = 10.0 + 0.3 * (stream[i] - 10.0);
  const auto scores = scores_along(judge, {}, stream)[opinion];
  return std::max_element(scores.begin(), scores.end()) - scores.begin();
}

TEST(SeriesJudge, FindsTheBeatThatIsNotLikeTheOthers) {
  const auto training = beats(2000, 5);
  const auto expect_found = [&](const SeriesJudge& judge, std::size_t opinion) {
    const auto at = strangest(judge, opinion);
    EXPECT_GE(at, 600) << judge.opinions()[opinion];
    EXPECT_LE(at, 680) << judge.opinions()[opinion];
  };
  const Discord discord(training, 40);
  for (std::size_t opinion = 0; opinion < 3; ++opinion) expect_found(discord, opinion);
  const WindowSubspace subspace(training, 40);
  for (std::size_t opinion = 0; opinion < 2; ++opinion) expect_found(subspace, opinion);
  for (const auto view : {WindowView::Level, WindowView::Amplitude, WindowView::Shape})
    expect_found(WindowClusters(training, {.length = 40, .view = view}), 0);
  expect_found(WindowStatistics(training, 40), 1);
}

TEST(WindowStatistics, FindsALevelANoiseAndAStandstill) {
  const auto training = beats(2000, 7);
  const WindowStatistics judge(training, 40);
  Random random(1);
  auto raised = beats(400, 8), noisy = raised, still = raised;
  for (std::size_t i = 200; i < 260; ++i) {
    raised[i] += 3.0;
    noisy[i] += 0.6 * random.normal();
    still[i] = 10.0;
  }
  const auto excess = [&](const std::vector<double>& stream, std::size_t opinion) {
    const auto scores = scores_along(judge, {}, stream)[opinion];
    return scores[259] / *std::max_element(scores.begin() + 40, scores.begin() + 200);
  };
  EXPECT_GT(excess(raised, 0), 3.0F);
  EXPECT_GT(excess(noisy, 2), 3.0F);
  EXPECT_GT(excess(still, 1), 3.0F);
}

TEST(WindowStatistics, CarriesItsSumsOnWithoutDrift) {
  const auto training = beats(2000, 9);
  const WindowStatistics judge(training, 8);
  auto stream = beats(9000, 10);
  std::fill_n(stream.begin() + 100, 4000, 1e9);
  const auto late = scores_along(judge, {}, stream);
  const auto fresh = scores_along(judge, {}, std::span(stream).subspan(8000));
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(late[k][8999], fresh[k][999], 1e-3) << k;
}

TEST(ForecastError, IsLargeWhereAValueIsNotToBeExpected) {
  const auto training = beats(2000, 11);
  auto stream = beats(400, 12);
  stream[300] += 1.0;  // within the range of the others
  const auto scores = scores_along(ForecastError(training, 40), {}, stream);
  EXPECT_EQ(std::max_element(scores[0].begin(), scores[0].end()) - scores[0].begin(), 300);
  EXPECT_GT(scores[1][320], 2.0F * scores[1][290]);
}

TEST(WindowClusters, NeedsNoMoreCentresThanThereAreKinds) {
  std::vector<double> training;
  for (int i = 0; i < 400; ++i) training.push_back(i % 2 == 0 ? 1.0 : -1.0);
  const WindowClusters judge(training, {.length = 8});
  EXPECT_EQ(judge.clusters(), 2u);
  EXPECT_EQ(scores_along(judge, {}, training)[0].back(), 0.0F);
}

TEST(WindowSubspace, TakesASeriesThatStandsStill) {
  const std::vector<double> training(100, 3.0);
  const WindowSubspace judge(training, 20);
  auto stream = training;
  stream[50] = 4.0;
  const auto scores = scores_along(judge, {}, stream);
  EXPECT_EQ(judge.kept(), 0u);
  EXPECT_EQ(scores[1][49], 0.0F);
  EXPECT_GT(scores[1][50], 0.0F);
}

}  // namespace
}  // namespace gemel::inference
