#pragma once
// One run of a flow: from empty, or from what stands where now, to a horizon.

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "process_flow/plan.hpp"

namespace gemel::process_flow {

struct RunSettings {
  double warm_up = 0.0;   // s that count for nothing
  double horizon = 3600;  // s that are counted, after the warm-up
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
  std::uint64_t events_max = 2'000'000'000;
};

/// What one run came to.
struct RunResult {
  std::vector<double> indicators;  // in the order of Plan::indicators
  std::uint64_t items = 0;         // that left by a sink, counted
  std::uint64_t events = 0;
  bool locked = false;  // everything waits for room, and for ever
};

/// The same plan, settings and replication give the same numbers. Each element draws from streams
/// of its own, so that two variants of a flow meet the same chance where they are alike. Errors:
/// Capacity (more than events_max). Threads: any, calls share nothing but the plan.
Result<RunResult> run_flow(const Plan& plan, const RunSettings& settings);

}  // namespace gemel::process_flow
