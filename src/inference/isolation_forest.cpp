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

  void grow_tree(std::uint32_t sample) {
    for (std::uint32_t i = 0; i < sample; ++i) {
      std::swap(order_[i], order_[i + random_.below(order_.size() - i)]);
    }
    const auto root = static_cast<std::uint32_t>(forest_.nodes_.size());
    forest_.roots_.push_back(root);
    forest_.nodes_.emplace_back();
    grow(root, std::span(order_).first(sample), 0);
  }

 private:
  void grow(std::uint32_t at, std::span<std::uint32_t> members, std::uint32_t depth) {
    if (depth >= forest_.height_ || members.size() <= 1 || !choose_feature(members)) {
      forest_.nodes_[at] = {std::numeric_limits<float>::infinity(), 0, at,
                            static_cast<float>(depth + usual_path(members.size()))};
      return;
    }
    const float cut = choose_cut();
    const auto feature = feature_;
    const auto above = std::partition(members.begin(), members.end(), [&](std::uint32_t i) {
      return points_.row(i)[feature] <= cut;
    });
    const auto below_count = static_cast<std::size_t>(above - members.begin());
    const auto below = static_cast<std::uint32_t>(forest_.nodes_.size());
    forest_.nodes_[at] = {cut, static_cast<std::uint32_t>(feature), below, 0.0F};
    forest_.nodes_.emplace_back();
    forest_.nodes_.emplace_back();
    grow(below, members.first(below_count), depth + 1);
    grow(below + 1, members.subspan(below_count), depth + 1);
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
  std::size_t feature_ = 0;
  float low_ = 0.0F;
  float high_ = 0.0F;
};

IsolationForest::IsolationForest(const PointTable& points, const ForestOptions& options)
    : width_(points.width), features_per_signal_(options.features_per_signal) {
  GEMEL_CHECK(points.rows() >= 2 && options.trees >= 1);
  const auto sample =
      static_cast<std::uint32_t>(std::clamp<std::size_t>(options.sample, 2, points.rows()));
  height_ = static_cast<std::uint32_t>(std::bit_width(sample - 1));
  usual_depth_ = usual_path(sample);
  Grower grower(*this, points, options.seed);
  for (std::uint32_t t = 0; t < options.trees; ++t) {
    const std::size_t root = nodes_.size();
    grower.grow_tree(sample);
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t i = root; i < nodes_.size(); ++i) {
      if (nodes_[i].below == i) least = std::min(least, nodes_[i].depth);
    }
    shallowest_ += static_cast<double>(least) / options.trees;
  }
}

double IsolationForest::highest() const { return std::exp2(-shallowest_ / usual_depth_); }

float IsolationForest::walk(std::uint32_t at, const float* point) const {
  const Node* nodes = nodes_.data();
  for (std::uint32_t i = 0; i < height_; ++i) {
    const Node& node = nodes[at];
    at = node.below + (point[node.feature] > node.cut ? 1U : 0U);
  }
  return nodes[at].depth;
}

double IsolationForest::score(std::span<const float> point) const {
  GEMEL_CHECK(point.size() == width_);
  const float* p = point.data();
  // Four walks side by side: each step waits for memory, and the processor can wait for four at
  // once.
  std::array<float, 4> depth{};
  std::size_t t = 0;
  for (; t + 4 <= roots_.size(); t += 4) {
    std::array<std::uint32_t, 4> at{roots_[t], roots_[t + 1], roots_[t + 2], roots_[t + 3]};
    const Node* nodes = nodes_.data();
    for (std::uint32_t step = 0; step < height_; ++step) {
      for (auto& a : at) a = nodes[a].below + (p[nodes[a].feature] > nodes[a].cut ? 1U : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) depth[i] += nodes[at[i]].depth;
  }
  for (; t < roots_.size(); ++t) depth[0] += walk(roots_[t], p);
  const double mean = (static_cast<double>(depth[0]) + depth[1] + depth[2] + depth[3]) /
                      static_cast<double>(roots_.size());
  return std::exp2(-mean / usual_depth_);
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
