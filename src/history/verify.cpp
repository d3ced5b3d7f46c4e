#include <algorithm>
#include <cmath>
#include <iterator>

#include "history/detail/catalog.hpp"
#include "history/detail/names.hpp"
#include "history/detail/recovery.hpp"
#include "history/file_history.hpp"

namespace gemel::history {
namespace {

using namespace detail;  // NOLINT(google-build-using-namespace): this file looks into everything
                         // detail writes

namespace fs = std::filesystem;

class Verifier {
 public:
  Verifier(FileSystem& files, const fs::path& directory, const Progress& progress,
           std::stop_token stop)
      : files_(files), directory_(directory), progress_(progress), stop_(std::move(stop)) {}

  Result<Verification> run() {
    GEMEL_ASSIGN(const auto inventory, take_inventory(files_, directory_));
    verify_catalog();
    std::size_t done = 0;
    for (const auto& sealed : inventory.segments) {
      if (stop_.stop_requested()) return {ErrorCode::Cancelled, "verification was stopped"};
      verify_segment(sealed);
      if (progress_)
        progress_(static_cast<double>(++done) / static_cast<double>(inventory.segments.size()));
    }
    for (const auto number : inventory.logs) GEMEL_TRY(verify_log(number));
    return std::move(found_);
  }

 private:
  void note(std::string file, std::uint64_t offset, std::string what) {
    found_.damage.push_back({std::move(file), offset, std::move(what)});
  }

  void verify_catalog() {
    const auto catalog = Catalog::load(files_, directory_);
    if (!catalog) return note("catalog", 0, catalog.error().message);
    series_ = catalog->paths().size();
    if (!catalog->whole()) {
      note(std::string(Catalog::kName), 0,
           "its two copies differ: one is damaged, or a crash came while it was written");
    }
  }

  void verify_segment(const SealedSegment& sealed) {
    const auto& info = sealed.info;
    name_ = segment_name(info.logs);
    ++found_.segments;
    if (sealed.lost) {
      note(name_, 0,
           "missing, or neither copy of its description is whole; it held what was known between " +
               to_string(info.span.first_known) + " and " + to_string(info.span.last_known));
      return;
    }
    check_descriptions();
    const auto opened = Segment::open(files_, directory_ / name_, info);
    if (!opened) return note(name_, info.directory.offset, opened.error().message);
    segment_ = opened->get();
    if (!segment_->both_directories()) {
      note(name_, info.directory.offset,
           "one of its two directories is damaged; it can be read by the other");
    }
    const auto before = found_.samples;
    for (std::size_t i = 0; i < segment_->group_count(); ++i) verify_group(segment_->group(i));
    if (found_.samples - before != info.samples && found_.damage.empty()) {
      note(name_, 0,
           "it holds " + std::to_string(found_.samples - before) +
               " samples; its description says " + std::to_string(info.samples));
    }
    verify_roll_ups();
    verify_events();
  }

  /// One whole copy is enough to read by; verification wants both.
  void check_descriptions() {
    const auto file = files_.open_to_read(directory_ / name_);
    if (!file) return note(name_, 0, file.error().message);
    const auto size = description_size();
    const auto last = (*file)->size() - size;
    const auto first_copy = (*file)->read(0, size);
    const auto last_copy = (*file)->read(last, size);
    if (!first_copy || !last_copy || *first_copy != *last_copy) {
      note(name_, 0,
           "the descriptions at its beginning and at its end differ: one of them is damaged; it "
           "can be read by the other");
    }
  }

  /// The error of something read, with the place that it names.
  void note(const Error& error) { note(name_, 0, segment_->within(error).message); }

  void verify_group(const Group& group) {
    auto frames = group.frames();
    verify_frames(group, frames);
    for (std::size_t block = 0; block < group.series_blocks(); ++block) {
      if (!group.has_heads(block)) continue;
      const auto heads = group.heads(block);
      if (!heads) {
        note(heads.error());
        continue;
      }
      for (std::size_t i = 0; i < kSeriesPerBlock; ++i) {
        for (const auto& head : heads->of(i))
          verify_chunk(group, frames, static_cast<std::uint32_t>(block * kSeriesPerBlock + i),
                       head);
      }
    }
    if (const auto keyframe = group.keyframe(); !keyframe) note(keyframe.error());
  }

  void verify_frames(const Group& group, Frames& frames) {
    for (std::size_t block = 0; block * kFramesPerBlock < group.info().frames; ++block) {
      const auto times = frames.known_of_block(block);
      if (!times) return note(times.error());
      for (const auto time : *times) {
        if (time <= newest_frame_)
          return note(name_, group.info().offset, "its frames are not in order");
        newest_frame_ = time;
      }
    }
    found_.frames += group.info().frames;
  }

  void verify_chunk(const Group& group, Frames& frames, std::uint32_t series,
                    const ChunkInfo& chunk) {
    const auto offset = group.info().chunks_offset() + chunk.offset;
    const auto bytes = group.chunk_bytes(chunk);
    const auto entries = bytes ? decoder_.decode(*bytes, chunk, frames)
                               : Result<std::span<const Entry>>(bytes.error());
    if (!entries) return note(name_, offset, description(series, chunk));
    found_.samples += entries->size();
    if (!fits(describe_chunk(*entries), chunk))
      note(name_, offset, "a summary does not fit its samples");
  }

  /// All but the sum, which is kept to some digits only.
  static bool fits(const ChunkInfo& counted, const ChunkInfo& said) {
    auto summary = counted.summary;
    const auto tolerance =
        1e-6 * summary.count * (1.0 + std::abs(summary.min) + std::abs(summary.max));
    const bool sum_fits = !(std::abs(summary.sum - said.summary.sum) > tolerance);
    summary.sum = said.summary.sum;
    return sum_fits && summary == said.summary && counted.gaps == said.gaps &&
           counted.distinct == said.distinct;
  }

  void verify_roll_ups() {
    for (const auto& places : segment_->roll_ups()) {
      for (std::uint32_t series = 0; series < places.ends.size(); ++series) {
        if (const auto buckets = segment_->roll_up(places, series); !buckets) note(buckets.error());
      }
    }
  }

  void verify_events() {
    const auto ends = segment_->events().chain_ends();
    if (!ends) return note(ends.error());
    const auto events = segment_->events().verify_chain();
    if (!events)
      note(events.error());
    else
      found_.events += *events;
    if (ends->before != chain_)
      note(name_, 0,
           "the chain of hashes does not go on from the file before: events before it were changed "
           "or taken away");
    chain_ = ends->last;
  }

  Result<void> verify_log(std::uint32_t number) {
    const auto name = wal_name(number);
    GEMEL_ASSIGN(const auto bytes, read_file(files_, directory_ / name));
    const auto contents = read_wal(bytes, number, [&](const SeriesFrame& frame) {
      if (frame.known_at <= newest_frame_)
        note(name, 0, "a frame is not later than the one before");
      newest_frame_ = std::max(newest_frame_, frame.known_at);
      for (const auto& sample : frame.samples) {
        if (sample.series.index >= series_)
          note(name, 0,
               "a sample of series " + std::to_string(sample.series.index) +
                   ", which the catalog has not");
      }
      ++found_.frames;
      found_.samples += frame.samples.size();
      found_.events += frame.events.size();
    });
    if (!contents) return contents.error().within(name);
    for (const auto& hole : contents->holes) {
      note(name, hole.offset,
           std::to_string(hole.length) + " bytes of frames that had been durable are damaged");
    }
    // A torn end is no damage: it is how a log looks after a crash, or while it is being written.
    return {};
  }

  FileSystem& files_;
  fs::path directory_;
  const Progress& progress_;
  std::stop_token stop_;
  std::string name_;                  // of the segment that is being looked at
  const Segment* segment_ = nullptr;  // the same
  ChunkDecoder decoder_;
  Verification found_;
  std::size_t series_ = 0;
  Timestamp newest_frame_ = Timestamp::min();
  Hash chain_{};
};

}  // namespace

Result<Verification> verify(const fs::path& directory, FileSystem* files, const Progress& progress,
                            std::stop_token stop) {
  return Verifier(files ? *files : real_files(), directory, progress, std::move(stop)).run();
}

}  // namespace gemel::history
