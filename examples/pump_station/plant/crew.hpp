// The people who clean the strainers, and their calendar.
#pragma once

#include "surroundings.hpp"

namespace riverside {

/// Comes on the days since 1970-01-01 that 30 divides, at 06:00 UTC, and cleans both strainers. A
/// visit that is postponed moves the calendar with it: the next is 30 days after the one that
/// took place.
class Crew {
 public:
  static constexpr EpochMs kDayMs = 86'400'000;
  static constexpr EpochMs kEveryMs = 30 * kDayMs;
  static constexpr EpochMs kAtMs = 6 * 3'600'000;  ///< of the day

  /// Its next visit is the calendar's first after `now`.
  explicit Crew(EpochMs now) : next_(after(now)) {}

  /// When it next comes.
  EpochMs next() const { return next_; }

  /// Defers the next visit.
  void postpone(EpochMs by) { next_ += by; }

  /// Whether it comes now; if so, its next visit is 30 days away.
  bool arrives(EpochMs now) {
    if (now < next_) return false;
    next_ = now + kEveryMs;
    return true;
  }

  /// The calendar's first visit after `now`.
  static constexpr EpochMs after(EpochMs now) {
    const EpochMs since = now - kAtMs;
    const EpochMs into = ((since % kEveryMs) + kEveryMs) % kEveryMs;
    return now - into + kEveryMs;
  }

  template <class Visitor>
  void visit(Visitor& v) {
    v("next", next_);
  }

 private:
  EpochMs next_;
};

}  // namespace riverside
