#pragma once
// A whole experiment: an FMU from its start to its end, row by row.

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/fmu.hpp"
#include "fmu/input_table.hpp"

namespace gemel::fmu {

/// What is left out is what the FMU proposes as its default experiment, or else 0 to 1 s in 500
/// steps. A tolerance that is left out is the FMU's business in co-simulation; in model exchange it
/// is what the FMU proposes, or 1e-6.
struct RunOptions {
  std::optional<Interface> kind;  // co-simulation where it is offered
  std::optional<double> start_s, stop_s, tolerance;
  std::optional<double> step_s;    // co-simulation: between communication points
  std::optional<double> output_s;  // between rows
  std::vector<std::pair<std::string, std::string>> start_values;
  const InputTable* inputs = nullptr;
  /// Model exchange: continuous states at the start, by their place; others as the FMU begins.
  std::vector<std::pair<std::size_t, double>> states = {};
  std::vector<std::string> outputs;  // variables to record; empty: all outputs
  bool event_rows = true;            // a row before and one after each event as well
  bool intermediate_inputs = false;
  bool inputs_at_middle = false;
  bool logging = false;
  bool own_process = false;
  std::chrono::milliseconds patience{30'000};  // of a call in a process of its own
  std::function<void(double done)> progress;   // 0 … 1, after each row
};

struct RunSummary {
  double ended_at_s = 0.0;
  std::uint64_t rows = 0, events = 0, clock_ticks = 0, output_clock_ticks = 0;
  bool by_fmu = false;     // the FMU asked for the end
  bool cancelled = false;  // the stop token did
  std::vector<LogMessage> log;
};

/// Takes the header once, then the rows.
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// Without the time.
  virtual Result<void> columns(std::span<const std::string> names) = 0;
  /// Shapes: `values` as the columns. Times don't fall; before and after an event they are equal.
  virtual Result<void> row(double time_s, std::span<const double> values) = 0;
};

/// Runs an experiment. Errors: those of instantiate() and of the FMU, with the time; InvalidInput
/// for a value that is NaN or infinite, with its name and time, and for a stop before the start.
Result<RunSummary> run(const Fmu& fmu, const RunOptions& options, RowSink& sink,
                       std::stop_token stop = {});

/// Rows in memory.
class Recording final : public RowSink {
 public:
  Result<void> columns(std::span<const std::string> names) override;
  Result<void> row(double time_s, std::span<const double> values) override;

  std::vector<std::string> names;
  std::vector<double> times_s;
  std::vector<double> values;  // rows of names.size()
};

}  // namespace gemel::fmu
