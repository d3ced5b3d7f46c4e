#include "history/detail/segment.hpp"

#include <algorithm>

#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/keyframe.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {
namespace {

constexpr std::string_view kMagic = "GEMELSEG";
constexpr std::uint32_t kVersion = 1;

std::string encode_info(const SegmentInfo& info) {
  ByteWriter out;
  out.raw(kMagic);
  out.fixed(kVersion);
  out.fixed(info.number);
  for (const auto n : {info.frames, info.samples, info.events}) out.fixed(n);
  for (const auto t :
       {info.first_known, info.last_known, info.min_source, info.max_source, info.newest_belief}) {
    out.fixed(t.ns);
  }
  for (const auto& section : {info.times, info.series, info.keyframe, info.directory}) {
    out.fixed(section.offset);
    out.fixed(section.size);
  }
  return sealed(out.take());
}

const std::size_t kInfoBytes = encode_info({}).size();

/// Errors: Corruption, Unsupported.
Result<SegmentInfo> decode_info(std::string_view bytes, std::uint64_t file_bytes) {
  const Error corrupt{ErrorCode::Corruption, "its description is damaged"};
  ByteReader in(unsealed(bytes));
  if (in.raw(kMagic.size()) != kMagic) return corrupt;
  if (const auto version = in.fixed<std::uint32_t>(); in.ok() && version > kVersion) {
    return {ErrorCode::Unsupported, "it is of version " + std::to_string(version) +
                                        ", newer than " + std::to_string(kVersion) +
                                        "; open it with the gemel that wrote it"};
  }
  SegmentInfo info;
  info.number = in.fixed<std::uint32_t>();
  for (auto* n : {&info.frames, &info.samples, &info.events}) *n = in.fixed<std::uint64_t>();
  for (auto* t : {&info.first_known, &info.last_known, &info.min_source, &info.max_source,
                  &info.newest_belief}) {
    t->ns = in.fixed<std::int64_t>();
  }
  for (auto* section : {&info.times, &info.series, &info.keyframe, &info.directory}) {
    section->offset = in.fixed<std::uint64_t>();
    section->size = in.fixed<std::uint64_t>();
    if (section->offset > file_bytes || section->size > file_bytes - section->offset)
      return corrupt;
  }
  if (!in.finished() || info.frames == 0 || info.frames > UINT32_MAX) return corrupt;
  info.file_bytes = file_bytes;
  return info;
}

struct EncodedTimes {
  std::string bytes;
  std::vector<std::int64_t> first, sizes;
};

EncodedTimes encode_times(std::span<const Timestamp> frames) {
  EncodedTimes encoded;
  for (std::size_t i = 0; i < frames.size(); i += Segment::kTimesPerBlock) {
    std::vector<std::int64_t> times;
    for (const auto t : frames.subspan(i, std::min(Segment::kTimesPerBlock, frames.size() - i)))
      times.push_back(t.ns);
    ByteWriter block;
    write_column(block, times);
    const auto bytes = sealed(block.take());
    encoded.first.push_back(times.front());
    encoded.sizes.push_back(static_cast<std::int64_t>(bytes.size()));
    encoded.bytes += bytes;
  }
  return encoded;
}

struct EncodedChunks {
  std::string bytes;
  std::vector<std::int64_t> sizes, heads_sizes;
};

EncodedChunks encode_all_series(const Tail& tail) {
  EncodedChunks all;
  for (std::uint32_t i = 0; i < tail.series_count(); ++i) {
    const auto& entries = tail.series({i}).entries;
    const auto one = entries.empty() ? EncodedSeries{} : encode_series(entries);
    all.sizes.push_back(static_cast<std::int64_t>(one.bytes.size()));
    all.heads_sizes.push_back(static_cast<std::int64_t>(one.heads_size));
    all.bytes += one.bytes;
  }
  return all;
}

std::string encode_directory(const EncodedTimes& times, const EncodedChunks& chunks) {
  ByteWriter out;
  out.varint(times.first.size());
  write_column(out, times.first);
  write_column(out, times.sizes);
  out.varint(chunks.sizes.size());
  write_column(out, chunks.sizes);
  write_column(out, chunks.heads_sizes);
  return sealed(out.take());
}

SegmentInfo describe(std::uint32_t number, const Tail& tail, const Beliefs& after) {
  SegmentInfo info;
  info.number = number;
  info.frames = tail.frames().size();
  info.samples = tail.samples();
  info.events = tail.events().size();
  info.first_known = tail.frames().front();
  info.last_known = tail.frames().back();
  info.min_source = tail.span().from;
  info.max_source = tail.span().until;
  for (const auto& belief : after) {
    info.newest_belief = std::max({info.newest_belief, belief.value_time, belief.missing_since});
  }
  return info;
}

}  // namespace

std::string encode_segment(std::uint32_t number, const Tail& tail, const Beliefs& after) {
  auto info = describe(number, tail, after);
  const auto times = encode_times(tail.frames());
  const auto chunks = encode_all_series(tail);
  const auto keyframe = encode_keyframe(after);
  const auto directory = encode_directory(times, chunks);
  info.times = {kInfoBytes, times.bytes.size()};
  info.series = {info.times.offset + info.times.size, chunks.bytes.size()};
  info.keyframe = {info.series.offset + info.series.size, keyframe.size()};
  info.directory = {info.keyframe.offset + info.keyframe.size, directory.size()};
  const auto description = encode_info(info);
  return description + times.bytes + chunks.bytes + keyframe + directory + description;
}

Result<SegmentInfo> read_segment_info(FileSystem& files, const std::filesystem::path& path) {
  GEMEL_ASSIGN(const auto file, files.open_to_read(path));
  const Error corrupt{ErrorCode::Corruption,
                      path.filename().string() + ": both descriptions, at its beginning and " +
                          "at its end, are damaged; nothing in it can be read"};
  if (file->size() < 2 * kInfoBytes) return corrupt;
  for (const auto offset : {std::uint64_t{0}, file->size() - kInfoBytes}) {
    GEMEL_ASSIGN(const auto bytes, file->read(offset, kInfoBytes));
    auto info = decode_info(bytes, file->size());
    if (info || info.error().code == ErrorCode::Unsupported) return info;
  }
  return corrupt;
}

Result<std::shared_ptr<const Segment>> Segment::open(FileSystem& files,
                                                     const std::filesystem::path& path,
                                                     const SegmentInfo& info) {
  GEMEL_ASSIGN(auto file, files.open_to_read(path));
  const std::shared_ptr<Segment> segment(
      new Segment(std::move(file), path.filename().string(), info));
  GEMEL_TRY(segment->read_directory());
  return {std::shared_ptr<const Segment>(segment)};
}

Result<void> Segment::read_directory() {
  GEMEL_ASSIGN(const auto bytes, file_->read(info_.directory.offset, info_.directory.size));
  ByteReader in(unsealed(bytes));
  const Error corrupt =
      damaged(info_.directory.offset, "its directory; no series in it can be read");
  const auto blocks = in.varint();
  if (blocks != (info_.frames + kTimesPerBlock - 1) / kTimesPerBlock) in.fail();
  block_first_ = read_column(in, blocks);
  const auto block_sizes = read_column(in, blocks);
  const auto count = in.varint();
  const auto sizes = read_column(in, count);
  const auto heads_sizes = read_column(in, count);
  if (!in.finished()) return corrupt;
  block_offset_.assign(1, 0);
  for (const auto size : block_sizes) {
    if (size < 0 || static_cast<std::uint64_t>(size) > info_.times.size) return corrupt;
    block_offset_.push_back(block_offset_.back() + size);
  }
  if (static_cast<std::uint64_t>(block_offset_.back()) != info_.times.size) return corrupt;
  std::uint64_t offset = 0;
  series_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (sizes[i] < 0 || heads_sizes[i] < 0 || heads_sizes[i] > sizes[i] || sizes[i] > UINT32_MAX)
      return corrupt;
    series_.push_back(
        {offset, static_cast<std::uint32_t>(sizes[i]), static_cast<std::uint32_t>(heads_sizes[i])});
    offset += static_cast<std::uint64_t>(sizes[i]);
  }
  if (offset != info_.series.size) return corrupt;
  return {};
}

Error Segment::damaged(std::uint64_t offset, std::string_view what) const {
  return {ErrorCode::Corruption, name_ + " is damaged at byte " + std::to_string(offset) + ": " +
                                     std::string(what) + " (it holds what was known from " +
                                     to_string(info_.first_known) + " to " +
                                     to_string(info_.last_known) + ")"};
}

Result<std::vector<std::int64_t>> Segment::times_of_block(std::size_t block) const {
  const auto offset = static_cast<std::uint64_t>(block_offset_[block]);
  const auto size = static_cast<std::uint64_t>(block_offset_[block + 1]) - offset;
  GEMEL_ASSIGN(const auto bytes, file_->read(info_.times.offset + offset, size));
  ByteReader in(unsealed(bytes));
  auto times = read_column(
      in, std::min<std::uint64_t>(kTimesPerBlock, info_.frames - block * kTimesPerBlock));
  if (!in.finished() || !std::is_sorted(times.begin(), times.end())) {
    return damaged(info_.times.offset + offset, "the times of its frames");
  }
  return times;
}

Result<std::uint32_t> Segment::frames_known_by(Timestamp known_at) const {
  if (known_at >= info_.last_known) return static_cast<std::uint32_t>(info_.frames);
  const auto after = std::upper_bound(block_first_.begin(), block_first_.end(), known_at.ns);
  if (after == block_first_.begin()) return 0u;
  const auto block = static_cast<std::size_t>(after - block_first_.begin()) - 1;
  GEMEL_ASSIGN(const auto times, times_of_block(block));
  const auto inside = std::upper_bound(times.begin(), times.end(), known_at.ns) - times.begin();
  return static_cast<std::uint32_t>(block * kTimesPerBlock + static_cast<std::size_t>(inside));
}

Result<Timestamp> Segment::frame_at_or_before(Timestamp t) const {
  GEMEL_ASSIGN(const auto frames, frames_known_by(t));
  if (frames == 0) return damaged(info_.times.offset, "the times of its frames");
  return FrameTimes(*this).known_at(frames - 1);
}

Result<std::vector<ChunkInfo>> Segment::chunks(SeriesId id) const {
  if (!has(id)) return std::vector<ChunkInfo>();
  GEMEL_ASSIGN(const auto heads, file_->read(offset_of(id), series_[id.index].heads_size));
  auto chunks = decode_heads(heads);
  if (chunks.empty())
    return damaged(offset_of(id), "the heads of series " + std::to_string(id.index));
  return chunks;
}

Result<std::string> Segment::chunk_bytes(SeriesId id, const ChunkInfo& chunk) const {
  const auto& place = series_[id.index];
  if (chunk.offset > place.size || chunk.size > place.size - chunk.offset) {
    return damaged(offset_of(id), "the heads of series " + std::to_string(id.index));
  }
  return file_->read(offset_of(id) + chunk.offset, chunk.size);
}

std::string_view Segment::part_of(std::string_view all, SeriesId id) const {
  return all.substr(series_[id.index].offset, series_[id.index].size);
}

Result<Beliefs> Segment::keyframe() const {
  GEMEL_ASSIGN(const auto bytes, file_->read(info_.keyframe.offset, info_.keyframe.size));
  auto beliefs = decode_keyframe(bytes);
  if (!beliefs) return damaged(info_.keyframe.offset, "its key frame");
  return std::move(*beliefs);
}

Result<Timestamp> FrameTimes::known_at(std::uint32_t frame) {
  const auto block = frame / Segment::kTimesPerBlock;
  if (frame >= segment_.info().frames) {
    return segment_.damaged(segment_.info().series.offset,
                            "a sample of frame " + std::to_string(frame) + ", which it has not");
  }
  if (block != block_) {
    GEMEL_ASSIGN(times_, segment_.times_of_block(block));
    block_ = block;
  }
  return Timestamp{times_[frame % Segment::kTimesPerBlock]};
}

}  // namespace gemel::history::detail
