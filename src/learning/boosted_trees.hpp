#pragma once
// Gradient-boosted trees: one number from a row of features. By XGBoost.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gemel::learning {

/// Rows of features with their targets. Shapes: features = rows x width. A feature may be NaN.
struct Examples {
  std::vector<float> features;
  std::vector<float> targets;
  std::vector<float> weights;  // empty: all alike
  std::size_t width = 0;

  std::size_t rows() const { return targets.size(); }
  std::span<const float> row(std::size_t i) const { return {&features[i * width], width}; }
  void add(std::span<const float> row, float target);
};

struct BoostingOptions {
  std::size_t rounds = 300;
  std::size_t depth = 6;
  double rate = 0.05;              // of learning
  double rows_share = 0.7;         // of the rows that a tree sees
  double features_share = 0.5;     // of the features that a tree sees
  double child_weight_least = 20;  // of examples in a leaf
  double ridge = 1.0;
  std::optional<double> quantile{};  // empty: the mean
  std::size_t threads = 2;
  std::uint32_t seed = 1;
};

/// Immutable once fitted. Threads: any.
/// Source: Chen, Guestrin, "XGBoost", KDD 2016; a quantile by the gradient of the pinball loss
/// (Koenker, Bassett, Econometrica 1978) with a curvature of one.
class BoostedTrees {
 public:
  /// Errors: InvalidInput (no rows, or what XGBoost says of options).
  static Result<BoostedTrees> fit(const Examples& examples, const BoostingOptions& options);

  /// Shapes: features = rows x width.
  std::vector<float> predict(std::span<const float> features) const;

 private:
  struct Booster;
  BoostedTrees(std::shared_ptr<const Booster> booster, std::size_t width)
      : booster_(std::move(booster)), width_(width) {}
  std::shared_ptr<const Booster> booster_;
  std::size_t width_ = 0;
};

}  // namespace gemel::learning
