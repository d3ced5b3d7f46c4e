#pragma once
// What becomes of recommendations after they are made: kept, withdrawn, expired or replaced, and
// measured in the end.

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "core/snapshot.hpp"

namespace gemel::decision {

/// Changes to the list of recommendations: first `decided` (by the twin itself), then `made`.
struct ListChange {
  std::vector<RecommendationDecided> decided;
  std::vector<RecommendationMade> made;  // `recommendation` is 0: the engine numbers them

  bool empty() const { return decided.empty() && made.empty(); }
};

/// The same decision proposes nearly the same change: each control differs by at most a fifth of
/// the change itself or by 2 % of its range, whichever is more.
bool same_advice(const RecommendationMade& a, const RecommendationMade& b, const Plant& plant);

/// Brings the open recommendations of `decision` in line with what its advisor now proposes. An
/// open one that is proposed again stays as it is; one that is not is withdrawn; while an approved
/// one is at work all others are withdrawn. What a person rejected is not proposed again before it
/// would have expired.
ListChange reconcile(const Plant& plant, const DecisionSpec& decision, const Snapshot& snapshot,
                     const std::vector<RecommendationMade>& proposed, Timestamp now);

/// Open recommendations, of any decision, whose time is over.
std::vector<RecommendationDecided> expire(const Snapshot& snapshot, Timestamp now);

/// Whether an approved recommendation still waits for its horizon: nothing else should be tried
/// meanwhile.
bool at_work(const Recommendation& recommendation, Timestamp now);

/// Whether the horizon of an approved recommendation is over and nobody has measured it yet.
bool measurable(const Recommendation& recommendation, Timestamp now);

/// What a recommendation promised beside what came: signals as their mean over the last tenth of
/// the horizon (at most a minute), indicators as the simulator measures them over the whole
/// horizon. What could not be measured is left out. `simulator` may be null. Errors: Unavailable
/// (nothing could be measured), those of the history.
Result<RecommendationMeasured> measure(const Plant& plant, const Recommendation& recommendation,
                                       const HistoryReader& history, const Simulator* simulator);

}  // namespace gemel::decision
