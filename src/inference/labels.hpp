#pragma once
// Which alarms a person should label next: active learning, so that few answers teach much.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::inference {

/// An alarm whose label would teach most.
struct LabelSuggestion {
  std::uint64_t alarm = 0;
  double worth = 0.0;                // 0 … 1
  std::vector<std::string> reasons;  // for people
};

/// The unlabelled alarms most worth a label, best first, at most `most`. What one is worth is
///
///     uncertainty * novelty * sqrt(share)
///
/// where uncertainty is how near the score is to the threshold, 1 at it (only learnt detectors are
/// uncertain: what a rule or a check found counts a quarter); novelty how unlike its drivers and
/// their directions are to those of alarms that are labelled or stand above it in this list (1 less
/// the Bhattacharyya coefficient of their contributions); and share how many of the alarms its
/// source raised, of what the busiest one did. Alarms that would teach next to nothing are left
/// out. The order is the same for the same alarms, whatever their order. Source: uncertainty
/// sampling (Lewis, Gale, SIGIR 1994) weighted by density (Settles, Craven, EMNLP 2008), with a
/// diverse batch (Carbonell, Goldstein, SIGIR 1998). Cost: alarms times `most`. Threads: any.
std::vector<LabelSuggestion> suggest_labels(const Plant& plant, std::span<const Alarm> alarms,
                                            std::size_t most = 10);

}  // namespace gemel::inference
