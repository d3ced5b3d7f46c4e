#pragma once
// What is believed of all series as of a moment, from key frames and the chunks after them.

#include "history/detail/sealed.hpp"

namespace gemel::history::detail {

/// Takes in what is believed elsewhere of the same signal.
void absorb(Belief& belief, const Belief& other);

/// What is believed as of `at`, as known then, by the sealed segments. Shapes: at least `count`
/// long. Cost: one key frame, and of the groups whose times reach past it but not past `at` the
/// heads and at most a few chunks a series.
Result<Beliefs> sealed_beliefs(OpenSegments& open, const SealedSegments& sealed, std::size_t count,
                               Timestamp at, Timestamp known_at);

}  // namespace gemel::history::detail
