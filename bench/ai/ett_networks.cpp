// Transformer temperatures, 96 hours ahead, by a PatchTST trained here: the protocol of ett.cpp.
// Sizes are those of its authors for these two files; epochs end by the validation part.

#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "data_file.hpp"
#include "finding.hpp"
#include "networks/fit.hpp"

namespace gemel::bench {
namespace {

using namespace networks;

constexpr std::size_t kTrain = 8640, kValidation = 11520, kTest = 14400;
constexpr std::size_t kHorizon = 96, kRows = 336;

/// All series, scaled by their mean and spread over the rows to learn from.
Result<Windows> read_scaled(const std::string& path) {
  GEMEL_ASSIGN(const auto table,
               read_table(path, {.separators = ",", .skip_lines = 1, .skip_columns = 1}));
  if (table.rows() < kTest)
    return Error{ErrorCode::Corruption, path + " has fewer than 14400 rows"};
  Windows out;
  out.signals = table.width;
  out.values.resize(kTest * table.width);
  for (std::size_t c = 0; c < table.width; ++c) {
    const auto column = table.column(c);
    const std::vector<double> train(column.begin(), column.begin() + kTrain);
    const double mean = mean_of(train), width = spread_of(train);
    for (std::size_t i = 0; i < kTest; ++i)
      out.values[i * table.width + c] = static_cast<float>((column[i] - mean) / width);
  }
  return out;
}

/// Windows of which all rows that are forecast lie in the part.
Windows part_of(const Windows& all, std::size_t from, std::size_t until) {
  Windows out = all;
  const Stretch stretch{from - std::min(from, kRows), until};
  out.starts = starts_within(std::span(&stretch, 1), kRows + kHorizon);
  return out;
}

Result<Finding> study_one(const StudyOptions& options, const std::string& name, double aim,
                          double ridge) {
  GEMEL_ASSIGN(const auto all, read_scaled(options.data + "/ett/" + name + ".csv"));
  const auto training = part_of(all, 0, kTrain), validation = part_of(all, kTrain, kValidation),
             test = part_of(all, kValidation, kTest);
  NetworkOptions sizes;
  sizes.kind = NetworkKind::PatchTst;
  sizes.signals = all.signals;
  sizes.rows = kRows;
  sizes.horizon = kHorizon;
  sizes.width = 16;
  sizes.heads = 4;
  sizes.layers = 3;
  sizes.feed = 128;
  sizes.dropout = 0.3;
  FitOptions fitting;
  fitting.batch = 128;
  fitting.epochs = options.quick ? 2 : 12;
  fitting.patience = 3;
  Finding finding{.data = name + ", 96 ahead",
                  .metric = "MSE, PatchTST",
                  .lower_is_better = true,
                  .published = ridge,
                  .published_by = "ridge",
                  .aim = aim};
  std::vector<double> validated, seconds, epochs;
  for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
    fitting.seed = seed;
    GEMEL_ASSIGN(const auto network, Network::make(sizes, seed));
    const auto started = std::chrono::steady_clock::now();
    GEMEL_ASSIGN(const auto report,
                 fit(*network, training, validation, fitting, [&](const Epoch& epoch) {
                   progress(name, (seed - 1) * fitting.epochs + epoch.number,
                            options.seeds * fitting.epochs);
                 }));
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    epochs.push_back(static_cast<double>(report.epochs));
    validated.push_back(report.best.validation);
    finding.values.push_back(error_over(*network, test));
  }
  finding.training_s = mean_of(seconds);
  finding.note = fmt::format("look-back {}, validation {:.4f}, {:.0f} epochs", kRows,
                             mean_of(validated), mean_of(epochs));
  return finding;
}

}  // namespace

Result<std::vector<Finding>> study_ett_networks(const StudyOptions& options) {
  std::vector<Finding> findings;
  GEMEL_ASSIGN(auto first, study_one(options, "ETTh1", 0.370, 0.372));
  findings.push_back(std::move(first));
  GEMEL_ASSIGN(auto second, study_one(options, "ETTh2", 0.272, 0.273));
  findings.push_back(std::move(second));
  return findings;
}

}  // namespace gemel::bench
