#pragma once
// The rows of one detector's signals, out of the history or of recorded files: what `gemel train`
// and `gemel evaluate` work on.

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "inference/learning_rows.hpp"

namespace gemel::app {

struct RowsOptions {
  std::string twin;
  std::string detector;  // its path, or an ending that only one has
  std::string history;
  std::vector<std::string> files;  // CSV, instead of a history
  std::string from, until;
  double period_s = 0.0;  // between rows; 0: the detector's own
};
void add_rows_options(CLI::App& command, RowsOptions& options);

struct DetectorRows {
  std::shared_ptr<const Plant> plant;
  const DetectorSpec* spec = nullptr;  // of the plant
  inference::RowTable rows;
  Duration period;
};

/// Errors: those of the twin file, the history and the files; NotFound (no such detector, with the
/// nearest name; no rows in the range).
Result<DetectorRows> read_detector_rows(const RowsOptions& options, std::stop_token stop);

}  // namespace gemel::app
