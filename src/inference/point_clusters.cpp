#include "inference/point_clusters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "base/random.hpp"

namespace gemel::inference {
namespace {

constexpr int kRounds = 30;
constexpr std::size_t kCrowd = 10;  // points a centre, at least

double squared_distance(const double* a, const double* b, std::size_t size) {
  double sum = 0.0;
  for (std::size_t i = 0; i < size; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

PointClusters::PointClusters(std::span<const double> points, std::size_t width,
                             const PointClusterOptions& options)
    : width_(width) {
  GEMEL_CHECK(width >= 1 && points.size() >= width);
  const auto rows = points.size() / width;
  seed(points, std::clamp<std::size_t>(rows / kCrowd, 1, options.clusters), options.seed);
  std::vector<std::size_t> owner(rows, ~std::size_t{0});
  for (int round = 0; round < kRounds && move_centres(points, owner); ++round) {
  }
}

double PointClusters::distance(std::span<const double> point) const {
  GEMEL_CHECK(point.size() == width_);
  return std::sqrt(nearest(point).distance / static_cast<double>(width_));
}

PointClusters::Nearest PointClusters::nearest(std::span<const double> point) const {
  Nearest best{std::numeric_limits<double>::infinity(), 0};
  for (std::size_t c = 0; c < count(); ++c) {
    const double d = squared_distance(point.data(), &centres_[c * point.size()], point.size());
    if (d < best.distance) best = {d, c};
  }
  return best;
}

void PointClusters::seed(std::span<const double> points, std::size_t clusters, std::uint64_t seed) {
  const auto width = width_, rows = points.size() / width;
  Random random(seed);
  std::vector<double> distance(rows, std::numeric_limits<double>::infinity());
  auto chosen = random.below(rows);
  while (true) {
    const auto centre = points.subspan(chosen * width, width);
    centres_.insert(centres_.end(), centre.begin(), centre.end());
    if (count() == clusters) return;
    double sum = 0.0;
    for (std::size_t i = 0; i < rows; ++i) {
      distance[i] =
          std::min(distance[i], squared_distance(&points[i * width], centre.data(), width));
      sum += distance[i];
    }
    if (sum <= 0.0) return;  // all windows are one of the centres
    double left = random.uniform() * sum;
    for (chosen = 0; chosen + 1 < rows && left >= distance[chosen]; ++chosen)
      left -= distance[chosen];
  }
}

bool PointClusters::move_centres(std::span<const double> points, std::vector<std::size_t>& owner) {
  const auto width = width_;
  std::vector<double> sums(centres_.size());
  std::vector<std::size_t> members(count());
  bool moved = false;
  for (std::size_t i = 0; i < owner.size(); ++i) {
    const auto point = points.subspan(i * width, width);
    const auto cluster = nearest(point).cluster;
    moved |= cluster != owner[i];
    owner[i] = cluster;
    ++members[cluster];
    for (std::size_t k = 0; k < width; ++k) sums[cluster * width + k] += point[k];
  }
  for (std::size_t c = 0; c < members.size(); ++c) {
    for (std::size_t k = 0; k < width && members[c] > 0; ++k)
      centres_[c * width + k] = sums[c * width + k] / static_cast<double>(members[c]);
  }
  return moved;
}

}  // namespace gemel::inference
