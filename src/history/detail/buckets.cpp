#include "history/detail/buckets.hpp"

#include <algorithm>
#include <array>
#include <limits>

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

Stretch Stretch::within(TimeRange range) const {
  const auto first = std::lower_bound(times.begin(), times.end(), range.from.ns);
  const auto last = std::lower_bound(first, times.end(), range.until.ns);
  const auto begin = static_cast<std::size_t>(first - times.begin());
  const auto count = static_cast<std::size_t>(last - first);
  return {times.subspan(begin, count), values.subspan(begin, count),
          qualities.empty() ? qualities : qualities.subspan(begin, count)};
}

Summary Stretch::summary() const {
  Summary summary;
  if (values.empty()) return summary;
  if (!qualities.empty()) {
    for (std::size_t i = 0; i < values.size(); ++i) summary.add(values[i], qualities[i]);
    return summary;
  }
  // Side by side, so that no number waits for the one before it.
  constexpr std::size_t kLanes = 8;
  std::array<double, kLanes> min, max, sum{};
  min.fill(values.front());
  max.fill(values.front());
  const auto in_lanes = values.size() / kLanes * kLanes;
  for (std::size_t i = 0; i < in_lanes; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto value = values[i + lane];
      min[lane] = value < min[lane] ? value : min[lane];
      max[lane] = max[lane] < value ? value : max[lane];
      sum[lane] += value;
    }
  }
  summary = {values.front(),
             values.front(),
             0.0,
             values.front(),
             values.back(),
             static_cast<std::uint32_t>(values.size()),
             0};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    summary.min = std::min(summary.min, min[lane]);
    summary.max = std::max(summary.max, max[lane]);
    summary.sum += sum[lane];
  }
  for (const auto value : values.subspan(in_lanes)) {
    summary.min = std::min(summary.min, value);
    summary.max = std::max(summary.max, value);
    summary.sum += value;
  }
  return summary;
}

Buckets::Buckets(TimeRange range, std::size_t count)
    : range_(range), width_(static_cast<Wide>(range.until.ns) - range.from.ns), sums_(count) {
  GEMEL_CHECK(count >= 1 && width_ > 0);
}

std::size_t Buckets::index_of(Timestamp t) const {
  const Wide offset = static_cast<Wide>(t.ns) - range_.from.ns;
  GEMEL_CHECK(offset >= 0 && offset < width_);
  const auto scaled = offset * static_cast<Wide>(sums_.size());
  // Dividing 128 bits takes ten times as long, and few ranges are that wide.
  if (scaled <= std::numeric_limits<std::int64_t>::max() &&
      width_ <= std::numeric_limits<std::int64_t>::max()) {
    return static_cast<std::size_t>(static_cast<std::int64_t>(scaled) /
                                    static_cast<std::int64_t>(width_));
  }
  return static_cast<std::size_t>(scaled / width_);
}

Timestamp Buckets::start_of(std::size_t index) const {
  const auto count = static_cast<Wide>(sums_.size());
  // Rounded up, so that index_of(start_of(i)) is i.
  const Wide offset = (static_cast<Wide>(index) * width_ + count - 1) / count;
  return {static_cast<std::int64_t>(range_.from.ns + offset)};
}

void Buckets::add(const Stretch& stretch) {
  auto rest = stretch.within(range_);
  while (!rest.times.empty()) {
    const auto index = index_of({rest.times.front()});
    const auto end = start_of(index + 1);
    sums_[index].add(rest.within({range_.from, end}).summary());
    rest = rest.within({end, range_.until});
  }
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
