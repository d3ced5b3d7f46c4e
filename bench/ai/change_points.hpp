#pragma once
// How well moments of change were told, by the Numenta benchmark's score as SKAB's authors apply it
// to change points.

#include <span>
#include <vector>

#include "base/time.hpp"

namespace gemel::bench {

/// The sums that a score is made of; those of several series are added up before score().
struct ChangePointScore {
  double sum = 0.0;         // of what was told
  double of_nothing = 0.0;  // had nothing been told
  double of_all = 0.0;      // had every change been told at once

  ChangePointScore& operator+=(const ChangePointScore& other);
  /// 0 as good as silence, 100 as good as can be.
  double score() const;
};

/// A change is found when something is told within `window` after it (the change itself included);
/// the earlier, the nearer to 1, by NAB's sigmoid down to -0.11 at the window's end. The first in a
/// window counts, the others are left out; what is told outside of every window costs 0.11, a
/// change that is missed 1 (NAB's standard profile). Shapes: in the order of time.
/// Source: Lavin, Ahmad, ICMLA 2015; Katser, Kozitsin, SKAB 2020 (the window to the right).
ChangePointScore score_changes(std::span<const Timestamp> changes, std::span<const Timestamp> told,
                               Duration window);

}  // namespace gemel::bench
