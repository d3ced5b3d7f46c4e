#include "exchange/downsample.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace gemel::exchange {
namespace {

/// A point as it is drawn. Units: seconds since the first record, the signal's unit.
struct Point {
  double x = 0.0;
  double y = 0.0;
};

double triangle_area(Point a, Point b, Point c) {
  return std::abs((a.x - c.x) * (b.y - a.y) - (a.x - b.x) * (c.y - a.y)) / 2.0;
}

std::vector<Record> lttb(std::span<const Record> records, std::size_t points) {
  const auto start = records.front().source_time;
  const auto drawn = [&](std::size_t i) {
    return Point{(records[i].source_time - start).in_seconds(), records[i].value};
  };
  if (points == 2) return {records.front(), records.back()};
  // Between the first and the last record lie points - 2 buckets of as many records each.
  const auto buckets = points - 2;
  const auto edge = [&](std::size_t bucket) { return 1 + bucket * (records.size() - 2) / buckets; };
  std::vector<Record> kept{records.front()};
  kept.reserve(points);
  Point before = drawn(0);
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    const auto begin = edge(bucket), end = edge(bucket + 1);
    // The middle of the next bucket; behind the last one stands the last record.
    const auto next_end = bucket + 1 < buckets ? edge(bucket + 2) : records.size();
    Point after;
    for (auto i = end; i < next_end; ++i) {
      after.x += drawn(i).x;
      after.y += drawn(i).y;
    }
    after.x /= static_cast<double>(next_end - end);
    after.y /= static_cast<double>(next_end - end);
    std::size_t best = begin;
    double best_area = -1.0;
    for (auto i = begin; i < end; ++i) {
      const double area = triangle_area(before, drawn(i), after);
      if (area <= best_area) continue;
      best_area = area;
      best = i;
    }
    kept.push_back(records[best]);
    before = drawn(best);
  }
  kept.push_back(records.back());
  return kept;
}

/// Cuts the time from the first to the last record into equal spans and hands over those that hold
/// anything.
template <class Take>
void each_span(std::span<const Record> records, std::size_t spans, Take&& take) {
  const auto from = records.front().source_time;
  // In double: a span's edge may be off by a nanosecond's rounding, and no record is lost by it.
  const double width =
      static_cast<double>((records.back().source_time - from).ns + 1) / static_cast<double>(spans);
  const auto span_of = [&](const Record& record) {
    return std::min(spans - 1, static_cast<std::size_t>(
                                   static_cast<double>((record.source_time - from).ns) / width));
  };
  for (std::size_t begin = 0; begin < records.size();) {
    const auto span = span_of(records[begin]);
    auto end = begin + 1;
    while (end < records.size() && span_of(records[end]) == span) ++end;
    take(Timestamp{from.ns + std::llround(width * static_cast<double>(span))},
         records.subspan(begin, end - begin));
    begin = end;
  }
}

std::vector<Record> min_max(std::span<const Record> records, std::size_t points) {
  std::vector<Record> kept;
  each_span(records, points / 2, [&](Timestamp, std::span<const Record> in_span) {
    auto [low, high] =
        std::minmax_element(in_span.begin(), in_span.end(),
                            [](const Record& a, const Record& b) { return a.value < b.value; });
    if (high < low) std::swap(low, high);
    kept.push_back(*low);
    if (low != high) kept.push_back(*high);
  });
  return kept;
}

std::vector<Record> means(std::span<const Record> records, std::size_t points) {
  std::vector<Record> kept;
  each_span(records, points, [&](Timestamp start, std::span<const Record> in_span) {
    Record mean{start, in_span.front().known_at, 0.0, {}};
    for (const auto& record : in_span) {
      mean.value += record.value / static_cast<double>(in_span.size());
      mean.known_at = std::max(mean.known_at, record.known_at);
      mean.quality.grade = std::max(mean.quality.grade, record.quality.grade);
      mean.quality.causes |= record.quality.causes;
    }
    kept.push_back(mean);
  });
  return kept;
}

}  // namespace

std::vector<Record> downsample(std::span<const Record> records, std::size_t points,
                               Downsampling how) {
  GEMEL_CHECK(points >= 2);
  std::vector<Record> values;
  values.reserve(records.size());
  for (const auto& record : records) {
    if (record.quality.grade != Grade::Missing) values.push_back(record);
  }
  if (values.size() <= points) return values;
  switch (how) {
    case Downsampling::Lttb:
      return lttb(values, points);
    case Downsampling::MinMax:
      return min_max(values, points);
    case Downsampling::Mean:
      return means(values, points);
  }
  return values;
}

}  // namespace gemel::exchange
