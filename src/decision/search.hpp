#pragma once
// Tries settings of a few controls in a simulator, a bounded number of them, and judges each.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "core/snapshot.hpp"

namespace gemel::decision {

/// One setting and what comes of it.
struct Trial {
  std::vector<Change> changes;  // in the order of the decision's controls; empty: carry on as now
  Outcome outcome;
  double confidence = 1.0;   // share of futures in which every constraint holds
  std::vector<double> held;  // the same for each constraint. Shape: subject_to
  Indicator objective;
  bool listed = false;  // an open recommendation proposes it

  const SimulatedSignal* signal(SignalId id) const;
};

struct Search {
  const Plant& plant;
  const DecisionSpec& spec;
  const Simulator& simulator;
  const Snapshot& snapshot;
  std::uint64_t seed;
};

inline constexpr double kFeasible = 0.9;  // a setting's least confidence
inline constexpr std::uint32_t kDraws = 64;

/// From here on constraints count: what is broken now cannot be mended in no time.
Duration judged_from(const DecisionSpec& spec);

/// Carry on as now first, then what is on the list already, then, in all at most `trials_max`: each
/// control alone over what it can reach, then the others on top of the best, then finer steps
/// around the best. All meet the same chance. Errors: those of Simulator::what_if and
/// present_setting; InvalidInput (no such objective or simulated signal).
Result<std::vector<Trial>> try_settings(const Search& search, std::size_t trials_max);

/// The better of two: first feasible, then by the objective; if neither is feasible, by confidence.
bool better(const Trial& a, const Trial& b, bool maximise);

}  // namespace gemel::decision
