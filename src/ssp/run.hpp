#pragma once
// A whole experiment: a system of FMUs from its start to its end, row by row.

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/run.hpp"
#include "ssp/coupled_system.hpp"
#include "ssp/master.hpp"

namespace gemel::ssp {

/// What is left out: start and stop as the description says, or else 0 to 1 s; 500 steps; a row a
/// step. `master`'s own times and step are set from these.
struct RunOptions {
  std::optional<double> start_s, stop_s, step_s;
  std::optional<double> output_s;    // between rows
  std::vector<std::string> outputs;  // to record; empty: the system's outputs, then all components'
  MasterSettings master;
  std::function<void(double done)> progress;  // 0 … 1, after each row
};

struct RunSummary {
  double ended_at_s = 0.0, step_s = 0.0;
  std::uint64_t rows = 0;
  MasterCounts counts;
  bool by_fmu = false;     // an FMU asked for the end
  bool cancelled = false;  // the stop token did
  std::vector<std::string> notes;
  std::vector<std::pair<std::string, fmu::LogMessage>> log;  // with the component
};

/// Runs an experiment. What is recorded is named as the system's connectors, or
/// "component.variable". Errors: those of the master; NotFound for a name.
Result<RunSummary> run(const CoupledSystem& system, const RunOptions& options, fmu::RowSink& sink,
                       std::stop_token stop = {});

}  // namespace gemel::ssp
