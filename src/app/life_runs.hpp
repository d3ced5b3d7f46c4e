#pragma once
// Runs to failure for `gemel life`: from a CSV file, or from the history by a list of lives.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "inference/life_model.hpp"

namespace gemel::app {

struct LifeRuns {
  inference::LifeModelShape shape;  // names and step
  std::vector<inference::LifeRun> runs;
  std::vector<std::string> names;  // of the runs
};

struct CsvRunsOptions {
  std::string file;
  std::string run;                    // column that tells runs apart
  std::vector<std::string> settings;  // columns; the other numeric ones are sensors …
  std::vector<std::string> sensors;   // … unless they are named
  std::vector<std::string> leave_out;
};

/// Rows of a run stand in their order, not necessarily next to each other. Errors: NotFound;
/// InvalidInput naming file, line and column.
Result<LifeRuns> runs_from_csv(const CsvRunsOptions& options);

struct HistoryRunsOptions {
  std::string history, twin;
  std::string lives;  // a CSV file with the columns asset, from, until (when it failed)
  std::vector<std::string> settings, sensors;  // names of signals that every asset has
  Duration step;
};

/// Means of each step; a step without a value repeats the one before. Errors: those of the twin
/// file and the history; InvalidInput naming the life.
Result<LifeRuns> runs_from_history(const HistoryRunsOptions& options);

}  // namespace gemel::app
