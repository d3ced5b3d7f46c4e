#pragma once
// A flow run many times, and what can be said of it with confidence.

#include <functional>
#include <string>
#include <vector>

#include "process_flow/flow_run.hpp"

namespace gemel::process_flow {

struct StudySettings {
  RunSettings run;
  std::uint64_t replications = 20;
  double confidence = 0.95;
  std::function<void(std::uint64_t done)> progress = {};  // called from several threads
  std::function<bool()> cancelled = {};                   // likewise
};

/// The mean over replications, and an interval that holds the true mean with the confidence asked
/// for: Student's, replications being independent.
struct Estimate {
  std::string name;
  std::string unit;
  double mean = 0.0, low = 0.0, high = 0.0;
  std::vector<double> replications = {};
};

struct StudyResult {
  /// Without those that fewer than two replications could tell.
  std::vector<Estimate> indicators;
  std::uint64_t items = 0, events = 0;
  std::uint64_t locked = 0;  // replications in which everything came to wait for room
};

/// Runs replications on all processors; the numbers don't depend on how many there are. Errors:
/// those of a run; InvalidInput (less than two replications); Cancelled.
Result<StudyResult> study_flow(const Plan& plan, const StudySettings& settings);

}  // namespace gemel::process_flow
