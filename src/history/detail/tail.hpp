#pragma once
// What the open log holds, in memory: by series, in the order of source time.

#include <vector>

#include "core/history.hpp"
#include "history/detail/entry.hpp"
#include "history/detail/group.hpp"

namespace gemel::history::detail {

/// Threads: none of its own; whoever owns it guards it.
class Tail {
 public:
  /// One series: its entries and how many of them are gap marks.
  struct Series {
    std::vector<Entry> entries;
    std::uint32_t gaps = 0;
  };

  explicit Tail(std::size_t series = 0) : series_(series) {}
  /// Empty, with room for as many entries a series as `before` took in.
  static Tail like(const Tail& before);

  void append(const SeriesFrame& frame);

  bool empty() const { return frames_.empty(); }
  std::size_t series_count() const { return series_.size(); }
  const Series& series(SeriesId id) const { return series_[id.index]; }
  /// The entries of a series that are of one source time. Cost: small for times among the last.
  std::span<const Entry> entries_at(SeriesId id, Timestamp t) const;
  const std::vector<Timestamp>& frames() const { return frames_; }
  const std::vector<Event>& events() const { return events_; }
  std::uint64_t samples() const { return samples_; }
  /// First and last source time; from > until while there is no sample.
  TimeRange span() const { return span_; }
  bool touches(TimeRange range) const {
    return span_.until >= range.from && span_.from < range.until;
  }

  /// How many frames were known by then.
  std::uint32_t frames_known_by(Timestamp known_at) const;
  /// All entries of a series with their times, in the range and known by then.
  std::vector<Record> records(SeriesId id, TimeRange range, Timestamp known_at) const;
  /// Takes what is newest into the belief.
  void absorb_into(Belief& belief, SeriesId id, Timestamp at, std::uint32_t frames) const;

  /// Lifetime: of this.
  GroupContents contents() const;

 private:
  std::vector<Series> series_;
  std::vector<Timestamp> frames_;
  std::vector<Event> events_;
  std::uint64_t samples_ = 0;
  TimeRange span_{Timestamp::max(), Timestamp::min()};
};

}  // namespace gemel::history::detail
