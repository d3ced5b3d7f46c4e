#pragma once
// Half-space trees: how crowded the place of a point was in the last window of the stream.
// Source: Tan, Ting, Liu, "Fast Anomaly Detection for Streaming Data", IJCAI 2011.

#include <cstdint>
#include <span>
#include <vector>

#include "inference/isolation_forest.hpp"

namespace gemel::inference {

struct HalfSpaceOptions {
  std::uint32_t trees = 25;
  std::uint32_t depth = 8;     // at most kDepthMax
  std::uint32_t window = 256;  // points of a window: after so many the latest becomes the reference
  std::size_t features_per_signal = 1;
  std::uint64_t seed = 1;
};

/// The shape of the trees, drawn once from the ranges of the training points: every node halves its
/// part of one feature's range. Immutable. Threads: any.
///
/// A tree's mass for a point is r 2^d: r points of the reference window fell into the node of depth
/// d where its walk ends, at a leaf or where fewer than a tenth of a window did. The score is
/// -log2 of the mean mass, relative to a point in the middle of a uniform crowd: the larger, the
/// emptier; so that, other than the paper's sum, large means strange.
class HalfSpaceTrees {
 public:
  static constexpr std::uint32_t kDepthMax = 15;

  /// At least one point of at least one feature.
  HalfSpaceTrees(const PointTable& points, const HalfSpaceOptions& options);

  const HalfSpaceOptions& options() const { return options_; }
  std::size_t width() const { return width_; }

  /// One stream's masses. Threads: one. Lifetime: not beyond the trees'.
  class Run {
   public:
    /// The masses of these points, the last window of them, are the first reference.
    Run(const HalfSpaceTrees& trees, const PointTable& points);

    /// Scores a point and takes its mass into the latest window. Does not allocate.
    double take(std::span<const float> point);
    /// Scores only.
    double score(std::span<const float> point) const;
    /// What each signal has to do with the score: what the score loses when the signal is put back
    /// to what is usual. Shapes: weights as many as signals; `point` comes back as it was.
    void weigh(std::span<float> point, std::span<double> weights) const;

   private:
    struct Mass {
      std::uint16_t reference = 0, latest = 0;
    };
    double score_of(double mass) const;
    void turn_over();

    const HalfSpaceTrees& trees_;
    std::vector<Mass> masses_;  // of each node
    std::uint32_t taken_ = 0;   // into the latest window
  };

 private:
  struct Node {
    float cut;
    std::uint32_t feature;
  };
  std::size_t inner_nodes() const { return (std::size_t{1} << options_.depth) - 1; }
  std::size_t nodes() const { return 2 * inner_nodes() + 1; }

  HalfSpaceOptions options_;
  std::size_t width_;
  std::vector<Node>
      cuts_;  // tree after tree, level by level: the children of i are 2 i + 1, 2 i + 2
};

}  // namespace gemel::inference
