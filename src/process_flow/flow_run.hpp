#pragma once
// One run of a flow: from empty, or from what stands where now, to a horizon.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "process_flow/flow_state.hpp"
#include "process_flow/plan.hpp"

namespace gemel::process_flow {

/// Lifetime: `start` and `sampled` must outlive the run.
struct RunSettings {
  double warm_up = 0.0;   // s that count for nothing
  double horizon = 3600;  // s that are counted, after the warm-up
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
  std::uint64_t events_max = 2'000'000'000;
  const FlowState* start = nullptr;              // null: empty, all as new
  const std::vector<double>* sampled = nullptr;  // s from the beginning, ascending, for series
};

/// What one run came to.
struct RunResult {
  /// In the order of Plan::indicators; empty: nothing happened that tells, such as no item that
  /// left.
  std::vector<std::optional<double>> indicators;
  /// In the order of Plan::series. Shapes: each as long as `sampled`.
  std::vector<std::vector<double>> series;
  std::uint64_t items = 0;  // that left by a sink, counted
  std::uint64_t events = 0;
  bool locked = false;          // everything waits for room, and for ever
  std::string standstill = {};  // then: who waits for what, in words
};

/// The same plan, settings and replication give the same numbers. Each element draws from streams
/// of its own, so that two variants of a flow meet the same chance where they are alike. What a
/// start leaves open is taken as: empty, idle, as new, work and repairs half done at random;
/// `complete` (flow_start.hpp) does better. Items that stood there at the start count everywhere
/// but in times in the system: nobody knows when they came. Errors: Capacity (more than
/// events_max). Threads: any, calls share nothing but the plan.
Result<RunResult> run_flow(const Plan& plan, const RunSettings& settings);

}  // namespace gemel::process_flow
