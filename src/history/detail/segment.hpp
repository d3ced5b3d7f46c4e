#pragma once
// A sealed segment: a file of groups, the events of the same frames and roll-ups over all of it.
// Written once, then only read; merging and forgetting put another in its place.

#include <memory>
#include <string>
#include <vector>

#include "history/detail/events_part.hpp"
#include "history/detail/group.hpp"
#include "history/detail/names.hpp"
#include "history/detail/roll_up.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

/// What is known of a segment without reading more of it. Stands at its beginning and once more at
/// its end.
struct SegmentInfo {
  LogRange logs;                // whose frames it holds
  Span span;                    // of all that was sealed, forgotten or not
  std::uint64_t frames = 0;     // kept
  std::uint64_t samples = 0;    // kept
  std::uint64_t forgotten = 0;  // samples that retention took out
  std::uint64_t events = 0;
  Timestamp kept_from = Timestamp::max();   // the smallest source time kept; none: max() …
  Timestamp kept_until = Timestamp::min();  // … and the largest; none: min()
  Section events_part;
  Section roll_ups;
  Section directory;  // of groups and roll-ups; there is a second copy before the end
  std::uint32_t groups = 0;
  std::uint64_t file_bytes = 0;  // not written: the file's size
};

/// What a new segment is made of.
struct SegmentDraft {
  LogRange logs;
  Span span;
  std::uint64_t forgotten = 0;
  std::string events_part;
  std::uint64_t events = 0;
  EncodedRollUps roll_ups;
  std::vector<GroupInfo> groups;  // offsets are given here
  /// The bytes of the n-th group, asked for once each and in order.
  std::function<Result<std::string>(std::size_t)> bytes_of;
};

/// Writes it under its name, whole or not at all. Memory: a group. Errors: those of the disk, and
/// of `bytes_of`.
Result<SegmentInfo> write_segment(FileSystem& files, const std::filesystem::path& directory,
                                  SegmentDraft draft);

/// Reads the first or, when that is damaged, the last copy. Errors: Corruption (neither is whole),
/// Unsupported, NotFound, Unavailable.
Result<SegmentInfo> read_segment_info(FileSystem& files, const std::filesystem::path& path);

/// The size of each of the two copies, so that verification can compare them.
std::size_t description_size();

/// Threads: any.
class Segment {
 public:
  static Result<std::shared_ptr<const Segment>> open(FileSystem& files,
                                                     const std::filesystem::path& path,
                                                     const SegmentInfo& info);

  const SegmentInfo& info() const { return info_; }
  /// One whole copy of the directory is enough to read by; verification wants both.
  bool both_directories() const { return both_directories_; }
  std::size_t group_count() const { return groups_.size(); }
  Group group(std::size_t i) const { return {*file_, groups_[i]}; }
  const GroupInfo& group_info(std::size_t i) const { return groups_[i]; }
  const std::vector<RollUpPlaces>& roll_ups() const { return roll_ups_; }
  EventsPart events() const { return {*file_, info_.events_part}; }
  Result<std::vector<ChunkInfo>> roll_up(const RollUpPlaces& places, std::uint32_t series) const {
    return read_roll_up(*file_, places, series);
  }
  Result<std::string> group_bytes(std::size_t i) const {
    return file_->read(groups_[i].offset, groups_[i].end() - groups_[i].offset);
  }

  /// known_at of the newest frame kept that is not later than t. NotFound when all are.
  Result<Timestamp> frame_at_or_before(Timestamp t) const;

  /// The same error, with the file's name and the times that it holds.
  Error within(const Error& error) const;

 private:
  Segment(std::unique_ptr<ReadableFile> file, std::string name, const SegmentInfo& info)
      : file_(std::move(file)), name_(std::move(name)), info_(info) {}
  Result<void> read_directories();
  bool read_directory(std::uint64_t offset);

  std::unique_ptr<ReadableFile> file_;
  std::string name_;
  SegmentInfo info_;
  bool both_directories_ = false;
  std::vector<GroupInfo> groups_;
  std::vector<RollUpPlaces> roll_ups_;
};

}  // namespace gemel::history::detail
