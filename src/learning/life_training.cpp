#include "learning/life_training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "base/text.hpp"
#include "inference/similar_lives.hpp"

namespace gemel::learning {
namespace {

using inference::BoostedLife;
using inference::HeldOut;
using inference::LifeFeatures;
using inference::LifeMethod;
using inference::LifeModel;
using inference::LifeModelShape;
using inference::LifeRun;
using inference::OperatingConditions;
using inference::SimilarLives;
using inference::SurvivalLife;

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
  bool failed = true;
};

std::span<const double> beginning(const Seen& run, std::size_t rows) {
  return std::span(run.values).first(run.values.size() / run.rows * rows);
}

std::vector<float> features_of(const Seen& run, std::size_t rows, std::size_t more = 0) {
  const LifeFeatures features(run.values.size() / run.rows);
  std::vector<float> out(features.width() + more);
  features.of(beginning(run, rows), std::span(out).first(features.width()));
  return out;
}

using Runs = std::vector<const Seen*>;

Examples examples_of(double cap, const Runs& runs) {
  Examples examples;
  for (const auto* run : runs) {
    for (auto rows = LifeModel::kRowsLeast; run->failed && rows <= run->rows; ++rows) {
      const auto left = static_cast<double>(run->rows - rows);
      examples.add(features_of(*run, rows), static_cast<float>(std::min(cap, left)));
    }
  }
  return examples;
}

/// A row for each interval that a life is known to have reached: did it fail there? Of a life that
/// had not ended, those that it lived through.
Examples intervals_of(double interval, const Runs& runs, std::size_t most) {
  std::size_t all = 0;
  for (const auto* run : runs) all += run->rows * SurvivalLife::kIntervals;
  const std::size_t stride = 1 + all / most;
  Examples examples;
  for (const auto* run : runs) {
    for (auto rows = LifeModel::kRowsLeast; rows <= run->rows; rows += stride) {
      auto features = features_of(*run, rows, 1);
      const auto lived = static_cast<std::size_t>(static_cast<double>(run->rows - rows) / interval);
      const auto known = std::min(lived + (run->failed ? 1 : 0), SurvivalLife::kIntervals);
      for (std::size_t i = 0; i < known; ++i) {
        features.back() = static_cast<float>(i);
        examples.add(features, i == lived ? 1.0F : 0.0F);
      }
    }
  }
  return examples;
}

using Method = std::shared_ptr<const LifeMethod>;

/// One method, in the ways that held-out runs choose among.
Result<std::vector<Method>> learn(const Runs& runs, double cap,
                                  const LifeTrainingOptions& options) {
  const auto boost = [&](const Examples& examples, BoostingOptions how) {
    how.seed = static_cast<std::uint32_t>(options.seed);
    how.threads = options.boosting.threads;
    return fit_boosted_trees(examples, how, options.stop);
  };
  if (options.method == LifeLearning::Boosted) {
    GEMEL_ASSIGN(auto trees, boost(examples_of(cap, runs), options.boosting));
    return std::vector<Method>{std::make_shared<BoostedLife>(std::move(trees))};
  }
  if (options.method == LifeLearning::Survival) {
    const double interval = cap / static_cast<double>(SurvivalLife::kIntervals);
    GEMEL_ASSIGN(auto trees,
                 boost(intervals_of(interval, runs, options.interval_rows), options.hazards));
    return std::vector<Method>{std::make_shared<SurvivalLife>(std::move(trees), interval)};
  }
  if (options.stop.stop_requested()) return Error{ErrorCode::Cancelled, "the training was stopped"};
  std::vector<std::span<const double>> lives;
  for (const auto* run : runs) {
    if (run->failed) lives.emplace_back(run->values);
  }
  const auto sensors = runs.front()->values.size() / runs.front()->rows;
  const SimilarLives library(lives, sensors, cap, {});
  std::vector<Method> ways;
  for (const std::size_t window : {20, 40, 80}) {
    for (const double width : {0.005, 0.01, 0.02, 0.04, 0.08})
      ways.push_back(
          std::make_shared<SimilarLives>(library.with({.window = window, .width = width})));
  }
  return ways;
}

/// A prediction beside the truth, and how far up the truth lies in the distribution, if there is
/// one; among equals anywhere.
HeldOut held_out_of(const LifeMethod& method, std::span<const double> life, std::size_t sensors,
                    double truth, double cap, double drawn) {
  const auto opinion = method.of(life, sensors);
  HeldOut out{std::clamp(opinion.mean, 0.0, cap), truth, 0.5};
  if (opinion.values.empty()) return out;
  const auto [from, until] = std::ranges::equal_range(opinion.values, truth);
  const auto below = static_cast<double>(from - opinion.values.begin());
  const auto equal = static_cast<double>(until - from);
  out.level = (below + drawn * equal) / static_cast<double>(opinion.values.size());
  return out;
}

std::vector<std::size_t> shuffled(std::size_t count, Random& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (auto i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

Result<void> check(const std::vector<LifeRun>& runs, const LifeModelShape& shape,
                   std::size_t folds) {
  const auto ended = static_cast<std::size_t>(std::ranges::count_if(runs, &LifeRun::failed));
  if (ended < 2 * folds) {
    return Error{ErrorCode::InvalidInput, std::to_string(ended) +
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
    seen.push_back(
        {LifeModel::standardised(conditions, shape, run), rows_of(run, shape), run.failed});
  Random random(options.seed), levels(options.seed + 1);
  const auto order = shuffled(runs.size(), random);
  const auto tell = [&](std::size_t done) {
    if (options.progress) options.progress(done, options.folds + 1);
  };
  const auto sensors = conditions.telling().size();
  std::vector<std::vector<HeldOut>> held_out;  // by way
  for (std::size_t fold = 0; fold < options.folds; ++fold) {
    tell(fold);
    Runs learnt, kept;
    for (std::size_t i = 0; i < order.size(); ++i)
      (i % options.folds == fold ? kept : learnt).push_back(&seen[order[i]]);
    GEMEL_ASSIGN(const auto ways, learn(learnt, shape.cap, options));
    held_out.resize(ways.size());
    for (const auto* run : kept) {
      if (!run->failed) continue;
      for (std::size_t k = 0; k < kMoments; ++k) {
        const auto rows =
            LifeModel::kRowsLeast + random.below(run->rows - LifeModel::kRowsLeast + 1);
        const double truth = std::min(shape.cap, static_cast<double>(run->rows - rows));
        const double drawn = levels.uniform();
        for (std::size_t w = 0; w < ways.size(); ++w)
          held_out[w].push_back(
              held_out_of(*ways[w], beginning(*run, rows), sensors, truth, shape.cap, drawn));
      }
    }
  }
  tell(options.folds);
  const auto best = static_cast<std::size_t>(
      std::ranges::min_element(held_out, {}, root_mean_square) - held_out.begin());
  Runs all;
  for (const auto& run : seen) all.push_back(&run);
  GEMEL_ASSIGN(const auto ways, learn(all, shape.cap, options));
  const double rmse = root_mean_square(held_out[best]);
  const auto ended = std::ranges::count_if(runs, &LifeRun::failed);
  std::size_t rows = 0;
  for (const auto& run : seen) rows += run.rows;
  auto about = std::string(ways[best]->name()) + ", learnt from " + std::to_string(ended) +
               " runs to failure, " + std::to_string(runs.size()) + " in all, " +
               std::to_string(rows) + " rows, seed " + std::to_string(options.seed) + "; off by " +
               text::rounded(rmse, 3) + " steps (root mean square, on held-out runs, capped at " +
               text::rounded(shape.cap, 4) + ")";
  tell(options.folds + 1);
  return TrainedLife{{shape, conditions, ways[best], std::move(held_out[best]), std::move(about)},
                     rmse};
}

}  // namespace gemel::learning
