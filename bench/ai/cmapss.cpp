// C-MAPSS: remaining cycles of turbofans, at the last cycle of each test unit. Learnt on the
// training units alone; what depends on a choice is chosen on held-out training units.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "data_file.hpp"
#include "finding.hpp"
#include "inference/robust.hpp"
#include "learning/boosted_trees.hpp"
#include "learning/life_features.hpp"

namespace gemel::bench {
namespace {

using learning::BoostedTrees;
using learning::BoostingOptions;
using learning::Examples;
using learning::LifeFeatures;
using learning::OperatingConditions;

constexpr double kCap = 125.0;
constexpr std::size_t kSettings = 3, kSensors = 21;
constexpr std::size_t kFolds = 5;
constexpr std::size_t kMaxKinds = 6;
constexpr double kMisses = 0.1;

/// One engine: rows of settings and sensors, and how many cycles are left after the last.
struct Unit {
  std::vector<double> settings, sensors;  // rows x kSettings, rows x kSensors
  double left = 0.0;
  std::size_t rows() const { return settings.size() / kSettings; }
};

struct DataSet {
  std::vector<Unit> train, test;
};

std::vector<Unit> units_of(const NumberTable& table) {
  std::map<int, Unit> units;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const auto row = table.row(i);
    auto& unit = units[static_cast<int>(row[0])];
    unit.settings.insert(unit.settings.end(), row.begin() + 2, row.begin() + 2 + kSettings);
    unit.sensors.insert(unit.sensors.end(), row.begin() + 2 + kSettings, row.end());
  }
  std::vector<Unit> list;
  for (auto& [id, unit] : units) list.push_back(std::move(unit));
  return list;
}

Result<DataSet> read_set(const std::string& folder, int number) {
  DataSet set;
  GEMEL_ASSIGN(const auto train,
               read_table(fmt::format("{}/cmapss/train_FD00{}.txt", folder, number)));
  GEMEL_ASSIGN(const auto test,
               read_table(fmt::format("{}/cmapss/test_FD00{}.txt", folder, number)));
  GEMEL_ASSIGN(const auto left,
               read_table(fmt::format("{}/cmapss/RUL_FD00{}.txt", folder, number)));
  if (train.width != 2 + kSettings + kSensors || test.width != train.width)
    return Error{ErrorCode::Corruption, fmt::format("C-MAPSS FD00{} has other columns", number)};
  set.train = units_of(train);
  set.test = units_of(test);
  if (set.test.size() != left.rows())
    return Error{ErrorCode::Corruption, fmt::format("C-MAPSS FD00{}: {} units, {} truths", number,
                                                    set.test.size(), left.rows())};
  for (std::size_t i = 0; i < set.test.size(); ++i) set.test[i].left = left.at(i, 0);
  return set;
}

/// A unit as the estimator sees it.
struct Run {
  std::vector<double> values;  // rows x sensors, standardised
  std::size_t rows = 0;
};

class View {
 public:
  explicit View(const std::vector<Unit>& learnt)
      : conditions_(conditions_of(learnt)), features_(conditions_.telling().size()) {}

  Run run_of(const Unit& unit) const {
    const auto width = conditions_.telling().size();
    Run run{std::vector<double>(unit.rows() * width), unit.rows()};
    for (std::size_t i = 0; i < unit.rows(); ++i) {
      conditions_.standardise(std::span(unit.settings).subspan(i * kSettings, kSettings),
                              std::span(unit.sensors).subspan(i * kSensors, kSensors),
                              std::span(run.values).subspan(i * width, width));
    }
    return run;
  }
  /// Of the first `rows`.
  std::vector<float> features(const Run& run, std::size_t rows) const {
    std::vector<float> out(features_.width());
    features_.of(std::span(run.values).first(rows * conditions_.telling().size()), out);
    return out;
  }

 private:
  static OperatingConditions conditions_of(const std::vector<Unit>& units) {
    std::vector<double> settings, sensors;
    for (const auto& unit : units) {
      settings.insert(settings.end(), unit.settings.begin(), unit.settings.end());
      sensors.insert(sensors.end(), unit.sensors.begin(), unit.sensors.end());
    }
    return {settings, kSettings, sensors, kSensors, kMaxKinds};
  }
  OperatingConditions conditions_;
  LifeFeatures features_;
};

constexpr std::size_t kRowsLeast = 15;  // a run must have

Examples examples_of(const View& view, const std::vector<const Unit*>& units) {
  Examples examples;
  for (const auto* unit : units) {
    const auto run = view.run_of(*unit);
    for (auto rows = kRowsLeast; rows <= run.rows; ++rows) {
      const auto left = static_cast<double>(run.rows - rows);
      examples.add(view.features(run, rows), static_cast<float>(std::min(kCap, left)));
    }
  }
  return examples;
}

struct Pair {
  double predicted, truth;
};

/// The distribution of what is left: truths of the held-out cases that were predicted alike.
class Calibrated {
 public:
  explicit Calibrated(std::vector<Pair> held_out) : pairs_(std::move(held_out)) {
    std::sort(pairs_.begin(), pairs_.end(),
              [](auto& a, auto& b) { return a.predicted < b.predicted; });
  }
  /// Residuals of the nearest eighth of the cases, added to the prediction, in order.
  std::vector<double> distribution(double predicted) const {
    const auto count =
        std::max<std::size_t>(pairs_.size() / 8, std::min<std::size_t>(100, pairs_.size()));
    const auto after = std::lower_bound(pairs_.begin(), pairs_.end(), predicted,
                                        [](const Pair& p, double x) { return p.predicted < x; });
    auto from = static_cast<std::size_t>(after - pairs_.begin());
    from = std::min(from > count / 2 ? from - count / 2 : 0, pairs_.size() - count);
    std::vector<double> values;
    for (auto i = from; i < from + count; ++i)
      values.push_back(std::clamp(predicted + pairs_[i].truth - pairs_[i].predicted, 0.0, kCap));
    std::sort(values.begin(), values.end());
    return values;
  }

 private:
  std::vector<Pair> pairs_;
};

double crps(const std::vector<double>& sorted, double truth) {
  const auto n = static_cast<double>(sorted.size());
  double off = 0.0, spread = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    off += std::abs(sorted[i] - truth) / n;
    spread += sorted[i] * (2.0 * static_cast<double>(i) + 1.0 - n) / (n * n);
  }
  return off - spread;
}

struct Scores {
  double rmse = 0, raw_rmse = 0;    // of the mean
  double score = 0, raw_score = 0;  // of the mean
  double least_score = 0;           // of the value whose expected penalty is least
  double coverage = 0, width = 0, crps = 0;
  double held_out_rmse = 0;
};

double penalty(double error) {
  return error < 0 ? std::exp(-error / 13.0) - 1.0 : std::exp(error / 10.0) - 1.0;
}

/// Too late costs more than too early, so what is reported is not the mean: the value whose
/// expected penalty is least.
double least_penalty(const std::vector<double>& distribution) {
  const auto slope = [&](double x) {
    double sum = 0.0;
    for (const auto truth : distribution) {
      const double error = x - truth;
      sum += error < 0 ? -std::exp(-error / 13.0) / 13.0 : std::exp(error / 10.0) / 10.0;
    }
    return sum;
  };
  double low = 0.0, high = kCap;  // the slope only rises
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2.0;
    (slope(middle) > 0 ? high : low) = middle;
  }
  return low;
}

/// The shortest interval that holds so large a share.
std::pair<double, double> shortest(const std::vector<double>& sorted, double share) {
  const auto wanted = std::ceil(share * static_cast<double>(sorted.size() + 1));
  const auto count = std::min(static_cast<std::size_t>(wanted), sorted.size());
  std::size_t best = 0;
  for (std::size_t from = 0; from + count <= sorted.size(); ++from) {
    if (sorted[from + count - 1] - sorted[from] < sorted[best + count - 1] - sorted[best])
      best = from;
  }
  return {sorted[best], sorted[best + count - 1]};
}

Result<Scores> study_seed(const DataSet& set, std::uint32_t seed) {
  const View view(set.train);
  const BoostingOptions options{.rounds = 400,
                                .depth = 6,
                                .rate = 0.03,
                                .rows_share = 0.5,
                                .features_share = 0.3,
                                .child_weight_least = 50,
                                .ridge = 5,
                                .seed = seed};
  // Held-out predictions, at one moment of each unit's life for every tenth of it.
  Random random(seed);
  std::vector<std::size_t> order(set.train.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(order, random);
  std::vector<Pair> held_out;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<const Unit*> learnt, kept;
    for (std::size_t i = 0; i < order.size(); ++i)
      (i % kFolds == fold ? kept : learnt).push_back(&set.train[order[i]]);
    GEMEL_ASSIGN(const auto trees, BoostedTrees::fit(examples_of(view, learnt), options));
    for (const auto* unit : kept) {
      const auto run = view.run_of(*unit);
      for (std::size_t k = 0; k < 10; ++k) {
        const auto rows = kRowsLeast + random.below(run.rows - kRowsLeast + 1);
        const auto features = view.features(run, rows);
        held_out.push_back({std::clamp<double>(trees.predict(features)[0], 0.0, kCap),
                            std::min(kCap, static_cast<double>(run.rows - rows))});
      }
    }
  }
  Scores scores;
  for (const auto& pair : held_out)
    scores.held_out_rmse += (pair.predicted - pair.truth) * (pair.predicted - pair.truth) /
                            static_cast<double>(held_out.size());
  scores.held_out_rmse = std::sqrt(scores.held_out_rmse);
  const Calibrated calibrated(std::move(held_out));

  std::vector<const Unit*> all;
  for (const auto& unit : set.train) all.push_back(&unit);
  GEMEL_ASSIGN(const auto trees, BoostedTrees::fit(examples_of(view, all), options));
  const auto n = static_cast<double>(set.test.size());
  for (const auto& unit : set.test) {
    const auto run = view.run_of(unit);
    const double mean =
        std::clamp<double>(trees.predict(view.features(run, run.rows))[0], 0.0, kCap);
    const auto distribution = calibrated.distribution(mean);
    const double truth = std::min(kCap, unit.left);
    scores.rmse += (mean - truth) * (mean - truth) / n;
    scores.raw_rmse += (mean - unit.left) * (mean - unit.left) / n;
    scores.score += penalty(mean - truth);
    scores.raw_score += penalty(mean - unit.left);
    scores.least_score += penalty(least_penalty(distribution) - truth);
    const auto [low, high] = shortest(distribution, 1.0 - kMisses);
    scores.coverage += (truth >= low && truth <= high) / n;
    scores.width += (high - low) / n;
    scores.crps += crps(distribution, truth) / n;
  }
  scores.rmse = std::sqrt(scores.rmse);
  scores.raw_rmse = std::sqrt(scores.raw_rmse);
  return scores;
}

}  // namespace

Result<std::vector<Finding>> study_cmapss(const StudyOptions& options) {
  struct Aim {
    double rmse, score, plain_trees;
  };
  constexpr Aim kAims[] = {
      {11.5, 200, 12.66}, {11.5, 650, 11.73}, {11.3, 210, 11.66}, {12.5, 750, 12.99}};
  std::vector<Finding> findings;
  for (int number = 1; number <= 4; ++number) {
    const auto name = fmt::format("C-MAPSS FD00{}", number);
    if (name.find(options.only_series) == std::string::npos) continue;
    GEMEL_ASSIGN(const auto set, read_set(options.data, number));
    const auto& aim = kAims[number - 1];
    Finding rmse{.data = name,
                 .metric = "RMSE, capped at 125",
                 .lower_is_better = true,
                 .published = aim.plain_trees,
                 .published_by = "plain boosted trees",
                 .aim = aim.rmse};
    Finding score{
        .data = name, .metric = "score, capped", .lower_is_better = true, .aim = aim.score};
    Finding least{.data = name,
                  .metric = "score, capped, reported early",
                  .lower_is_better = true,
                  .aim = aim.score,
                  .note = "the value whose expected penalty is least, not the mean"};
    Finding raw{.data = name, .metric = "RMSE, uncapped", .lower_is_better = true};
    Finding raw_score{.data = name, .metric = "score, uncapped", .lower_is_better = true};
    Finding coverage{.data = name, .metric = "coverage of 90 % intervals"};
    Finding width{
        .data = name, .metric = "their mean width, cycles", .lower_is_better = true, .aim = 50.0};
    Finding probability{.data = name, .metric = "CRPS, cycles", .lower_is_better = true};
    double took = 0.0;
    for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
      const auto started = std::chrono::steady_clock::now();
      GEMEL_ASSIGN(const auto s, study_seed(set, static_cast<std::uint32_t>(seed)));
      took += std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
      rmse.values.push_back(s.rmse);
      score.values.push_back(s.score);
      least.values.push_back(s.least_score);
      raw.values.push_back(s.raw_rmse);
      raw_score.values.push_back(s.raw_score);
      coverage.values.push_back(s.coverage);
      width.values.push_back(s.width);
      probability.values.push_back(s.crps);
      rmse.note = fmt::format("held-out training units {:.2f}", s.held_out_rmse);
      progress(name, seed, options.seeds);
    }
    rmse.training_s = took / static_cast<double>(options.seeds);
    for (auto* finding : {&rmse, &score, &least, &raw, &raw_score, &coverage, &width, &probability})
      findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace gemel::bench
