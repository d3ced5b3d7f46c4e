#pragma once
// Buckets of equal width over a range of time, and what falls into them.

#include <span>
#include <vector>

#include "core/history.hpp"

namespace gemel::history::detail {

/// What a stretch of records comes to, so that a trend need not look at each. Counts leave out
/// Missing.
struct Summary {
  double min = 0.0;
  double max = 0.0;
  double sum = 0.0;
  double first = 0.0;
  double last = 0.0;
  std::uint32_t count = 0;
  std::uint32_t bad = 0;

  void add(double value, Quality quality);
  /// Takes in a stretch that comes after this one.
  void add(const Summary& later);
  friend bool operator==(const Summary&, const Summary&) = default;
};

/// Records of one series, one a source time, in order, column by column.
struct Stretch {
  std::span<const std::int64_t> times;
  std::span<const double> values;
  std::span<const Quality> qualities;  // empty: all are usable

  /// Those with source times in the range.
  Stretch within(TimeRange range) const;
  /// What they come to. The order in which values are summed up is another than theirs.
  Summary summary() const;
};

class Buckets {
 public:
  /// count ≥ 1 and range.from < range.until.
  Buckets(TimeRange range, std::size_t count);

  /// Of a time inside the range.
  std::size_t index_of(Timestamp t) const;
  /// Order: of source time.
  void add(const Record& record) {
    sums_[index_of(record.source_time)].add(record.value, record.quality);
  }
  void add(std::size_t index, const Summary& summary) { sums_[index].add(summary); }
  /// Only those in the range. Order: of source time.
  void add(const Stretch& stretch);
  std::vector<Bucket> finish() const;

 private:
  __extension__ using Wide = __int128;
  Timestamp start_of(std::size_t index) const;

  TimeRange range_;
  Wide width_;  // of the whole range; 64 bits don't hold "all of time"
  std::vector<Summary> sums_;
};

}  // namespace gemel::history::detail
