// C-MAPSS: remaining cycles of turbofans, at the last cycle of each test unit. Learnt on the
// training units alone; what depends on a choice is chosen on held-out training units.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "data_file.hpp"
#include "finding.hpp"
#include "learning/life_training.hpp"

namespace gemel::bench {
namespace {

using inference::LifeRun;

constexpr double kCap = 125.0;
constexpr std::size_t kSettings = 3, kSensors = 21;
constexpr double kMisses = 0.1;

/// One engine: its rows, and how many cycles are left after the last.
struct Unit {
  LifeRun run;
  double left = 0.0;
};

struct DataSet {
  std::vector<Unit> train, test;
};

std::vector<Unit> units_of(const NumberTable& table) {
  std::map<int, Unit> units;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const auto row = table.row(i);
    auto& unit = units[static_cast<int>(row[0])];
    unit.run.settings.insert(unit.run.settings.end(), row.begin() + 2, row.begin() + 2 + kSettings);
    unit.run.sensors.insert(unit.run.sensors.end(), row.begin() + 2 + kSettings, row.end());
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

inference::LifeModelShape shape() {
  inference::LifeModelShape shape;
  for (std::size_t i = 1; i <= kSettings; ++i)
    shape.settings.push_back(fmt::format("setting {}", i));
  for (std::size_t i = 1; i <= kSensors; ++i) shape.sensors.push_back(fmt::format("sensor {}", i));
  shape.cap = kCap;
  return shape;
}

Result<Scores> study_seed(const DataSet& set, std::uint64_t seed,
                          learning::LifeLearning method = learning::LifeLearning::Boosted) {
  std::vector<LifeRun> runs;
  for (const auto& unit : set.train) runs.push_back(unit.run);
  learning::LifeTrainingOptions options;
  options.seed = seed;
  options.method = method;
  GEMEL_ASSIGN(const auto trained, learning::train_life(runs, shape(), options));
  Scores scores;
  scores.held_out_rmse = trained.held_out_rmse;
  const auto n = static_cast<double>(set.test.size());
  for (const auto& unit : set.test) {
    const auto left = trained.model.predict(unit.run);
    const double truth = std::min(kCap, unit.left);
    scores.rmse += (left.mean - truth) * (left.mean - truth) / n;
    scores.raw_rmse += (left.mean - unit.left) * (left.mean - unit.left) / n;
    scores.score += penalty(left.mean - truth);
    scores.raw_score += penalty(left.mean - unit.left);
    scores.least_score += penalty(least_penalty(left.values) - truth);
    const auto [low, high] = left.shortest(1.0 - kMisses);
    scores.coverage += (truth >= low && truth <= high) / n;
    scores.width += (high - low) / n;
    scores.crps += crps(left.values, truth) / n;
  }
  scores.rmse = std::sqrt(scores.rmse);
  scores.raw_rmse = std::sqrt(scores.raw_rmse);
  return scores;
}

/// The other methods beside the trees, with the settings that they come with.
Result<void> study_others(const std::string& name, const DataSet& set, const StudyOptions& options,
                          std::vector<Finding>& findings) {
  struct Other {
    const char* name;
    learning::LifeLearning method;
  };
  for (const auto& [method_name, method] : {Other{"similarity", learning::LifeLearning::Similarity},
                                            Other{"survival", learning::LifeLearning::Survival}}) {
    const auto finding = [&](const std::string& metric) {
      return Finding{.data = name,
                     .metric = std::string(method_name) + ": " + metric,
                     .lower_is_better = true};
    };
    Finding rmse = finding("RMSE, capped at 125"), score = finding("score, capped"),
            width = finding("mean width of 90 % intervals, cycles"),
            probability = finding("CRPS, cycles");
    Finding coverage{.data = name,
                     .metric = std::string(method_name) + ": coverage of 90 % intervals"};
    double took = 0.0;
    for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
      const auto started = std::chrono::steady_clock::now();
      GEMEL_ASSIGN(const auto s, study_seed(set, seed, method));
      took += std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
      rmse.values.push_back(s.rmse);
      score.values.push_back(s.score);
      coverage.values.push_back(s.coverage);
      width.values.push_back(s.width);
      probability.values.push_back(s.crps);
      rmse.note = fmt::format("held-out training units {:.2f}", s.held_out_rmse);
      progress(name + ", " + method_name, seed, options.seeds);
    }
    rmse.training_s = took / static_cast<double>(options.seeds);
    for (auto* one : {&rmse, &score, &coverage, &width, &probability})
      findings.push_back(std::move(*one));
  }
  return {};
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
      GEMEL_ASSIGN(const auto s, study_seed(set, seed));
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
    GEMEL_TRY(study_others(name, set, options, findings));
  }
  return findings;
}

}  // namespace gemel::bench
