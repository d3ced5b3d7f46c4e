#pragma once
// The limits that no command may leave. Pure: no clock, no plant, no memory.

#include <optional>
#include <string>

#include "base/time.hpp"
#include "core/event.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::actuation {

/// What the envelope must know beside the command and the snapshot.
struct Circumstances {
  Timestamp now;
  bool replaying = false;  // the past is shown: nothing may leave
  bool actuator = true;    // somebody is there to send it
  bool pending = false;    // another command for this control has not ended
  std::optional<Timestamp> last_admitted =
      std::nullopt;  // when the last command for this control was admitted
};

/// The shortest time a rate limit counts, so that a second command right after the first may still
/// move a little.
inline constexpr Duration kRateWindow = Duration::seconds(1);

/// Admits the command, reduces it to what the control's rate limit allows, or refuses it with a
/// reason for a person.
///
/// Refused: not finite; in another unit than the control's; expired, issued in the future or living
/// longer than the control allows; nobody's name on it; autonomy `observe`; out of range (never
/// clipped: somebody meant that number); feedback or an interlock signal missing, bad, or older
/// than `stale_after`; an interlock that does not hold; another command pending on the control;
/// replay. Reduced: moves the control further from its feedback than rate_limit × (time since the
/// last command).
CommandJudged judge(const Command& command, const Control& control, const Plant& plant,
                    const Snapshot& snapshot, const Circumstances& circumstances);

/// The part of judge() that may change between admission and sending: why the command may not go
/// now, or nothing.
std::optional<std::string> obstacle(const Command& command, const Control& control,
                                    const Plant& plant, const Snapshot& snapshot, Timestamp now);

}  // namespace gemel::actuation
