#include "history/detail/group.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/keyframe.hpp"

namespace gemel::history::detail {
namespace {

/// By each frame, the newest source time of it and those before.
std::vector<Timestamp> reached_by_frame(const GroupContents& contents) {
  std::vector<Timestamp> reached(contents.frames.size(), Timestamp::min());
  for (std::uint32_t i = 0; i < contents.series_count; ++i) {
    for (const auto& entry : contents.entries(i))
      reached[entry.frame] = std::max(reached[entry.frame], entry.source_time);
  }
  for (std::size_t i = 1; i < reached.size(); ++i)
    reached[i] = std::max(reached[i], reached[i - 1]);
  return reached;
}

/// Blocks of heads, and the chunks that they speak of.
class SeriesEncoder {
 public:
  SeriesEncoder(const GroupContents& contents, std::span<const Timestamp> reached)
      : contents_(contents), reached_(reached) {
    std::size_t series = contents.series_count;
    while (series > 0 && contents.entries(static_cast<std::uint32_t>(series - 1)).empty()) --series;
    for (std::size_t first = 0; first < series; first += kSeriesPerBlock) add_block(first);
  }

  void place(GroupInfo& info) {
    info.heads_size = heads.size();
    info.chunks_size = chunks.size();
    info.samples = samples_;
    info.heads_ends = std::move(heads_ends_);
    info.chunks_ends = std::move(chunks_ends_);
    info.chunk_counts = std::move(chunk_counts_);
    info.span.min_source = min_source_;
    info.span.max_source = max_source_;
  }

  ByteWriter chunks;
  std::string heads;

 private:
  void add_block(std::size_t first) {
    std::vector<ChunkInfo> block;
    std::vector<std::int64_t> counts;
    const auto end = std::min(first + kSeriesPerBlock, contents_.series_count);
    for (auto i = first; i < end; ++i) {
      const auto before = block.size();
      add_series(contents_.entries(static_cast<std::uint32_t>(i)), block);
      counts.push_back(static_cast<std::int64_t>(block.size() - before));
    }
    if (!block.empty()) {
      ByteWriter out;
      out.varint(counts.size());
      write_column(out, counts);
      write_heads(out, block);
      heads += sealed(out.take());
    }
    heads_ends_.push_back(static_cast<std::int64_t>(heads.size()));
    chunks_ends_.push_back(static_cast<std::int64_t>(chunks.size()));
    chunk_counts_.push_back(static_cast<std::int64_t>(block.size()));
  }

  void add_series(std::span<const Entry> entries, std::vector<ChunkInfo>& block) {
    samples_ += entries.size();
    while (!entries.empty()) {
      const auto part = entries.first(next_chunk(entries));
      entries = entries.subspan(part.size());
      auto info = describe_chunk(part);
      info.offset = chunks.size();
      encoder_.encode(chunks, part, info, reached_);
      info.size = static_cast<std::uint32_t>(chunks.size() - info.offset);
      min_source_ = std::min(min_source_, info.first);
      max_source_ = std::max(max_source_, info.last);
      block.push_back(info);
    }
  }

  const GroupContents& contents_;
  std::span<const Timestamp> reached_;
  ChunkEncoder encoder_;
  std::vector<std::int64_t> heads_ends_, chunks_ends_, chunk_counts_;
  std::uint64_t samples_ = 0;
  Timestamp min_source_ = Timestamp::max();
  Timestamp max_source_ = Timestamp::min();
};

std::vector<std::int64_t> sums_of(std::vector<std::int64_t> sizes) {
  for (std::size_t i = 1; i < sizes.size(); ++i) sizes[i] += sizes[i - 1];
  return sizes;
}

/// Ends that grow from nothing to `total`.
bool are_ends(const std::vector<std::int64_t>& ends, std::uint64_t total) {
  std::int64_t before = 0;
  for (const auto end : ends) {
    if (end < before) return false;
    before = end;
  }
  return static_cast<std::uint64_t>(before) == total;
}

}  // namespace

void Span::extend(const Span& later) {
  first_known = std::min(first_known, later.first_known);
  last_known = std::max(last_known, later.last_known);
  min_source = std::min(min_source, later.min_source);
  max_source = std::max(max_source, later.max_source);
  newest_belief = std::max(newest_belief, later.newest_belief);
}

Error damaged_at(std::uint64_t offset, std::string_view what) {
  return {ErrorCode::Corruption,
          "damaged at byte " + std::to_string(offset) + ": " + std::string(what)};
}

std::string description(std::uint32_t series, const ChunkInfo& chunk) {
  return "samples from " + to_string(chunk.first) + " to " + to_string(chunk.last) + " of series " +
         std::to_string(series);
}

EncodedGroup encode_group(const GroupContents& contents, const Beliefs& after) {
  GEMEL_CHECK(!contents.frames.empty());
  const auto reached = reached_by_frame(contents);
  EncodedGroup group;
  auto& info = group.info;
  auto frames = encode_frames(contents.frames, reached);
  SeriesEncoder series(contents, reached);
  series.place(info);
  const auto keyframe = encode_keyframe(after);
  info.frames = contents.frames.size();
  info.frames_size = frames.bytes.size();
  info.keyframe_size = keyframe.size();
  info.frame_places = {0, std::move(frames.first_known), sums_of(std::move(frames.sizes))};
  info.span.first_known = contents.frames.front();
  info.span.last_known = contents.frames.back();
  for (const auto& belief : after) {
    info.span.newest_belief =
        std::max({info.span.newest_belief, belief.value_time, belief.missing_since});
  }
  group.bytes = std::move(frames.bytes);
  group.bytes += series.heads;
  group.bytes += series.chunks.bytes();
  group.bytes += keyframe;
  return group;
}

void write_group_info(ByteWriter& out, const GroupInfo& info) {
  const auto& span = info.span;
  for (const auto time :
       {span.first_known, span.last_known, span.min_source, span.max_source, span.newest_belief}) {
    out.fixed(time.ns);
  }
  for (const auto n : {info.frames, info.samples, info.frames_size, info.heads_size,
                       info.chunks_size, info.keyframe_size}) {
    out.varint(n);
  }
  out.varint(info.frame_places.ends.size());
  write_column(out, info.frame_places.first_known);
  write_column(out, info.frame_places.ends);
  out.varint(info.heads_ends.size());
  for (const auto* column : {&info.heads_ends, &info.chunks_ends, &info.chunk_counts})
    write_column(out, *column);
}

GroupInfo read_group_info(ByteReader& in, std::uint64_t offset, std::uint64_t room) {
  GroupInfo info;
  auto& span = info.span;
  for (auto* time : {&span.first_known, &span.last_known, &span.min_source, &span.max_source,
                     &span.newest_belief}) {
    time->ns = in.fixed<std::int64_t>();
  }
  for (auto* n : {&info.frames, &info.samples, &info.frames_size, &info.heads_size,
                  &info.chunks_size, &info.keyframe_size}) {
    *n = in.varint();
  }
  info.offset = offset;
  for (const auto size :
       {info.frames_size, info.heads_size, info.chunks_size, info.keyframe_size}) {
    if (size > room) in.fail();
    room -= std::min(size, room);
  }
  const auto blocks = in.varint();
  if (info.frames == 0 || info.frames > UINT32_MAX ||
      blocks != (info.frames + kFramesPerBlock - 1) / kFramesPerBlock)
    in.fail();
  info.frame_places.offset = offset;
  if (in.ok()) info.frame_places.first_known = read_column(in, blocks);
  if (in.ok()) info.frame_places.ends = read_column(in, blocks);
  const auto series_blocks = in.varint();
  for (auto* column : {&info.heads_ends, &info.chunks_ends, &info.chunk_counts}) {
    if (in.ok()) *column = read_column(in, series_blocks);
  }
  const bool fits =
      in.ok() && are_ends(info.frame_places.ends, info.frames_size) &&
      are_ends(info.heads_ends, info.heads_size) && are_ends(info.chunks_ends, info.chunks_size) &&
      std::all_of(info.chunk_counts.begin(), info.chunk_counts.end(),
                  [](auto n) { return n >= 0 && n <= static_cast<std::int64_t>(kColumnMax); });
  if (!fits) in.fail();
  return info;
}

Result<std::string> Group::all_heads() const {
  return file_->read(info_->heads_offset(), info_->heads_size);
}

/// Where a block's heads and chunks are, each from the first of the group.
struct Group::Block {
  std::size_t number;
  std::uint64_t heads, heads_end;
  std::uint64_t chunks, chunks_end;
  std::size_t count;  // of chunks
};

Group::Block Group::block_of(std::size_t number) const {
  const auto begin = [&](const std::vector<std::int64_t>& ends) {
    return static_cast<std::uint64_t>(number == 0 ? 0 : ends[number - 1]);
  };
  const auto end = [&](const std::vector<std::int64_t>& ends) {
    return static_cast<std::uint64_t>(ends[number]);
  };
  return {number,
          begin(info_->heads_ends),
          end(info_->heads_ends),
          begin(info_->chunks_ends),
          end(info_->chunks_ends),
          static_cast<std::size_t>(info_->chunk_counts[number])};
}

Error Group::damage(const Block& block) const {
  return damaged_at(info_->heads_offset() + block.heads,
                    "what is said of series " + std::to_string(block.number * kSeriesPerBlock) +
                        " to " + std::to_string((block.number + 1) * kSeriesPerBlock - 1));
}

Result<HeadsBlock> Group::heads(std::size_t number, Summaries summaries) const {
  const auto block = block_of(number);
  GEMEL_ASSIGN(const auto bytes,
               file_->read(info_->heads_offset() + block.heads, block.heads_end - block.heads));
  HeadsBlock found;
  GEMEL_TRY(decode_heads(block, bytes, found, summaries));
  return found;
}

Result<void> Group::read_heads(std::size_t number, std::string_view all, HeadsBlock& into,
                               Summaries summaries) const {
  const auto block = block_of(number);
  return decode_heads(block, all.substr(block.heads, block.heads_end - block.heads), into,
                      summaries);
}

namespace {

/// The heads of a block are seldom larger.
constexpr std::size_t kHeadsBuffered = 4096;

/// Every chunk has a checksum, so that a damaged count can't ask for endless memory.
bool may_hold(std::uint64_t bytes, std::size_t chunks) {
  return chunks <= bytes / sizeof(std::uint32_t);
}

/// How many chunks each series of the block has; the last block of a group may be short of series.
/// False when these are not `count` in all.
bool read_begins(ByteReader& in, std::size_t count,
                 std::array<std::uint32_t, kSeriesPerBlock + 1>& begins) {
  std::array<std::int64_t, kSeriesPerBlock> counts{};
  const auto series = in.varint();
  if (series > kSeriesPerBlock) in.fail();
  read_column(in, std::span(counts).first(in.ok() ? series : 0));
  std::size_t next = 0;
  begins[0] = 0;
  for (std::size_t i = 0; i < kSeriesPerBlock; ++i) {
    if (counts[i] < 0 || static_cast<std::size_t>(counts[i]) > count - next) return false;
    next += static_cast<std::size_t>(counts[i]);
    begins[i + 1] = static_cast<std::uint32_t>(next);
  }
  return in.ok() && next == count;
}

}  // namespace

bool Group::are_placed(std::span<const ChunkInfo> heads, std::uint64_t chunks_end) const {
  return std::all_of(heads.begin(), heads.end(), [&](const ChunkInfo& head) {
    return head.last_frame < info_->frames && head.offset + head.size <= chunks_end;
  });
}

Result<void> Group::decode_heads(const Block& block, std::string_view bytes, HeadsBlock& into,
                                 Summaries summaries) const {
  into.heads.clear();
  into.begins.fill(0);
  if (block.count == 0) return {};
  ByteReader in(unsealed(bytes));
  if (!may_hold(block.chunks_end - block.chunks, block.count) ||
      !read_begins(in, block.count, into.begins))
    return damage(block);
  detail::read_heads(in, into.heads, block.count, summaries);
  if (!in.finished()) return damage(block);
  auto offset = block.chunks;
  for (auto& head : into.heads) {
    head.offset = offset;
    offset += head.size;
  }
  if (!are_placed(into.heads, block.chunks_end)) return damage(block);
  return {};
}

Result<std::vector<ChunkInfo>> Group::heads_of(std::uint32_t series, Summaries summaries) const {
  std::vector<ChunkInfo> found;
  if (!has_heads(series / kSeriesPerBlock)) return found;
  const auto block = block_of(series / kSeriesPerBlock);
  std::array<char, kHeadsBuffered> buffer;
  std::vector<char> larger;
  const auto size = static_cast<std::size_t>(block.heads_end - block.heads);
  if (size > buffer.size()) larger.resize(size);
  const auto bytes = larger.empty() ? std::span(buffer).first(size) : std::span(larger);
  GEMEL_TRY(file_->read_into(info_->heads_offset() + block.heads, bytes));
  ByteReader in(unsealed({bytes.data(), bytes.size()}));
  std::array<std::uint32_t, kSeriesPerBlock + 1> begins;
  if (!may_hold(block.chunks_end - block.chunks, block.count) ||
      !read_begins(in, block.count, begins))
    return damage(block);
  const auto first = begins[series % kSeriesPerBlock];
  found.resize(begins[series % kSeriesPerBlock + 1] - first);
  if (found.empty()) return found;
  read_some_heads(in, block.count, first, found, summaries);
  for (auto& head : found) head.offset += block.chunks;
  if (!in.finished() || !are_placed(found, block.chunks_end)) return damage(block);
  return found;
}

Result<Beliefs> Group::keyframe() const {
  GEMEL_ASSIGN(const auto bytes, file_->read(info_->keyframe_offset(), info_->keyframe_size));
  auto beliefs = decode_keyframe(bytes);
  if (!beliefs) return damaged_at(info_->keyframe_offset(), "its key frame");
  return std::move(*beliefs);
}

}  // namespace gemel::history::detail
