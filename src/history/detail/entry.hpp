#pragma once
// Records as the files and the log's tail hold them: by series instead of signal, and with the
// number of the frame they came in instead of its time.

#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "core/event.hpp"
#include "core/sample.hpp"
#include "core/snapshot.hpp"

namespace gemel::history::detail {

/// A signal's number on the disk. It stays with the signal's path, whatever the twin file becomes.
using SeriesId = Id<struct SeriesTag>;

struct SeriesSample {
  SeriesId series;
  Timestamp source_time;
  double value = 0.0;
  Quality quality;
  friend bool operator==(const SeriesSample&, const SeriesSample&) = default;
};

struct SeriesFrame {
  Timestamp known_at;
  std::vector<SeriesSample> samples;
  std::vector<Event> events;
  friend bool operator==(const SeriesFrame&, const SeriesFrame&) = default;
};

/// `frame` counts from the first frame of the segment or tail. Entries of a series are kept in the
/// order of source time, then frame, then arrival.
struct Entry {
  Timestamp source_time;
  double value = 0.0;
  std::uint32_t frame = 0;
  Quality quality;

  bool missing() const { return quality.grade == Grade::Missing; }
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// The entries that decide what is believed: of values and of gap marks the newest, as
/// Belief::absorb has it.
struct Newest {
  std::optional<Entry> value;
  std::optional<Entry> gap;
};

/// Looks from the end of `entries` for what `newest` still lacks, among those with source_time ≤ at
/// that came in the first `frames` frames. `gaps`: whether there is any gap mark to look for.
void find_newest(std::span<const Entry> entries, Timestamp at, std::uint32_t frames, bool gaps,
                 Newest& newest);

/// Those with source times in the range.
std::span<const Entry> within(std::span<const Entry> entries, TimeRange range);

/// Leaves one record a source time: the one known last, the first to come among equals.
/// Order: `records` by source time, then known_at, then arrival, as stable sorting by source time
/// leaves them.
void keep_last_known(std::vector<Record>& records);

}  // namespace gemel::history::detail
