// Transformer temperatures: 96 hours ahead, all seven series. Rows 1 to 8640 are learnt from, up to
// 11520 validate, up to 14400 test; scaled by the first. Every window of the test part counts.

#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "data_file.hpp"
#include "finding.hpp"
#include "inference/linear_forecast.hpp"

namespace gemel::bench {
namespace {

using inference::LinearForecast;
using inference::LinearForecastOptions;

constexpr std::size_t kTrain = 8640, kValidation = 11520, kTest = 14400;
constexpr std::size_t kHorizon = 96;
constexpr std::size_t kLongest = 720;  // look-back

using Series = std::vector<std::vector<double>>;

Result<Series> read_series(const std::string& path) {
  GEMEL_ASSIGN(const auto table,
               read_table(path, {.separators = ",", .skip_lines = 1, .skip_columns = 1}));
  if (table.rows() < kTest)
    return Error{ErrorCode::Corruption, path + " has fewer than 14400 rows"};
  Series series;
  for (std::size_t c = 0; c < table.width; ++c) {
    auto column = table.column(c);
    column.resize(kTest);
    const std::vector<double> train(column.begin(), column.begin() + kTrain);
    const double mean = mean_of(train), width = spread_of(train);
    for (auto& x : column) x = (x - mean) / width;
    series.push_back(std::move(column));
  }
  return series;
}

/// Forecasts of every window whose targets lie in a part: of each series one after the other.
using Forecasts = std::vector<float>;

struct Part {
  std::size_t from, until;
  std::size_t windows() const { return until - from - kHorizon + 1; }
};

class Member {
 public:
  /// One rule for all series, or one for each.
  Member(const Series& series, const LinearForecastOptions& options, bool shared) {
    std::vector<std::span<const double>> train;
    for (const auto& values : series) train.push_back(std::span(values).first(kTrain));
    if (shared) {
      const auto rule = std::make_shared<LinearForecast>(train, options);
      rules_.assign(series.size(), rule);
      return;
    }
    for (const auto& values : train)
      rules_.push_back(std::make_shared<LinearForecast>(std::span(&values, 1), options));
  }

  Forecasts forecasts(const Series& series, const Part& part) const {
    Forecasts all;
    all.reserve(series.size() * part.windows() * kHorizon);
    std::vector<double> next(kHorizon);
    for (std::size_t s = 0; s < series.size(); ++s) {
      const auto lookback = rules_[s]->options().lookback;
      for (std::size_t w = 0; w < part.windows(); ++w) {
        rules_[s]->forecast(std::span(series[s]).subspan(part.from + w - lookback, lookback), next);
        all.insert(all.end(), next.begin(), next.end());
      }
    }
    return all;
  }

 private:
  std::vector<std::shared_ptr<const LinearForecast>> rules_;
};

/// Mean squared error of the mean of `sum` / `members`.
double error_of(const Series& series, const Part& part, const Forecasts& sum, double members) {
  double squares = 0.0;
  std::size_t at = 0;
  for (const auto& values : series) {
    for (std::size_t w = 0; w < part.windows(); ++w) {
      for (std::size_t h = 0; h < kHorizon; ++h, ++at) {
        const double off = sum[at] / members - values[part.from + w + h];
        squares += off * off;
      }
    }
  }
  return squares / static_cast<double>(at);
}

void add(Forecasts& sum, const Forecasts& more) {
  if (sum.empty()) sum.resize(more.size());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}

struct Candidate {
  LinearForecastOptions options;
  bool shared;
  Forecasts validation;
};

Result<std::vector<Finding>> study_one(const StudyOptions& options, const std::string& name,
                                       double aim, double ridge_published) {
  GEMEL_ASSIGN(const auto series, read_series(options.data + "/ett/" + name + ".csv"));
  const Part validation{kTrain, kValidation}, test{kValidation, kTest};
  const auto started = std::chrono::steady_clock::now();
  std::vector<Candidate> candidates;
  const std::vector<std::size_t> lookbacks =
      options.quick ? std::vector<std::size_t>{336}
                    : std::vector<std::size_t>{192, 336, 512, kLongest};
  for (const auto lookback : lookbacks) {
    for (const bool shared : {true, false}) {
      for (const bool from_last : {false, true}) {
        for (const double ridge : {1.0, 10.0, 100.0}) {
          const LinearForecastOptions one{lookback, kHorizon, ridge, from_last};
          candidates.push_back(
              {one, shared, Member(series, one, shared).forecasts(series, validation)});
          progress(name, candidates.size(), lookbacks.size() * 12);
        }
      }
    }
  }
  // Members are added, some perhaps twice, as long as the validation part gains (Caruana et al.,
  // ICML 2004).
  std::vector<std::size_t> chosen;
  Forecasts sum;
  double best = INFINITY, single = INFINITY;
  std::size_t single_at = 0;
  while (chosen.size() < 20) {
    std::size_t best_at = candidates.size();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      auto tried = sum;
      add(tried, candidates[i].validation);
      const auto error =
          error_of(series, validation, tried, static_cast<double>(chosen.size() + 1));
      if (chosen.empty() && error < single) single = error, single_at = i;
      if (error < best) best = error, best_at = i;
    }
    if (best_at == candidates.size()) break;
    chosen.push_back(best_at);
    add(sum, candidates[best_at].validation);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;

  Forecasts tested;
  for (const auto i : chosen)
    add(tested,
        Member(series, candidates[i].options, candidates[i].shared).forecasts(series, test));
  const auto& one = candidates[single_at];
  const auto alone = Member(series, one.options, one.shared).forecasts(series, test);
  return std::vector<Finding>{
      {.data = name + ", 96 ahead",
       .metric = "MSE, linear ensemble",
       .values = {error_of(series, test, tested, static_cast<double>(chosen.size()))},
       .lower_is_better = true,
       .published = ridge_published,
       .published_by = "ridge",
       .aim = aim,
       .training_s = took.count(),
       .note = fmt::format("{} members, validation {:.4f}", chosen.size(), best)},
      {.data = name + ", 96 ahead",
       .metric = "MSE, best single linear",
       .values = {error_of(series, test, alone, 1.0)},
       .lower_is_better = true,
       .note = fmt::format("look-back {}, ridge {}, {}, from {}; validation {:.4f}",
                           one.options.lookback, one.options.ridge,
                           one.shared ? "shared" : "each its own",
                           one.options.from_last ? "last" : "mean", single)}};
}

}  // namespace

Result<std::vector<Finding>> study_ett(const StudyOptions& options) {
  GEMEL_ASSIGN(auto findings, study_one(options, "ETTh1", 0.370, 0.372));
  GEMEL_ASSIGN(const auto second, study_one(options, "ETTh2", 0.272, 0.273));
  findings.insert(findings.end(), second.begin(), second.end());
  return findings;
}

}  // namespace gemel::bench
