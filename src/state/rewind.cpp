#include "state/rewind.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "state/fold.hpp"

namespace gemel::state {

Result<void> Rewinder::fold_up_to(const HistoryReader& history, Timestamp at, Snapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  Timestamp from = Timestamp::min();
  const auto past =
      std::upper_bound(remembered_.begin(), remembered_.end(), at,
                       [](Timestamp t, const Snapshot& remembered) { return t < remembered.at; });
  if (past != remembered_.begin()) {
    const auto& nearest = *std::prev(past);
    from = nearest.at + Duration{1};
    snapshot.alarms = nearest.alarms;
    snapshot.recommendations = nearest.recommendations;
    snapshot.commands = nearest.commands;
    snapshot.next_id = nearest.next_id;
  }
  const bool newest = past == remembered_.end();
  const TimeRange until_then{from, at == Timestamp::max() ? at : at + Duration{1}};
  GEMEL_ASSIGN(const auto events,
               history.events(until_then, std::numeric_limits<std::size_t>::max()));
  std::size_t folded = 0;
  while (folded < events.size()) {
    // A frame's events belong together.
    auto end = std::min(events.size(), folded + events_apart_);
    while (end < events.size() && events[end].known_at == events[end - 1].known_at) ++end;
    fold_events(snapshot, std::span(events).subspan(folded, end - folded));
    if (newest && end - folded >= events_apart_) {
      Snapshot mark;
      mark.at = events[end - 1].known_at;
      mark.alarms = snapshot.alarms;
      mark.recommendations = snapshot.recommendations;
      mark.commands = snapshot.commands;
      mark.next_id = snapshot.next_id;
      remembered_.push_back(std::move(mark));
    }
    folded = end;
  }
  return {};
}

Result<Snapshot> Rewinder::rewind(const HistoryReader& history, const Plant& plant, Timestamp at,
                                  Timestamp known_at) {
  Snapshot snapshot(plant.signals.size());
  GEMEL_ASSIGN(snapshot.known_at, history.frame_at_or_before(known_at));
  snapshot.at = std::min(at, snapshot.known_at);
  GEMEL_ASSIGN(snapshot.beliefs, history.beliefs(snapshot.at, snapshot.known_at));
  GEMEL_TRY(fold_up_to(history, snapshot.at, snapshot));
  return snapshot;
}

Result<Snapshot> rewind(const HistoryReader& history, const Plant& plant, Timestamp at,
                        Timestamp known_at) {
  return Rewinder().rewind(history, plant, at, known_at);
}

}  // namespace gemel::state
