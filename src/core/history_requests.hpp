#pragma once
// What every history refuses, in the same words.

#include <string>

#include "base/result.hpp"
#include "core/history.hpp"

namespace gemel {

inline Result<void> check_signal(SignalId signal, std::size_t signals) {
  if (signal.index < signals) return {};
  return {ErrorCode::InvalidInput, "history has no signal number " + std::to_string(signal.index) +
                                       "; the plant has " + std::to_string(signals)};
}

inline Result<void> check_buckets(TimeRange range, std::size_t count) {
  if (count == 0)
    return {ErrorCode::InvalidInput, "a trend of 0 buckets was asked for; ask for 1 or more"};
  if (range.from < range.until) return {};
  return {ErrorCode::InvalidInput, "a trend from " + to_string(range.from) + " until " +
                                       to_string(range.until) +
                                       " is empty; `until` must be later than `from`"};
}

inline Result<void> check_later(Timestamp known_at, Timestamp newest) {
  if (known_at > newest) return {};
  return {ErrorCode::InvalidInput, "a frame known at " + to_string(known_at) +
                                       " can't follow one known at " + to_string(newest) +
                                       "; frames come in the order in which they are known"};
}

inline Result<void> check_events(const Frame& frame) {
  for (const auto& event : frame.events) {
    if (event.known_at == frame.known_at) continue;
    return {ErrorCode::InvalidInput, "an event known at " + to_string(event.known_at) +
                                         " does not belong into a frame known at " +
                                         to_string(frame.known_at)};
  }
  return {};
}

inline Error too_many(std::size_t limit) {
  return {ErrorCode::Capacity, "more than " + std::to_string(limit) +
                                   " records in the range; ask for a shorter one or for buckets"};
}

inline Error no_frame(Timestamp t) {
  return {ErrorCode::NotFound, "the history holds nothing known at or before " + to_string(t)};
}

inline Error is_empty() { return {ErrorCode::NotFound, "the history is empty"}; }

/// Just past `t`, or as far as time goes.
inline Timestamp just_past(Timestamp t) { return t == Timestamp::max() ? t : t + Duration{1}; }

}  // namespace gemel
