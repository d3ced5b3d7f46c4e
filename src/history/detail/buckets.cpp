#include "history/detail/buckets.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace gemel::history::detail {

void Summary::add(double value, Quality quality) {
  if (quality.grade == Grade::Missing) return;
  add(Summary{value, value, value, value, value, 1, quality.usable() ? 0u : 1u});
}

void Summary::add(const Summary& later) {
  if (later.count == 0) return;
  if (count == 0) {
    *this = later;
    return;
  }
  min = std::min(min, later.min);
  max = std::max(max, later.max);
  sum += later.sum;
  last = later.last;
  count += later.count;
  bad += later.bad;
}

Buckets::Buckets(TimeRange range, std::size_t count)
    : range_(range), width_(static_cast<Wide>(range.until.ns) - range.from.ns), sums_(count) {
  GEMEL_CHECK(count >= 1 && width_ > 0);
}

std::size_t Buckets::index_of(Timestamp t) const {
  const Wide offset = static_cast<Wide>(t.ns) - range_.from.ns;
  GEMEL_CHECK(offset >= 0 && offset < width_);
  return static_cast<std::size_t>(offset * static_cast<Wide>(sums_.size()) / width_);
}

Timestamp Buckets::start_of(std::size_t index) const {
  const auto count = static_cast<Wide>(sums_.size());
  // Rounded up, so that index_of(start_of(i)) is i.
  const Wide offset = (static_cast<Wide>(index) * width_ + count - 1) / count;
  return {static_cast<std::int64_t>(range_.from.ns + offset)};
}

std::vector<Bucket> Buckets::finish() const {
  std::vector<Bucket> buckets(sums_.size());
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const auto& sum = sums_[i];
    buckets[i].start = start_of(i);
    if (sum.count == 0) continue;
    buckets[i].min = sum.min;
    buckets[i].max = sum.max;
    // Rounding in the sum may carry the mean past the values it is made of.
    buckets[i].mean = std::clamp(sum.sum / sum.count, sum.min, sum.max);
    buckets[i].first = sum.first;
    buckets[i].last = sum.last;
    buckets[i].count = sum.count;
    buckets[i].bad = sum.bad;
  }
  return buckets;
}

}  // namespace gemel::history::detail
