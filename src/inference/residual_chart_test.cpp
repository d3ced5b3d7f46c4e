#include "inference/residual_chart.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kWidth = 3;
constexpr std::size_t kRows = 2'000;

/// Unit noise; the first two share half of it.
std::vector<double> noise_row(Random& random) {
  const double shared = random.normal();
  return {std::sqrt(0.5) * (shared + random.normal()), std::sqrt(0.5) * (shared + random.normal()),
          random.normal()};
}

std::vector<double> noise(std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values;
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto row = noise_row(random);
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

/// The mean distance over rows that differ from noise by `shift`.
double distance_with(const ResidualChart& chart, const std::vector<double>& shift) {
  Random random(9);
  ResidualChart::Run run(chart);
  double sum = 0.0;
  for (std::size_t i = 0; i < kRows; ++i) {
    auto row = noise_row(random);
    for (std::size_t q = 0; q < kWidth; ++q) row[q] += shift[q];
    run.take(row);
    if (i >= kRows / 2) sum += run.distance();
  }
  return sum / (kRows / 2);
}

TEST(ResidualChart, GathersWhatDrownsInTheNoiseOfSingleRows) {
  const ResidualChart slow(noise(1), kWidth, 60.0), quick(noise(1), kWidth, 1.0);
  const std::vector<double> nothing(kWidth), little{0.0, 0.0, 0.6};
  EXPECT_GT(distance_with(slow, little), 2.5 * distance_with(slow, nothing));
  EXPECT_LT(distance_with(quick, little), 1.3 * distance_with(quick, nothing));
}

TEST(ResidualChart, IsMoreSurprisedByWhatPartsCompany) {
  const ResidualChart chart(noise(1), kWidth, 20.0);
  EXPECT_GT(distance_with(chart, {0.6, -0.6, 0.0}), 1.2 * distance_with(chart, {0.6, 0.6, 0.0}));
}

TEST(ResidualChart, BlamesWhatMoved) {
  const ResidualChart chart(noise(1), kWidth, 60.0);
  ResidualChart::Run run(chart);
  Random random(3);
  for (std::size_t i = 0; i < 500; ++i) {
    auto row = noise_row(random);
    row[1] -= 1.0;
    run.take(row);
  }
  ASSERT_GT(run.distance(), 3.0);
  std::vector<double> shares(kWidth);
  run.weigh(shares);
  EXPECT_GT(shares[1], 3.0 * shares[0]);
  EXPECT_GT(shares[1], 3.0 * shares[2]);
}

TEST(ResidualChart, ExpectsWanderingThatItHasSeen) {
  const auto wander = [](std::uint64_t seed) {
    Random random(seed);
    std::vector<double> values;
    double at = 0.0;
    for (std::size_t i = 0; i < 20 * kRows; ++i) {
      at = 0.995 * at + std::sqrt(1.0 - 0.995 * 0.995) * random.normal();
      values.push_back(at);
    }
    return values;
  };
  const auto mean_distance = [&](const ResidualChart& chart) {
    ResidualChart::Run run(chart);
    double sum = 0.0;
    const auto values = wander(2);
    for (const double& value : values) {
      run.take({&value, 1});
      sum += run.distance();
    }
    return sum / static_cast<double>(values.size());
  };
  std::vector<double> white;
  Random random(4);
  for (std::size_t i = 0; i < kRows; ++i) white.push_back(random.normal());
  EXPECT_NEAR(mean_distance({wander(1), 1, 30.0}), 0.8, 0.2);  // of a normal distribution
  EXPECT_GT(mean_distance({white, 1, 30.0}), 3.0);
}

TEST(ResidualChart, LeavesOutWhatIsNotKnownAndNeverGainsByIt) {
  const ResidualChart chart(noise(1), kWidth, 20.0);
  ResidualChart::Run whole(chart), part(chart);
  Random random(5);
  for (std::size_t i = 0; i < 300; ++i) {
    auto row = noise_row(random);
    row[0] += 1.0;
    whole.take(row);
    row[2] = std::nan("");
    part.take(row);
  }
  const double all = whole.distance(), some = part.distance();
  EXPECT_LE(some, all);
  EXPECT_GT(some, 2.0);
  std::vector<double> shares(kWidth);
  part.weigh(shares);
  EXPECT_EQ(shares[2], 0.0);
  EXPECT_GT(shares[0], shares[1]);
}

TEST(ResidualChart, KnowsNothingAfterARestart) {
  const ResidualChart chart(noise(1), kWidth, 20.0);
  ResidualChart::Run run(chart);
  for (std::size_t i = 0; i < 100; ++i) run.take(std::vector<double>{3.0, 3.0, 3.0});
  EXPECT_GT(run.distance(), 5.0);
  run.restart();
  EXPECT_EQ(run.distance(), 0.0);
}

TEST(RunningMeans, AreKnownOnceEnoughIsBehindThem) {
  RunningMeans means(2, 10.0);
  const std::vector<double> row{4.0, std::nan("")};
  for (int i = 0; i < 12; ++i) means.take(row);
  EXPECT_FALSE(means.known(0));  // 1 - exp(-1.2) is just below 0.7
  means.take(row);
  EXPECT_TRUE(means.known(0));
  EXPECT_FALSE(means.known(1));
  EXPECT_NEAR(means.values()[0], 4.0, 1e-12);
}

}  // namespace
}  // namespace gemel::inference
