#include "inference/episode.hpp"

#include <algorithm>

namespace gemel::inference {

void ChatterGuard::raised(Timestamp at) {
  std::ranges::rotate(raises_, raises_.begin() + 1);
  raises_.back() = at;
}

std::int64_t ChatterGuard::off_factor(Timestamp now) const {
  const Timestamp third_last = raises_.front();
  return third_last != Timestamp::min() && now - third_last <= kWithin ? 4 : 1;
}

Episode::Episode(EpisodeRule rule, double clear_below)
    : rule_(rule), clear_below_(clear_below), last_(rule.of) {}

void Episode::remember(Timestamp time, bool abnormal) {
  Seen& oldest = last_[next_];
  if (oldest.abnormal) --abnormal_;
  if (abnormal) ++abnormal_;
  oldest = {time, abnormal};
  next_ = (next_ + 1) % last_.size();
}

Timestamp Episode::first_abnormal() const {
  Timestamp first = Timestamp::max();
  for (const auto& seen : last_) {
    if (seen.abnormal) first = std::min(first, seen.time);
  }
  return first;
}

Turn Episode::observe(Timestamp time, double score) {
  remember(time, score >= 1.0);
  if (!open_) {
    if (abnormal_ < rule_.on) return Turn::None;
    open_ = true;
    calm_ = 0;
    onset_ = first_abnormal();
    chatter_.raised(time);
    return Turn::Raise;
  }
  calm_ = score < clear_below_ ? calm_ + 1 : 0;
  if (calm_ < rule_.off * static_cast<std::size_t>(chatter_.off_factor(time))) return Turn::None;
  open_ = false;
  calm_ = 0;
  // What raised the last alarm must not help to raise the next.
  std::ranges::fill(last_, Seen{});
  abnormal_ = 0;
  return Turn::Clear;
}

}  // namespace gemel::inference
