// How many points a second one core scores.

#include <chrono>
#include <cstdio>

#include "base/random.hpp"
#include "inference/isolation_forest.hpp"
#include "report.hpp"

namespace gemel::bench {
namespace {

using inference::ForestOptions;
using inference::IsolationForest;
using inference::PointTable;

PointTable random_points(std::size_t rows, std::size_t width, std::uint64_t seed) {
  Random random(seed);
  PointTable points;
  points.width = width;
  for (std::size_t i = 0; i < rows * width; ++i)
    points.values.push_back(static_cast<float>(random.normal()));
  return points;
}

/// The best of some rounds: what the machine can do when nobody else asks for it.
double points_per_s(const IsolationForest& forest, const PointTable& points, int rounds) {
  double best = 0.0;
  double sum = 0.0;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < points.rows(); ++i) sum += forest.score(points.row(i));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(points.rows()) / took.count());
  }
  if (sum <= 0.0) std::printf("scores came out as nothing\n");  // and so the loop can't be left out
  return best;
}

Measurement measure(std::uint32_t trees, std::size_t features, std::optional<double> aim,
                    const Options& options) {
  const auto training = random_points(4096, features, 1);
  const auto points = random_points(options.quick ? 20'000 : 100'000, features, 2);
  const IsolationForest forest(training, ForestOptions{trees, 256, 1, 3});
  Measurement out;
  out.name = "isolation forest, " + std::to_string(trees) + " trees of 256, " +
             std::to_string(features) + " features";
  out.value = points_per_s(forest, points, options.quick ? 3 : 7);
  out.unit = "points/s/core";
  out.aim = aim;
  std::string why_not;
  out.peer_value = peer_points_per_s(trees, features, options.quick ? 20'000 : 100'000, why_not);
  if (out.peer_value) out.peer = "scikit-learn IsolationForest, 1 thread, whole batch";
  if (!out.peer_value) std::printf("peer skipped: %s\n", why_not.c_str());
  return out;
}

}  // namespace

std::vector<Measurement> measure_speed(const Options& options) {
  return {measure(10, 10, 500'000.0, options), measure(100, 10, std::nullopt, options),
          measure(100, 30, std::nullopt, options)};
}

}  // namespace gemel::bench
