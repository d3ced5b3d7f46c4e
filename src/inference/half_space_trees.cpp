#include "inference/half_space_trees.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/random.hpp"

namespace gemel::inference {
namespace {

constexpr double kCrowd = 0.1;  // of a window: with fewer a walk for the score ends

struct Range {
  float low, high;
};

/// Twice as wide as needed around a random place in the range of the points, as in the paper: so
/// trees cut in different places.
std::vector<Range> working_ranges(const PointTable& points, Random& random) {
  std::vector<Range> ranges;
  for (std::size_t f = 0; f < points.width; ++f) {
    float low = points.row(0)[f], high = low;
    for (std::size_t i = 1; i < points.rows(); ++i) {
      low = std::min(low, points.row(i)[f]);
      high = std::max(high, points.row(i)[f]);
    }
    const float width = std::max(high - low, 1e-6F);
    const float centre = low + static_cast<float>(random.uniform()) * width;
    const float reach = 2.0F * std::max(centre - low, low + width - centre);
    ranges.push_back({centre - reach, centre + reach});
  }
  return ranges;
}

}  // namespace

HalfSpaceTrees::HalfSpaceTrees(const PointTable& points, const HalfSpaceOptions& options)
    : options_(options), width_(points.width) {
  GEMEL_CHECK(points.rows() >= 1 && points.width >= 1);
  GEMEL_CHECK(options.trees >= 1 && options.depth >= 1 && options.depth <= kDepthMax);
  GEMEL_CHECK(options.window >= 1 && options.window <= 65'535);
  Random random(options.seed);
  const auto inner = inner_nodes();
  std::vector<std::vector<Range>> of_node(inner);
  for (std::uint32_t tree = 0; tree < options.trees; ++tree) {
    of_node[0] = working_ranges(points, random);
    for (std::size_t node = 0; node < inner; ++node) {
      auto ranges = std::move(of_node[node]);
      const auto feature = random.below(width_);
      const auto [low, high] = ranges[feature];
      const float cut = 0.5F * (low + high);
      cuts_.push_back({cut, static_cast<std::uint32_t>(feature)});
      if (2 * node + 2 >= inner) continue;
      ranges[feature] = {low, cut};
      of_node[2 * node + 1] = ranges;
      ranges[feature] = {cut, high};
      of_node[2 * node + 2] = std::move(ranges);
    }
  }
}

HalfSpaceTrees::Run::Run(const HalfSpaceTrees& trees, const PointTable& points)
    : trees_(trees), masses_(trees.options_.trees * trees.nodes()) {
  const auto window = std::min<std::size_t>(points.rows(), trees.options_.window);
  for (std::size_t i = points.rows() - window; i < points.rows(); ++i) take(points.row(i));
  if (taken_ > 0) turn_over();
}

double HalfSpaceTrees::Run::take(std::span<const float> point) {
  const auto inner = trees_.inner_nodes(), nodes = trees_.nodes();
  const auto least = static_cast<std::uint16_t>(kCrowd * trees_.options_.window);
  double sum = 0.0;
  for (std::uint32_t tree = 0; tree < trees_.options_.trees; ++tree) {
    const Node* cuts = &trees_.cuts_[tree * inner];
    Mass* masses = &masses_[tree * nodes];
    double mass = 0.0, share = 1.0;
    bool crowded = true;
    for (std::size_t node = 0;; share *= 2.0) {
      auto& at = masses[node];
      // One walk for both: the score's ends where it is empty, the mass goes down to the leaf.
      mass = crowded ? at.reference * share : mass;
      crowded = crowded && at.reference >= least;
      ++at.latest;
      if (node >= inner) break;
      node = 2 * node + (point[cuts[node].feature] < cuts[node].cut ? 1 : 2);
    }
    sum += mass;
  }
  if (++taken_ == trees_.options_.window) turn_over();
  return score_of(sum);
}

double HalfSpaceTrees::Run::score(std::span<const float> point) const {
  const auto inner = trees_.inner_nodes(), nodes = trees_.nodes();
  const auto least = static_cast<std::uint16_t>(kCrowd * trees_.options_.window);
  double sum = 0.0;
  for (std::uint32_t tree = 0; tree < trees_.options_.trees; ++tree) {
    const Node* cuts = &trees_.cuts_[tree * inner];
    const Mass* masses = &masses_[tree * nodes];
    double share = 1.0;
    std::size_t node = 0;
    while (node < inner && masses[node].reference >= least) {
      node = 2 * node + (point[cuts[node].feature] < cuts[node].cut ? 1 : 2);
      share *= 2.0;
    }
    sum += masses[node].reference * share;
  }
  return score_of(sum);
}

void HalfSpaceTrees::Run::weigh(std::span<float> point, std::span<double> weights) const {
  const double whole = score(point);
  const auto per_signal = trees_.options_.features_per_signal;
  std::vector<float> kept(per_signal);
  for (std::size_t s = 0; s < weights.size(); ++s) {
    const auto features = point.subspan(s * per_signal, per_signal);
    std::ranges::copy(features, kept.begin());
    std::ranges::fill(features, 0.0F);
    weights[s] = std::max(0.0, whole - score(point));
    std::ranges::copy(kept, features.begin());
  }
}

double HalfSpaceTrees::Run::score_of(double mass) const {
  const auto full = static_cast<double>(trees_.options_.trees) * trees_.options_.window;
  return -std::log2((mass + 1.0) / (full + 1.0));
}

void HalfSpaceTrees::Run::turn_over() {
  for (auto& mass : masses_) mass = {mass.latest, 0};
  taken_ = 0;
}

}  // namespace gemel::inference
