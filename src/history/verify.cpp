#include <algorithm>
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
  Verifier(FileSystem& files, const fs::path& directory) : files_(files), directory_(directory) {}

  Result<Verification> run() {
    GEMEL_ASSIGN(const auto inventory, take_inventory(files_, directory_));
    verify_catalog();
    for (const auto& sealed : inventory.segments) verify_segment(sealed);
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
    const auto name = segment_name(info.number);
    ++found_.segments;
    if (sealed.lost) {
      note(name, 0,
           "missing, or neither copy of its description is whole; it held what was known between " +
               to_string(info.first_known) + " and " + to_string(info.last_known));
      return;
    }
    check_descriptions(name, info);
    const auto segment = Segment::open(files_, directory_ / name, info);
    if (!segment) {
      note(name, info.directory.offset, segment.error().message);
    } else {
      verify_times(name, **segment);
      if (const auto keyframe = (*segment)->keyframe(); !keyframe)
        note(name, info.keyframe.offset, keyframe.error().message);
      verify_series(name, **segment);
    }
    verify_events(info);
  }

  /// One whole copy is enough to read by; verification wants both.
  void check_descriptions(const std::string& name, const SegmentInfo& info) {
    const auto bytes = read_file(files_, directory_ / name);
    if (!bytes) return note(name, 0, bytes.error().message);
    const auto size = info.times.offset;
    const auto last = bytes->size() - size;
    if (std::string_view(*bytes).substr(0, size) != std::string_view(*bytes).substr(last)) {
      note(name, 0,
           "the descriptions at its beginning and at its end differ: one of them is damaged; it "
           "can be read by the other");
    }
    const auto parts =
        info.times.size + info.series.size + info.keyframe.size + info.directory.size;
    if (parts + 2 * size != bytes->size())
      note(name, last, "its size does not fit its description");
  }

  void verify_times(const std::string& name, const Segment& segment) {
    const auto& info = segment.info();
    auto before = newest_frame_;
    for (std::size_t block = 0; block * Segment::kTimesPerBlock < info.frames; ++block) {
      const auto times = segment.times_of_block(block);
      if (!times) return note(name, info.times.offset, times.error().message);
      for (const auto time : *times) {
        if (Timestamp{time} <= before)
          return note(name, info.times.offset, "its frames are not in order");
        before = {time};
      }
    }
    newest_frame_ = before;
    found_.frames += info.frames;
  }

  void verify_series(const std::string& name, const Segment& segment) {
    const auto before = found_.samples;
    for (std::uint32_t i = 0; i < segment.series_count(); ++i) {
      const auto chunks = segment.chunks({i});
      if (!chunks) {
        note(name, segment.offset_of({i}), chunks.error().message);
        continue;
      }
      for (const auto& chunk : *chunks) verify_chunk(name, segment, {i}, chunk);
    }
    const auto samples = found_.samples - before;
    if (samples != segment.info().samples && found_.damage.empty()) {
      note(name, 0,
           "it holds " + std::to_string(samples) + " samples; its description says " +
               std::to_string(segment.info().samples));
    }
  }

  void verify_chunk(const std::string& name, const Segment& segment, SeriesId series,
                    const ChunkInfo& chunk) {
    const auto offset = segment.offset_of(series) + chunk.offset;
    const auto bytes = segment.chunk_bytes(series, chunk);
    const auto entries = bytes ? decoder_.decode(*bytes, chunk) : std::span<const Entry>();
    if (entries.empty()) {
      note(name, offset,
           "samples from " + to_string(chunk.first) + " to " + to_string(chunk.last) +
               " of series " + std::to_string(series.index));
      return;
    }
    found_.samples += entries.size();
    if (!(describe_chunk(entries).summary == chunk.summary))
      note(name, offset, "a summary does not fit its samples");
  }

  void verify_events(const SegmentInfo& info) {
    const auto name = events_name(info.number);
    const auto path = directory_ / name;
    const auto ends = read_chain_ends(files_, path);
    if (!ends) return note(name, 0, ends.error().message);
    const auto events = verify_chain(files_, path);
    if (!events)
      note(name, 0, events.error().message);
    else
      found_.events += *events;
    if (ends->before != chain_)
      note(name, 0,
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
  ChunkDecoder decoder_;
  Verification found_;
  std::size_t series_ = 0;
  Timestamp newest_frame_ = Timestamp::min();
  Hash chain_{};
};

}  // namespace

Result<Verification> verify(const fs::path& directory, FileSystem* files) {
  return Verifier(files ? *files : real_files(), directory).run();
}

}  // namespace gemel::history
