#pragma once
// From runs to failure to a life model.

#include <functional>
#include <stop_token>
#include <vector>

#include "base/result.hpp"
#include "inference/life_model.hpp"
#include "learning/boosted_trees.hpp"

namespace gemel::learning {

struct LifeTrainingOptions {
  BoostingOptions boosting{.rounds = 400,
                           .depth = 6,
                           .rate = 0.03,
                           .rows_share = 0.5,
                           .features_share = 0.3,
                           .child_weight_least = 50,
                           .ridge = 5};
  std::size_t kinds_most = 6;  // of operation
  std::size_t folds = 5;       // of runs, for held-out predictions
  std::uint64_t seed = 1;
  /// Called before each of `folds` + 1 trainings with how many are done.
  std::function<void(std::size_t done, std::size_t all)> progress{};
  std::stop_token stop{};
};

struct TrainedLife {
  inference::LifeModel model;
  double held_out_rmse = 0.0;  // in steps, on runs that were not learnt from, capped
};

/// Each run ends with a failure. Held-out runs, fold after fold, make the distribution; the model
/// itself learns from all. Errors: InvalidInput (fewer than two runs a fold, or runs too short);
/// Cancelled.
Result<TrainedLife> train_life(const std::vector<inference::LifeRun>& runs,
                               const inference::LifeModelShape& shape,
                               const LifeTrainingOptions& options);

}  // namespace gemel::learning
