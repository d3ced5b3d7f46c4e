#pragma once
// From "the condition holds now" to an alarm and back: the delays that keep it from fluttering.

#include <optional>

#include "base/time.hpp"
#include "inference/episode.hpp"

namespace gemel::inference {

/// Raised after `hold` of the condition, cleared after `clear_after` without it, longer for an
/// alarm that chatters.
class TurnDelay {
 public:
  TurnDelay(Duration hold, Duration clear_after) : hold_(hold), clear_after_(clear_after) {}

  bool open() const { return open_; }
  void restore_open() { open_ = true; }
  /// Since when the alarm has been coming.
  Timestamp onset() const { return onset_; }

  /// Whether at `time` the state is one to leave: the condition of a closed alarm holds, that of an
  /// open one does not.
  Turn see(Timestamp time, bool leaving);
  /// The wait begins anew.
  void interrupt() { since_.reset(); }
  /// Time passed, and nothing spoke against it.
  Turn pass(Timestamp time);
  /// When pass() may bring a turn; max(): the wait has not begun.
  Timestamp due() const;

 private:
  Duration wait() const { return open_ ? clear_after_ * chatter_.off_factor(seen_) : hold_; }

  Duration hold_;
  Duration clear_after_;
  bool open_ = false;
  std::optional<Timestamp> since_;  // towards the next turn
  Timestamp seen_ = Timestamp::min();
  Timestamp onset_ = Timestamp::min();
  ChatterGuard chatter_;
};

}  // namespace gemel::inference
