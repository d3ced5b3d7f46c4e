#pragma once
// Looks for a better way to run the plant, and keeps quiet when there is none.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "core/snapshot.hpp"

namespace gemel::decision {

/// One decision of the twin file. A setting is *feasible* when every constraint holds in at least
/// 90 % of the simulated futures, from a minute after the change to the horizon. It recommends when
/// doing nothing is not feasible and something else is clearly more so, or when something feasible
/// betters the objective by 3 % and does so in 95 % of the futures, each simulated with the change
/// and without. Once a recommendation of this decision is open, the bar for keeping it is lower
/// than the one for making it. Threads: any.
class Advisor {
 public:
  static constexpr std::size_t kScenariosMax = 60;  // what-ifs asked by one propose()
  static constexpr std::size_t kRanksMax = 3;

  /// Errors: InvalidInput (no controls, an unknown control or signal).
  static Result<Advisor> create(std::shared_ptr<const Plant> plant, DecisionSpec spec);

  /// The best ways on, best first; empty: carry on as now. Numbers (`recommendation`) are left 0
  /// for the engine to give. Pure: the same inputs give the same answer. Errors: those of
  /// Simulator::what_if; InvalidInput (the simulator knows no such objective or signal). Cost:   at
  /// most kScenariosMax what-ifs.
  Result<std::vector<RecommendationMade>> propose(const Snapshot& snapshot,
                                                  const Simulator& simulator, Timestamp now,
                                                  std::uint64_t seed) const;

  /// Whether it is time to look: `every` has passed since `last_look`, and no approved
  /// recommendation of this decision is still at work.
  bool needed(const Snapshot& snapshot, std::optional<Timestamp> last_look, Timestamp now) const;

  const DecisionSpec& spec() const { return spec_; }

 private:
  Advisor(std::shared_ptr<const Plant> plant, DecisionSpec spec);

  std::shared_ptr<const Plant> plant_;
  DecisionSpec spec_;
};

}  // namespace gemel::decision
