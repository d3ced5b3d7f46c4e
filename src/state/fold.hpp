#pragma once
// The present as a fold of frames.

#include <span>

#include "base/time.hpp"
#include "core/event.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::state {

/// Takes an event into the snapshot's alarms, recommendations and commands. An alarm has ended once
/// it is both cleared and acknowledged; a recommendation once decided; a command once refused or
/// ended. Of each the Snapshot::kKeepEnded that ended last stay. An event about something unknown
/// changes nothing. Cost: copies the one list it changes; fold_events copies it once for all
/// events.
void fold_event(Snapshot& snapshot, const Event& event);
void fold_events(Snapshot& snapshot, std::span<const Event> events);

/// The present while it is being made. Threads: one; what freeze() returned may go to any.
class State {
 public:
  explicit State(const Plant& plant);
  explicit State(Snapshot restored);

  /// Takes a frame in. A frame may come in several parts of the same known_at (its samples, what
  /// was derived from them, its events); the result is the same as that of the whole.
  void apply(const Frame& frame);

  /// The view for stages of the running tick; not yet published.
  const Snapshot& working() const { return working_; }

  /// A copy that later frames do not change. Cost: a pointer for each block of beliefs.
  Snapshot freeze() const { return working_; }

 private:
  Snapshot working_;
};

}  // namespace gemel::state
