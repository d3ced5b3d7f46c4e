#pragma once
// Gradient-boosted trees: one number from a row of features. By XGBoost.

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.hpp"
#include "inference/tree_ensemble.hpp"

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
  bool log_odds = false;             // of targets that are 0 or 1, instead; without a quantile
  std::size_t threads = 2;
  std::uint32_t seed = 1;
};

/// Source: Chen, Guestrin, "XGBoost", KDD 2016; a quantile by the gradient of the pinball loss
/// (Koenker, Bassett, Econometrica 1978) with a curvature of one.
/// Errors: InvalidInput (no rows, or what XGBoost says of options); Cancelled when `stop` is asked
/// for. Threads: any.
Result<inference::TreeEnsemble> fit_boosted_trees(const Examples& examples,
                                                  const BoostingOptions& options,
                                                  std::stop_token stop = {});

}  // namespace gemel::learning
