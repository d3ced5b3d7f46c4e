#pragma once
// From runs to failure to a life model.

#include <functional>
#include <stop_token>
#include <vector>

#include "base/result.hpp"
#include "inference/life_model.hpp"
#include "learning/boosted_trees.hpp"

namespace gemel::learning {

/// See inference/life_method.hpp. Runs that did not end are learnt from by survival alone.
enum class LifeLearning { Boosted, Similarity, Survival };

struct LifeTrainingOptions {
  LifeLearning method = LifeLearning::Boosted;
  BoostingOptions boosting{.rounds = 400,
                           .depth = 6,
                           .rate = 0.03,
                           .rows_share = 0.5,
                           .features_share = 0.3,
                           .child_weight_least = 50,
                           .ridge = 5};
  BoostingOptions hazards{.rounds = 150,
                          .depth = 5,
                          .rate = 0.08,
                          .rows_share = 0.5,
                          .features_share = 0.6,
                          .child_weight_least = 5,
                          .ridge = 5,
                          .log_odds = true};
  std::size_t interval_rows = 150'000;  // of lives' intervals, about so many are learnt from
  std::size_t kinds_most = 6;           // of operation
  std::size_t folds = 5;                // of runs, for held-out predictions
  std::uint64_t seed = 1;
  /// Called before each of `folds` + 1 trainings with how many are done.
  std::function<void(std::size_t done, std::size_t all)> progress{};
  std::stop_token stop{};
};

struct TrainedLife {
  inference::LifeModel model;
  double held_out_rmse = 0.0;  // in steps, on runs that were not learnt from, capped
};

/// Held-out runs that ended with a failure, fold after fold, make the distribution (and choose how
/// lives are compared, by the least error); the model itself learns from all. Errors: InvalidInput
/// (fewer than two such runs a fold, or runs too short); Cancelled.
Result<TrainedLife> train_life(const std::vector<inference::LifeRun>& runs,
                               const inference::LifeModelShape& shape,
                               const LifeTrainingOptions& options);

}  // namespace gemel::learning
