#pragma once
// Boosted regression trees that were learnt elsewhere (src/learning): a sum of what each tree says.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace gemel::inference {

/// Immutable once built. Threads: any.
class TreeEnsemble {
 public:
  /// Of a tree's nodes the first is the root; children come after their parents.
  struct Node {
    std::int32_t feature = -1;  // -1: a leaf
    float value = 0.0F;         // a leaf's; otherwise the threshold: below it goes left
    std::uint32_t left = 0, right = 0;
    bool missing_left = false;  // where a feature that is NaN goes
  };

  explicit TreeEnsemble(std::size_t width = 0, float start = 0.0F) : width_(width), start_(start) {}
  void add(std::vector<Node> tree) { trees_.push_back(std::move(tree)); }

  std::size_t width() const { return width_; }
  std::size_t trees() const { return trees_.size(); }
  /// Shapes: features as many as width(). A feature may be NaN.
  double predict(std::span<const float> features) const;

  void encode(ByteWriter& out) const;
  /// Errors: Corruption.
  static Result<TreeEnsemble> decode(ByteReader& in);

 private:
  std::size_t width_;
  float start_;
  std::vector<std::vector<Node>> trees_;
};

}  // namespace gemel::inference
