#pragma once
// What a history's directory holds and where its bytes are, for people who look after it; and
// making it as small as it gets.

#include "history/file_history.hpp"

namespace gemel::history {

struct SegmentStatistics {
  std::string file;
  std::uint64_t groups = 0;
  std::uint64_t frames = 0;
  std::uint64_t samples = 0;
  std::uint64_t forgotten = 0;  // samples that retention took
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  TimeRange known;   // of the frames that were sealed, forgotten or not; both ends included
  TimeRange source;  // of the samples kept; from > until when there is none
  bool lost = false;
};

struct Statistics {
  std::uint64_t series = 0;
  std::vector<SegmentStatistics> segments;
  // Not sealed yet.
  std::uint64_t log_bytes = 0;
  std::uint64_t log_frames = 0;
  std::uint64_t log_samples = 0;
  std::uint64_t log_events = 0;
  // Where the segments' bytes are.
  std::uint64_t chunk_bytes = 0;
  std::uint64_t heads_bytes = 0;
  std::uint64_t frame_bytes = 0;
  std::uint64_t keyframe_bytes = 0;
  std::uint64_t roll_up_bytes = 0;
  std::uint64_t event_bytes = 0;

  std::uint64_t samples() const;  // kept, sealed or not
  std::uint64_t segment_bytes() const;
};

/// Errors: NotFound, Unavailable.
Result<Statistics> statistics(const std::filesystem::path& directory, FileSystem* files = nullptr);

/// Seals what the log holds and merges segments into as few as there can be. A running twin does
/// both by itself, in its own time. Errors: Conflict (a twin is running), Cancelled, those of
/// open().
Result<void> compact(const std::filesystem::path& directory, const Progress& progress = {},
                     std::stop_token stop = {}, FileSystem* files = nullptr);

}  // namespace gemel::history
