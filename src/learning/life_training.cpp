#include "learning/life_training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "base/text.hpp"

namespace gemel::learning {
namespace {

using inference::HeldOut;
using inference::LifeModel;
using inference::LifeModelShape;
using inference::LifeRun;
using inference::OperatingConditions;

// Moments of each held-out run that are predicted.
constexpr std::size_t kMoments = 10;

std::size_t rows_of(const LifeRun& run, const LifeModelShape& shape) {
  return run.sensors.size() / shape.sensors.size();
}

OperatingConditions conditions_of(const std::vector<LifeRun>& runs, const LifeModelShape& shape,
                                  std::size_t most) {
  std::vector<double> settings, sensors;
  for (const auto& run : runs) {
    settings.insert(settings.end(), run.settings.begin(), run.settings.end());
    sensors.insert(sensors.end(), run.sensors.begin(), run.sensors.end());
  }
  return {settings, shape.settings.size(), sensors, shape.sensors.size(), most};
}

/// The runs as the model sees them.
struct Seen {
  std::vector<double> values;
  std::size_t rows = 0;
};

Examples examples_of(const OperatingConditions& conditions, double cap,
                     const std::vector<const Seen*>& runs) {
  Examples examples;
  for (const auto* run : runs) {
    for (auto rows = LifeModel::kRowsLeast; rows <= run->rows; ++rows) {
      const auto left = static_cast<double>(run->rows - rows);
      examples.add(LifeModel::features_of(conditions, run->values, rows),
                   static_cast<float>(std::min(cap, left)));
    }
  }
  return examples;
}

std::vector<std::size_t> shuffled(std::size_t count, Random& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (auto i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

Result<void> check(const std::vector<LifeRun>& runs, const LifeModelShape& shape,
                   std::size_t folds) {
  if (runs.size() < 2 * folds) {
    return Error{ErrorCode::InvalidInput, std::to_string(runs.size()) +
                                              " runs to failure are too few to say how sure one "
                                              "can be; " +
                                              std::to_string(2 * folds) + " are needed"};
  }
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (rows_of(runs[r], shape) >= LifeModel::kRowsLeast) continue;
    return Error{ErrorCode::InvalidInput, "run " + std::to_string(r + 1) + " has " +
                                              std::to_string(rows_of(runs[r], shape)) + " rows, " +
                                              std::to_string(LifeModel::kRowsLeast) +
                                              " are needed; leave it out, or take shorter steps"};
  }
  return {};
}

double root_mean_square(const std::vector<HeldOut>& pairs) {
  double sum = 0.0;
  for (const auto& pair : pairs)
    sum += (pair.predicted - pair.truth) * (pair.predicted - pair.truth);
  return std::sqrt(sum / static_cast<double>(pairs.size()));
}

}  // namespace

Result<TrainedLife> train_life(const std::vector<LifeRun>& runs, const LifeModelShape& shape,
                               const LifeTrainingOptions& options) {
  GEMEL_TRY(check(runs, shape, options.folds));
  const auto conditions = conditions_of(runs, shape, options.kinds_most);
  if (conditions.telling().empty())
    return Error{ErrorCode::InvalidInput, "no sensor ever moves: there is nothing to learn from"};
  std::vector<Seen> seen;
  for (const auto& run : runs)
    seen.push_back({LifeModel::standardised(conditions, shape, run), rows_of(run, shape)});
  auto boosting = options.boosting;
  boosting.seed = static_cast<std::uint32_t>(options.seed);
  Random random(options.seed);
  const auto order = shuffled(runs.size(), random);
  const auto tell = [&](std::size_t done) {
    if (options.progress) options.progress(done, options.folds + 1);
  };
  std::vector<HeldOut> held_out;
  for (std::size_t fold = 0; fold < options.folds; ++fold) {
    tell(fold);
    std::vector<const Seen*> learnt, kept;
    for (std::size_t i = 0; i < order.size(); ++i)
      (i % options.folds == fold ? kept : learnt).push_back(&seen[order[i]]);
    GEMEL_ASSIGN(const auto trees, fit_boosted_trees(examples_of(conditions, shape.cap, learnt),
                                                     boosting, options.stop));
    for (const auto* run : kept) {
      for (std::size_t k = 0; k < kMoments; ++k) {
        const auto rows =
            LifeModel::kRowsLeast + random.below(run->rows - LifeModel::kRowsLeast + 1);
        const double predicted =
            trees.predict(LifeModel::features_of(conditions, run->values, rows));
        held_out.push_back({std::clamp(predicted, 0.0, shape.cap),
                            std::min(shape.cap, static_cast<double>(run->rows - rows))});
      }
    }
  }
  tell(options.folds);
  std::vector<const Seen*> all;
  for (const auto& run : seen) all.push_back(&run);
  const auto examples = examples_of(conditions, shape.cap, all);
  GEMEL_ASSIGN(auto trees, fit_boosted_trees(examples, boosting, options.stop));
  const double rmse = root_mean_square(held_out);
  auto about = "learnt from " + std::to_string(runs.size()) + " runs to failure, " +
               std::to_string(examples.rows()) + " rows, seed " + std::to_string(options.seed) +
               "; off by " + text::rounded(rmse, 3) +
               " steps (root mean square, on held-out runs, capped at " +
               text::rounded(shape.cap, 4) + ")";
  tell(options.folds + 1);
  return TrainedLife{{shape, conditions, std::move(trees), std::move(held_out), std::move(about)},
                     rmse};
}

}  // namespace gemel::learning
