// UCI regression sets with their published splits: how probable the truth was (log-likelihood),
// beside MC-dropout. The spread of each prediction is learnt from residuals on held-out training
// rows.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <sstream>

#include <fmt/format.h>

#include "data_file.hpp"
#include "finding.hpp"
#include "learning/boosted_trees.hpp"

namespace gemel::bench {
namespace {

using learning::BoostingOptions;
using learning::Examples;

std::vector<float> all_of(const inference::TreeEnsemble& trees, const Examples& examples) {
  std::vector<float> values;
  for (std::size_t i = 0; i < examples.rows(); ++i)
    values.push_back(static_cast<float>(trees.predict(examples.row(i))));
  return values;
}

constexpr std::size_t kFolds = 5;
constexpr double kResidualLeast = 1e-3;  // of a standardised target: below, logarithms run away

/// Gal and Ghahramani, ICML 2016, table 1.
struct Set {
  const char* name;
  double published;
};
constexpr Set kSets[] = {{"concrete", -3.04},
                         {"energy", -1.99},
                         {"kin8nm", 0.95},
                         {"naval_propulsion_plant", 3.80},
                         {"power_plant", -2.80},
                         {"protein_tertiary_structure", -2.89},
                         {"wine_quality_red", -0.93},
                         {"yacht", -1.55}};

struct Split {
  std::vector<std::size_t> train, test;
};

Result<std::vector<Split>> read_splits(const std::string& path, std::size_t rows) {
  GEMEL_ASSIGN(const auto bytes, read_bytes(path));
  std::istringstream lines(bytes);
  std::vector<Split> splits;
  for (std::string line; std::getline(lines, line);) {
    std::vector<bool> is_test(rows);
    std::istringstream numbers(line);
    for (std::size_t row; numbers >> row;) {
      if (row >= rows)
        return Error{ErrorCode::Corruption, fmt::format("{}: row {} of {}", path, row, rows)};
      is_test[row] = true;
    }
    Split split;
    for (std::size_t i = 0; i < rows; ++i) (is_test[i] ? split.test : split.train).push_back(i);
    splits.push_back(std::move(split));
  }
  return splits;
}

struct Scale {
  double mean, width;
};

Examples examples_of(const NumberTable& table, std::span<const std::size_t> rows, Scale target) {
  Examples examples;
  std::vector<float> features(table.width - 1);
  for (const auto i : rows) {
    const auto row = table.row(i);
    std::copy(row.begin(), row.end() - 1, features.begin());
    examples.add(features, static_cast<float>((row.back() - target.mean) / target.width));
  }
  return examples;
}

double log_density(double residual, double variance) {
  return -0.5 * (std::log(2.0 * std::numbers::pi * variance) + residual * residual / variance);
}

/// A variance for each row: in parts the same for all, in parts as the row's features tell.
struct Spread {
  double constant = 1.0, factor = 1.0, share = 0.0;
  double variance(double log_of_row) const {
    return share * factor * std::exp(log_of_row) + (1.0 - share) * constant;
  }
};

Spread fit_spread(const std::vector<double>& residuals, const std::vector<float>& logs) {
  Spread best;
  double constant = 0.0, factor = 0.0;
  const auto n = static_cast<double>(residuals.size());
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    constant += residuals[i] * residuals[i] / n;
    factor += residuals[i] * residuals[i] / std::exp(logs[i]) / n;
  }
  double best_sum = -INFINITY;
  for (const double share : {0.0, 0.25, 0.5, 0.75, 0.9}) {
    const Spread tried{constant, factor, share};
    double sum = 0.0;
    for (std::size_t i = 0; i < residuals.size(); ++i)
      sum += log_density(residuals[i], tried.variance(logs[i]));
    if (sum > best_sum) best_sum = sum, best = tried;
  }
  return best;
}

struct Scores {
  double log_likelihood = 0.0, rmse = 0.0;
};

Result<Scores> study_split(const NumberTable& table, const Split& split, std::uint32_t seed) {
  std::vector<double> targets;
  for (const auto i : split.train) targets.push_back(table.row(i).back());
  const Scale target{mean_of(targets), std::max(spread_of(targets), 1e-12)};
  const BoostingOptions options{.rounds = 500,
                                .depth = 5,
                                .rate = 0.05,
                                .rows_share = 0.8,
                                .features_share = 0.8,
                                .child_weight_least = 3,
                                .ridge = 1.0,
                                .seed = seed};
  auto order = split.train;
  Random random(seed);
  shuffle(order, random);
  // Residuals of rows that the trees did not see, and what the features tell of their size.
  std::vector<double> residuals;
  Examples sizes;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<std::size_t> learnt, kept;
    for (std::size_t i = 0; i < order.size(); ++i)
      (i % kFolds == fold ? kept : learnt).push_back(order[i]);
    GEMEL_ASSIGN(const auto trees,
                 learning::fit_boosted_trees(examples_of(table, learnt, target), options));
    const auto unseen = examples_of(table, kept, target);
    const auto predicted = all_of(trees, unseen);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const double off = unseen.targets[i] - predicted[i];
      residuals.push_back(off);
      sizes.add(unseen.row(i),
                static_cast<float>(std::log(off * off + kResidualLeast * kResidualLeast)));
    }
  }
  BoostingOptions cautious = options;
  cautious.rounds = 100;
  cautious.depth = 3;
  cautious.child_weight_least = 20;
  GEMEL_ASSIGN(const auto widths, learning::fit_boosted_trees(sizes, cautious));
  const auto spread = fit_spread(residuals, all_of(widths, sizes));

  GEMEL_ASSIGN(const auto trees,
               learning::fit_boosted_trees(examples_of(table, split.train, target), options));
  const auto test = examples_of(table, split.test, target);
  const auto predicted = all_of(trees, test), logs = all_of(widths, test);
  Scores scores;
  const auto n = static_cast<double>(test.rows());
  for (std::size_t i = 0; i < test.rows(); ++i) {
    const double off = test.targets[i] - predicted[i];
    scores.log_likelihood +=
        (log_density(off, spread.variance(logs[i])) - std::log(target.width)) / n;
    scores.rmse += off * off * target.width * target.width / n;
  }
  scores.rmse = std::sqrt(scores.rmse);
  return scores;
}

}  // namespace

Result<std::vector<Finding>> study_uci(const StudyOptions& options) {
  std::vector<Finding> findings;
  double better = 0.0, sets = 0.0;
  for (const auto& set : kSets) {
    if (std::string_view(set.name).find(options.only_series) == std::string_view::npos) continue;
    const auto base = fmt::format("{}/uci_regression/{}", options.data, set.name);
    GEMEL_ASSIGN(const auto table, read_table(base + ".csv", {.separators = ","}));
    GEMEL_ASSIGN(auto splits, read_splits(base + ".test_splits.txt", table.rows()));
    if (options.quick) splits.resize(std::min<std::size_t>(splits.size(), 3));
    const auto started = std::chrono::steady_clock::now();
    Finding found{.data = set.name,
                  .metric = "log-likelihood",
                  .published = set.published,
                  .published_by = "MC-dropout",
                  .aim = set.published};
    std::vector<double> rmse;
    for (std::size_t k = 0; k < splits.size(); ++k) {
      GEMEL_ASSIGN(const auto scores,
                   study_split(table, splits[k], static_cast<std::uint32_t>(k + 1)));
      found.values.push_back(scores.log_likelihood);
      rmse.push_back(scores.rmse);
      progress(set.name, k + 1, splits.size());
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    found.training_s = took.count() / static_cast<double>(splits.size());
    found.note = fmt::format("{} splits, RMSE {:.4g} ± {:.2g}", splits.size(), mean_of(rmse),
                             spread_of(rmse));
    better += mean_of(found.values) > set.published;
    ++sets;
    findings.push_back(std::move(found));
  }
  if (sets > 1) {
    findings.push_back({.data = "UCI regression",
                        .metric = "sets better than MC-dropout",
                        .values = {better},
                        .aim = 6.0});
  }
  return findings;
}

}  // namespace gemel::bench
