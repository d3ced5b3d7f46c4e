#pragma once
// A sealed segment: all samples of a run of frames, by series. Written once, then only read.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history/detail/chunk.hpp"
#include "history/detail/tail.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

/// Where a part of the file is.
struct Section {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// What is known of a segment without reading more of it. Stands at its beginning and once more at
/// its end.
struct SegmentInfo {
  std::uint32_t number = 0;
  std::uint64_t frames = 0;
  std::uint64_t samples = 0;
  std::uint64_t events = 0;  // in the events file of the same number
  Timestamp first_known;
  Timestamp last_known;
  Timestamp min_source = Timestamp::max();
  Timestamp max_source = Timestamp::min();
  Timestamp newest_belief = Timestamp::min();  // the latest time that the key frame speaks of
  Section times;                               // known_at of the frames
  Section series;                              // the chunks
  Section keyframe;                            // what was believed after the segment's last frame
  Section directory;                           // where each series and each block of times is
  std::uint64_t file_bytes = 0;                // not written: the file's size
};

/// What is believed of every series.
using Beliefs = std::vector<Belief>;

/// The bytes of a segment. `after` is what is believed once its frames are taken in.
std::string encode_segment(std::uint32_t number, const Tail& tail, const Beliefs& after);

/// Reads the first or, when that is damaged, the last copy. Errors: Corruption (neither is whole),
/// Unsupported, NotFound, Unavailable.
Result<SegmentInfo> read_segment_info(FileSystem& files, const std::filesystem::path& path);

/// Threads: any.
class Segment {
 public:
  static Result<std::shared_ptr<const Segment>> open(FileSystem& files,
                                                     const std::filesystem::path& path,
                                                     const SegmentInfo& info);

  const SegmentInfo& info() const { return info_; }

  /// How many frames were known by then.
  Result<std::uint32_t> frames_known_by(Timestamp known_at) const;
  /// The times of `count` frames from the block-aligned number `first` = block · kTimesPerBlock on.
  Result<std::vector<std::int64_t>> times_of_block(std::size_t block) const;
  /// known_at of the newest frame at or before t; t ≥ info().first_known.
  Result<Timestamp> frame_at_or_before(Timestamp t) const;

  std::size_t series_count() const { return series_.size(); }
  bool has(SeriesId id) const {
    return id.index < series_.size() && series_[id.index].heads_size > 0;
  }
  /// Empty when the series has no sample here. Errors: Corruption.
  Result<std::vector<ChunkInfo>> chunks(SeriesId id) const;
  /// The bytes of one chunk, or of all series at once for those who need them all.
  Result<std::string> chunk_bytes(SeriesId id, const ChunkInfo& chunk) const;
  Result<std::string> all_series() const {
    return file_->read(info_.series.offset, info_.series.size);
  }
  /// The part of all_series() that belongs to one.
  std::string_view part_of(std::string_view all, SeriesId id) const;
  std::size_t heads_size(SeriesId id) const { return series_[id.index].heads_size; }

  Result<Beliefs> keyframe() const;

  /// "seg-000007: damaged at byte 1234: …"
  Error damaged(std::uint64_t offset, std::string_view what) const;
  std::uint64_t offset_of(SeriesId id) const {
    return info_.series.offset + series_[id.index].offset;
  }

  static constexpr std::size_t kTimesPerBlock = 1024;

 private:
  struct SeriesPlace {
    std::uint64_t offset = 0;  // within the section
    std::uint32_t size = 0;
    std::uint32_t heads_size = 0;  // 0: nothing here
  };

  Segment(std::unique_ptr<ReadableFile> file, std::string name, const SegmentInfo& info)
      : file_(std::move(file)), name_(std::move(name)), info_(info) {}
  Result<void> read_directory();

  std::unique_ptr<ReadableFile> file_;
  std::string name_;
  SegmentInfo info_;
  std::vector<SeriesPlace> series_;
  std::vector<std::int64_t> block_first_;   // known_at of each block's first frame
  std::vector<std::int64_t> block_offset_;  // within the section; one more than there are blocks
};

/// Looks up the times of frames that come in growing or nearly growing order. Threads: one.
class FrameTimes {
 public:
  explicit FrameTimes(const Segment& segment) : segment_(segment) {}
  Result<Timestamp> known_at(std::uint32_t frame);

 private:
  const Segment& segment_;
  std::size_t block_ = SIZE_MAX;
  std::vector<std::int64_t> times_;
};

}  // namespace gemel::history::detail
