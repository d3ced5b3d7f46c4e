#include "history/detail/chunk.hpp"

#include <algorithm>

#include "history/detail/checksum.hpp"
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
    // Mostly it is the same or the next.
    if (reached_[at_ - first_].ns < time && !is_last()) ++at_;
    if (reached_[at_ - first_].ns < time && !is_last())
      at_ = likely_frame(reached_, first_, at_, {time});
    return at_;
  }

 private:
  bool is_last() const { return at_ - first_ == reached_.size() - 1; }

  std::span<const Timestamp> reached_;
  std::uint32_t first_;
  std::uint32_t at_;
};

/// The four columns of a chunk.
struct Columns {
  ColumnView times;
  ValuesView values;
  ColumnView frames;     // empty: all are the likely ones
  ColumnView qualities;  // empty: all are good
  bool whole;            // false: the bytes are damaged

  static Columns open(std::string_view bytes, const ChunkInfo& info) {
    ByteReader in(shortly_unsealed(bytes));
    return {ColumnView::open(in, info.count, info.first.ns), ValuesView::open(in, info.count),
            info.on_time ? ColumnView() : ColumnView::open(in, info.count),
            info.plain ? ColumnView() : ColumnView::open(in, info.count), in.finished()};
  }
};

/// False when they are not as the chunk is described.
bool decode_times(const ColumnView& column, const ChunkInfo& info,
                  std::vector<std::int64_t>& times) {
  times.resize(info.count);
  column.decode(times);
  return times.front() == info.first.ns && times.back() == info.last.ns &&
         std::is_sorted(times.begin(), times.end());
}

std::optional<Entry> entry_of(std::int64_t time, double value, std::int64_t frame,
                              std::int64_t quality, const ChunkInfo& info) {
  const auto unpacked_quality = unpacked(quality);
  if (!unpacked_quality || frame < info.first_frame || frame > info.last_frame) return std::nullopt;
  return Entry{{time}, value, static_cast<std::uint32_t>(frame), *unpacked_quality};
}

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

void ChunkEncoder::encode(ByteWriter& out, std::span<const Entry> entries, ChunkInfo& info,
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
  write_column(out, times_, info.first.ns);
  write_values(out, values_);
  const auto all_zero = [](const std::vector<std::int64_t>& column) {
    return std::all_of(column.begin(), column.end(),
                       [](std::int64_t number) { return number == 0; });
  };
  info.on_time = all_zero(frames_);
  info.plain = all_zero(qualities_);
  if (!info.on_time) write_column(out, frames_);
  if (!info.plain) write_column(out, qualities_);
  out.fixed(short_checksum(std::string_view(out.bytes()).substr(begin)));
}

Result<std::span<const Entry>> ChunkDecoder::decode(std::string_view bytes, const ChunkInfo& info,
                                                    Frames& frames) {
  return decode_until(bytes, info, Timestamp::max(), frames);
}

Result<std::span<const Entry>> ChunkDecoder::decode_until(std::string_view bytes,
                                                          const ChunkInfo& info, Timestamp at,
                                                          Frames& frames) {
  const auto columns = Columns::open(bytes, info);
  if (!columns.whole || !decode_times(columns.times, info, times_)) return damage();
  const auto count = static_cast<std::size_t>(
      std::upper_bound(times_.begin(), times_.end(), at.ns) - times_.begin());
  values_.resize(count);
  columns.values.decode(values_);
  frames_.resize(info.on_time ? 0 : count);
  columns.frames.decode(frames_);
  if (!info.plain && !decode_qualities(columns.qualities, count)) return damage();

  GEMEL_ASSIGN(const auto reached, frames.reached(info.first_frame, info.last_frame));
  LikelyFrames likely(reached, info);
  entries_.resize(count);
  bool sound = true;
  for (std::size_t i = 0; i < count; ++i) {
    const auto frame = likely.of(times_[i]) + (info.on_time ? 0 : frames_[i]);
    sound &= frame >= info.first_frame && frame <= info.last_frame;
    entries_[i] = {{times_[i]}, values_[i], static_cast<std::uint32_t>(frame), {}};
  }
  if (!sound) return damage();
  for (std::size_t i = 0; i < count && !info.plain; ++i) entries_[i].quality = qualities_[i];
  return std::span<const Entry>(entries_);
}

/// False when one is none.
bool ChunkDecoder::decode_qualities(const ColumnView& column, std::size_t count) {
  packed_qualities_.resize(count);
  qualities_.resize(count);
  column.decode(packed_qualities_);
  for (std::size_t i = 0; i < count; ++i) {
    const auto quality = unpacked(packed_qualities_[i]);
    if (!quality) return false;
    qualities_[i] = *quality;
  }
  return true;
}

Result<Stretch> ChunkDecoder::stretch(std::string_view bytes, const ChunkInfo& info) {
  const auto columns = Columns::open(bytes, info);
  if (!columns.whole || !decode_times(columns.times, info, times_)) return damage();
  values_.resize(info.count);
  columns.values.decode(values_);
  const bool all_usable = info.gaps == 0 && info.summary.bad == 0;
  if (info.plain || all_usable) return Stretch{times_, values_, {}};
  if (!decode_qualities(columns.qualities, info.count)) return damage();
  return Stretch{times_, values_, qualities_};
}

Result<std::optional<Entry>> ChunkDecoder::newest(std::string_view bytes, const ChunkInfo& info,
                                                  Timestamp at, std::uint32_t visible,
                                                  Frames& frames) {
  const auto columns = Columns::open(bytes, info);
  if (!columns.whole) return damage();
  GEMEL_ASSIGN(const auto reached, frames.reached(info.first_frame, info.last_frame));
  auto [i, time] =
      at >= info.last ? ColumnView::Until{info.count, info.last.ns} : columns.times.until(at.ns);
  // What came late is rare, so the first or second look finds it.
  for (; i-- > 0; time = i > 0 ? columns.times.at(i - 1) : 0) {
    last_frame_ = likely_frame_near(reached, info.first_frame, last_frame_, {time});
    const auto frame = last_frame_ + (info.on_time ? 0 : columns.frames.at(i));
    if (frame >= visible) continue;
    const auto entry = entry_of(time, columns.values.at(i), frame, columns.qualities.at(i), info);
    if (!entry || entry->source_time > at) return damage();
    return entry;
  }
  return std::optional<Entry>();
}

}  // namespace gemel::history::detail
