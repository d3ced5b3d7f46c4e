#pragma once
// The port of what keeps a simulated state tied to its asset.

#include <vector>

#include "core/sample.hpp"
#include "core/snapshot.hpp"

namespace gemel {

/// Follows the plant, snapshot by snapshot. One owner.
class StateTracker {
 public:
  virtual ~StateTracker() = default;
  /// Takes in what is new in the working snapshot and tells, as samples of the twin's own signals:
  /// what it expected of each measured signal before it looked (role Estimate), and what it now
  /// holds of each quantity that it follows, with the interval about it. Snapshots come in the
  /// order of known_at. Empty: nothing was new.
  virtual std::vector<Sample> step(const Snapshot& now) = 0;
};

}  // namespace gemel
