#include "history/statistics.hpp"

#include "history/detail/catalog.hpp"
#include "history/detail/file_history.hpp"

namespace gemel::history {
namespace {

using namespace detail;  // NOLINT(google-build-using-namespace): this file looks into everything
                         // detail writes

void count_parts(const Segment& segment, Statistics& all) {
  for (std::size_t i = 0; i < segment.group_count(); ++i) {
    const auto& group = segment.group_info(i);
    all.frame_bytes += group.frames_size;
    all.heads_bytes += group.heads_size;
    all.chunk_bytes += group.chunks_size;
    all.keyframe_bytes += group.keyframe_size;
  }
  all.roll_up_bytes += segment.info().roll_ups.size;
  all.event_bytes += segment.info().events_part.size;
}

SegmentStatistics count(const SealedSegment& sealed) {
  const auto& info = sealed.info;
  SegmentStatistics one;
  one.file = segment_name(info.logs);
  one.groups = info.groups;
  one.frames = info.frames;
  one.samples = info.samples;
  one.forgotten = info.forgotten;
  one.events = info.events;
  one.bytes = info.file_bytes;
  one.known = {info.span.first_known, info.span.last_known};
  one.source = {info.kept_from, info.kept_until};
  one.lost = sealed.lost;
  return one;
}

}  // namespace

std::uint64_t Statistics::samples() const {
  auto sum = log_samples;
  for (const auto& segment : segments) sum += segment.samples;
  return sum;
}

std::uint64_t Statistics::segment_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& segment : segments) sum += segment.bytes;
  return sum;
}

Result<Statistics> statistics(const std::filesystem::path& directory, FileSystem* files) {
  auto& disk = files ? *files : real_files();
  GEMEL_ASSIGN(const auto inventory, take_inventory(disk, directory));
  GEMEL_ASSIGN(const auto catalog, Catalog::load(disk, directory));
  Statistics all;
  all.series = catalog.paths().size();
  OpenSegments open(disk, directory);
  for (const auto& sealed : inventory.segments) {
    all.segments.push_back(count(sealed));
    if (sealed.lost) continue;
    if (const auto segment = open.get(sealed)) count_parts(**segment, all);
  }
  for (const auto number : inventory.logs) {
    GEMEL_ASSIGN(const auto bytes, read_file(disk, directory / wal_name(number)));
    all.log_bytes += bytes.size();
    GEMEL_TRY(read_wal(bytes, number, [&](const SeriesFrame& frame) {
      ++all.log_frames;
      all.log_samples += frame.samples.size();
      all.log_events += frame.events.size();
    }));
  }
  return all;
}

Result<void> compact(const std::filesystem::path& directory, const Progress& progress,
                     std::stop_token stop, FileSystem* files) {
  GEMEL_ASSIGN(const auto plant, recorded_signals(directory, files));
  Options options;
  options.directory = directory;
  options.plant = &plant;
  options.files = files;
  options.upkeep = Upkeep::Elsewhere;
  FileHistory history(options);
  if (auto opened = history.recover(); !opened) {
    return opened.error().within("compacting the history in " + directory.string());
  }
  GEMEL_TRY(history.seal_all());
  return history.merge_all(progress, std::move(stop));
}

}  // namespace gemel::history
