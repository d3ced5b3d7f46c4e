#pragma once
// Isolation Forest: what few random cuts suffice to set apart is strange.
// Source: Liu, Ting, Zhou, "Isolation Forest", ICDM 2008.

#include <cstdint>
#include <span>
#include <vector>

#include "inference/judge.hpp"

namespace gemel::inference {

/// Points row after row. Shapes: values = rows x width.
struct PointTable {
  std::vector<float> values;
  std::size_t width = 0;

  std::size_t rows() const { return width == 0 ? 0 : values.size() / width; }
  std::span<const float> row(std::size_t i) const { return {&values[i * width], width}; }
};

struct ForestOptions {
  std::uint32_t trees = 100;
  std::uint32_t sample = 256;  // points a tree is grown from
  std::size_t features_per_signal = 1;
  std::uint64_t seed = 1;
};

/// The score is that of the paper, 2^(-E[h(x)] / c(n)), in (0, 1): below 0.5 usual, near 1 set
/// apart at once. A point far outside of everything seen scores no higher than one just outside:
/// the forest knows order, not distance.
///
/// A signal's weight is the mean of what the score loses when its features are put back to what is
/// usual (the signal goes last) and what a usual point gains when they are put into it (the signal
/// goes first): the two ends of the Shapley average, at two scores a signal. Source:  Covert,
/// Lundberg, Lee, "Explaining by Removing", JMLR 2021. Cost:    trees x log2(sample) steps a score,
/// without branches; no allocation in score().
class IsolationForest final : public Judge {
 public:
  /// More points a tree than this bring nothing but memory.
  static constexpr std::size_t kSampleMax = 16'384;

  /// The points must be at least two, of at least one feature.
  IsolationForest(const PointTable& points, const ForestOptions& options);

  std::string_view name() const override { return "forest"; }
  double score(std::span<const float> point) const override;
  /// If one point came to the shallowest leaf of every tree.
  double highest() const override;
  void weigh(std::span<float> point, std::span<double> weights) const override;

  std::size_t trees() const { return roots_.size(); }

 private:
  // A leaf points at itself with a cut that nothing exceeds, so that every walk takes the same
  // number of steps.
  struct Node {
    float cut;
    std::uint16_t feature;
    std::uint16_t below;  // the child at or below the cut, from the root; the one above follows it
  };
  class Grower;
  /// Sum of the path lengths in `Trees` trees from the first on.
  template <std::size_t Trees>
  float walk(std::size_t first, const float* point) const;

  std::vector<Node> nodes_;
  std::vector<float>
      depths_;  // beside nodes_; of a leaf: path length with the part that was not grown
  std::vector<std::uint32_t> roots_;
  std::uint32_t height_ = 0;
  double usual_depth_ = 1.0;  // c(n)
  double shallowest_ = 0.0;   // mean over the trees of the least depth of a leaf
  std::size_t width_ = 0;
  std::size_t features_per_signal_ = 1;
};

}  // namespace gemel::inference
