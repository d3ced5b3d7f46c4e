#include "history/detail/chunk.hpp"

#include <algorithm>

#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {
namespace {

Error damage() { return {ErrorCode::Corruption, "samples that can't be read"}; }

/// The frames of a chunk as distances from the likely ones, or back.
class LikelyFrames {
 public:
  /// `reached` begins with frame info.first_frame.
  LikelyFrames(std::span<const Timestamp> reached, const ChunkInfo& info)
      : reached_(reached), first_(info.first_frame), at_(info.first_frame) {}

  /// Order: of source time.
  std::uint32_t of(std::int64_t time) {
    at_ = likely_frame(reached_, first_, at_, {time});
    return at_;
  }

 private:
  std::span<const Timestamp> reached_;
  std::uint32_t first_;
  std::uint32_t at_;
};

}  // namespace

ChunkInfo describe_chunk(std::span<const Entry> entries) {
  ChunkInfo info;
  info.count = static_cast<std::uint32_t>(entries.size());
  info.first = entries.front().source_time;
  info.last = entries.back().source_time;
  info.first_frame = info.last_frame = entries.front().frame;
  info.distinct = true;
  auto before = Timestamp::min();
  for (const auto& entry : entries) {
    info.first_frame = std::min(info.first_frame, entry.frame);
    info.last_frame = std::max(info.last_frame, entry.frame);
    if (entry.source_time == before) info.distinct = false;
    before = entry.source_time;
    if (entry.missing()) {
      ++info.gaps;
      continue;
    }
    info.summary.add(entry.value, entry.quality);
  }
  return info;
}

std::size_t next_chunk(std::span<const Entry> entries) {
  // 260 entries make two of 130, not one of 256 and one of 4.
  const auto chunks = (entries.size() + kChunkEntries - 1) / kChunkEntries;
  auto end = (entries.size() + chunks - 1) / chunks;
  while (end < entries.size() && entries[end].source_time == entries[end - 1].source_time) ++end;
  return end;
}

void ChunkEncoder::encode(ByteWriter& out, std::span<const Entry> entries, const ChunkInfo& info,
                          std::span<const Timestamp> reached) {
  const auto n = entries.size();
  times_.resize(n);
  frames_.resize(n);
  qualities_.resize(n);
  values_.resize(n);
  LikelyFrames likely(
      reached.subspan(info.first_frame, info.last_frame - info.first_frame + std::size_t{1}), info);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& entry = entries[i];
    times_[i] = entry.source_time.ns;
    frames_[i] =
        static_cast<std::int64_t>(entry.frame) - static_cast<std::int64_t>(likely.of(times_[i]));
    qualities_[i] = packed(entry.quality);
    values_[i] = entry.value;
  }
  const auto begin = out.size();
  write_column(out, times_);
  write_values(out, values_);
  write_column(out, frames_);
  write_column(out, qualities_);
  out.fixed(short_checksum(std::string_view(out.bytes()).substr(begin)));
}

Result<std::span<const Entry>> ChunkDecoder::decode(std::string_view bytes, const ChunkInfo& info,
                                                    Frames& frames) {
  return decode_until(bytes, info, Timestamp::max(), frames);
}

Result<std::span<const Entry>> ChunkDecoder::decode_until(std::string_view bytes,
                                                          const ChunkInfo& info, Timestamp at,
                                                          Frames& frames) {
  ByteReader in(shortly_unsealed(bytes));
  times_.resize(info.count);
  read_column(in, std::span(times_));
  if (!in.ok() || times_.front() != info.first.ns || times_.back() != info.last.ns) return damage();
  if (!std::is_sorted(times_.begin(), times_.end())) return damage();
  const auto count = static_cast<std::size_t>(
      std::upper_bound(times_.begin(), times_.end(), at.ns) - times_.begin());
  values_.resize(count);
  read_values(in, values_, info.count, scratch_);
  for (auto* column : {&frames_, &qualities_}) {
    column->resize(count);
    read_column(in, *column, info.count);
  }
  if (!in.finished()) return damage();

  GEMEL_ASSIGN(const auto reached, frames.reached(info.first_frame, info.last_frame));
  LikelyFrames likely(reached, info);
  entries_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto quality = unpacked(qualities_[i]);
    const auto frame = static_cast<std::int64_t>(likely.of(times_[i])) + frames_[i];
    if (!quality || frame < info.first_frame || frame > info.last_frame) return damage();
    entries_[i] = {{times_[i]}, values_[i], static_cast<std::uint32_t>(frame), *quality};
  }
  return std::span<const Entry>(entries_);
}

Result<std::optional<Entry>> ChunkDecoder::newest(std::string_view bytes, const ChunkInfo& info,
                                                  Timestamp at, Frames& frames) {
  GEMEL_ASSIGN(const auto entries, decode_until(bytes, info, at, frames));
  if (entries.empty()) return std::optional<Entry>();
  return std::optional(entries.back());
}

}  // namespace gemel::history::detail
