#include "inference/isolation_forest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.hpp"
#include "base/random.hpp"

namespace gemel::inference {
namespace {

/// c(n): the mean path length of an unsuccessful search among n points.
double usual_path(std::size_t n) {
  if (n <= 1) return 0.0;
  if (n == 2) return 1.0;
  const double m = static_cast<double>(n - 1);
  return 2.0 * (std::log(m) + 0.5772156649015329) - 2.0 * m / static_cast<double>(n);
}

}  // namespace

/// Grows one tree after the other into the forest's node table.
class IsolationForest::Grower {
 public:
  Grower(IsolationForest& forest, const PointTable& points, std::uint64_t seed)
      : forest_(forest), points_(points), random_(seed), order_(points.rows()) {
    std::iota(order_.begin(), order_.end(), 0U);
  }

  /// Level by level, so that the first levels, which every walk goes through, lie together in
  /// memory.
  void grow_tree(std::uint32_t sample) {
    for (std::uint32_t i = 0; i < sample; ++i) {
      std::swap(order_[i], order_[i + random_.below(order_.size() - i)]);
    }
    root_ = static_cast<std::uint32_t>(forest_.nodes_.size());
    forest_.roots_.push_back(root_);
    growing_.assign(1, {std::span(order_).first(sample), 0});
    for (std::size_t at = 0; at < growing_.size(); ++at) grow(at);
  }

 private:
  struct Branch {
    std::span<std::uint32_t> members;
    std::uint32_t depth;
  };

  void grow(std::size_t at) {
    const auto [members, depth] = growing_[at];
    if (depth >= forest_.height_ || members.size() <= 1 || !choose_feature(members)) {
      const auto itself = static_cast<std::uint16_t>(at);
      forest_.nodes_.push_back({std::numeric_limits<float>::infinity(), 0, itself});
      forest_.depths_.push_back(static_cast<float>(depth + usual_path(members.size())));
      return;
    }
    const float cut = choose_cut();
    const auto above = std::partition(members.begin(), members.end(), [&](std::uint32_t i) {
      return points_.row(i)[feature_] <= cut;
    });
    const auto below_count = static_cast<std::size_t>(above - members.begin());
    forest_.nodes_.push_back(
        {cut, static_cast<std::uint16_t>(feature_), static_cast<std::uint16_t>(growing_.size())});
    forest_.depths_.push_back(std::numeric_limits<float>::infinity());
    growing_.push_back({members.first(below_count), depth + 1});
    growing_.push_back({members.subspan(below_count), depth + 1});
  }

  /// Any feature that is not constant among the members; false when there is none.
  bool choose_feature(std::span<const std::uint32_t> members) {
    const std::size_t first = random_.below(points_.width);
    for (std::size_t i = 0; i < points_.width; ++i) {
      feature_ = (first + i) % points_.width;
      low_ = high_ = points_.row(members.front())[feature_];
      for (const auto m : members) {
        low_ = std::min(low_, points_.row(m)[feature_]);
        high_ = std::max(high_, points_.row(m)[feature_]);
      }
      if (low_ < high_) return true;
    }
    return false;
  }

  /// In [low, high), so that both sides have members.
  float choose_cut() {
    const auto cut = static_cast<float>(random_.uniform(low_, high_));
    return cut < high_ ? cut : low_;
  }

  IsolationForest& forest_;
  const PointTable& points_;
  Random random_;
  std::vector<std::uint32_t> order_;
  std::vector<Branch> growing_;  // of this tree, in the order of its nodes
  std::uint32_t root_ = 0;
  std::size_t feature_ = 0;
  float low_ = 0.0F;
  float high_ = 0.0F;
};

IsolationForest::IsolationForest(const PointTable& points, const ForestOptions& options)
    : width_(points.width), features_per_signal_(options.features_per_signal) {
  GEMEL_CHECK(points.rows() >= 2 && options.trees >= 1 && points.width <= UINT16_MAX);
  const auto sample = static_cast<std::uint32_t>(
      std::clamp<std::size_t>(options.sample, 2, std::min(points.rows(), kSampleMax)));
  height_ = static_cast<std::uint32_t>(std::bit_width(sample - 1));
  usual_depth_ = usual_path(sample);
  Grower grower(*this, points, options.seed);
  for (std::uint32_t t = 0; t < options.trees; ++t) {
    const std::size_t root = nodes_.size();
    grower.grow_tree(sample);
    const float least =
        *std::min_element(depths_.begin() + static_cast<std::ptrdiff_t>(root), depths_.end());
    shallowest_ += static_cast<double>(least) / options.trees;
  }
}

double IsolationForest::highest() const { return std::exp2(-shallowest_ / usual_depth_); }

template <std::size_t Trees>
float IsolationForest::walk(std::size_t first, const float* point) const {
  // Side by side: each step waits for memory, and the processor can wait for several at once.
  std::array<const Node*, Trees> root;
  std::array<std::uint32_t, Trees> at{};
  for (std::size_t i = 0; i < Trees; ++i) root[i] = &nodes_[roots_[first + i]];
  for (std::uint32_t step = 0; step < height_; ++step) {
    for (std::size_t i = 0; i < Trees; ++i) {
      const Node node = root[i][at[i]];
      at[i] = node.below + (point[node.feature] > node.cut ? 1U : 0U);
    }
  }
  float depth = 0.0F;
  for (std::size_t i = 0; i < Trees; ++i) depth += depths_[roots_[first + i] + at[i]];
  return depth;
}

double IsolationForest::score(std::span<const float> point) const {
  GEMEL_CHECK(point.size() == width_);
  double depth = 0.0;
  std::size_t t = 0;
  for (; t + 8 <= roots_.size(); t += 8) depth += walk<8>(t, point.data());
  for (; t < roots_.size(); ++t) depth += walk<1>(t, point.data());
  return std::exp2(-depth / static_cast<double>(roots_.size()) / usual_depth_);
}

void IsolationForest::weigh(std::span<float> point, std::span<double> weights) const {
  GEMEL_CHECK(weights.size() * features_per_signal_ == point.size());
  std::vector<float> usual(point.size(), 0.0F);
  const double whole = score(point);
  const double nothing = score(usual);
  for (std::size_t s = 0; s < weights.size(); ++s) {
    const auto of_point = point.subspan(s * features_per_signal_, features_per_signal_);
    const auto of_usual = std::span(usual).subspan(s * features_per_signal_, features_per_signal_);
    std::swap_ranges(of_point.begin(), of_point.end(), of_usual.begin());
    const double lost = whole - score(point);
    const double gained = score(usual) - nothing;
    std::swap_ranges(of_point.begin(), of_point.end(), of_usual.begin());
    weights[s] = std::max(0.0, (lost + gained) / 2.0);
  }
}

}  // namespace gemel::inference
