#pragma once
// New segments from old ones: several put together, or one without what is to be forgotten.

#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "history/detail/segment.hpp"

namespace gemel::history::detail {

/// How segments are put together.
struct Rewriting {
  std::uint64_t weight = 0;  // small groups become one of at most so many samples and frames
  std::span<const Duration> roll_ups = {};  // the widths that are made where they are worth it
};

/// One segment of neighbouring ones, with roll-ups over all of it. Groups are taken over byte for
/// byte, except that small neighbours become one of at most `weight` samples and frames. Everything
/// is read and decoded once, so that damage stays where it is. Lifetime: the segments must outlive
/// the draft. Errors: Corruption, Cancelled, those of the disk.
Result<SegmentDraft> put_together(std::span<const std::shared_ptr<const Segment>> segments,
                                  const Rewriting& how, std::stop_token stop);

/// Whether the samples of a series in a group are to go.
using ToForget = std::function<bool(const GroupInfo&, std::uint32_t series)>;

/// The segment without them, with roll-ups of them. Key frames stay, so that what is believed of
/// signals that seldom change is not forgotten with them. Empty draft (no groups): there is nothing
/// to forget. Errors and lifetime as above.
Result<SegmentDraft> without(const std::shared_ptr<const Segment>& segment,
                             const ToForget& to_forget, const Rewriting& how, std::stop_token stop);

}  // namespace gemel::history::detail
