#include "history/detail/chunk.hpp"

#include <algorithm>

#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {
namespace {

/// How many of the entries go into the next chunk: no source time is torn apart, so that chunks
/// don't overlap.
std::size_t next_chunk(std::span<const Entry> entries) {
  // Even shares: 260 entries make two of 130, not one of 256 and one of 4.
  const auto chunks = (entries.size() + kChunkEntries - 1) / kChunkEntries;
  auto end = (entries.size() + chunks - 1) / chunks;
  while (end < entries.size() && entries[end].source_time == entries[end - 1].source_time) ++end;
  return end;
}

std::string encode_chunk(std::span<const Entry> entries) {
  std::vector<std::int64_t> times, frames, qualities;
  std::vector<double> values;
  for (const auto& entry : entries) {
    times.push_back(entry.source_time.ns);
    frames.push_back(entry.frame);
    qualities.push_back(packed(entry.quality));
    values.push_back(entry.value);
  }
  ByteWriter out;
  write_column(out, times);
  write_column(out, frames);
  write_column(out, qualities);
  write_values(out, values);
  return sealed(out.take());
}

void write_head(ByteWriter& out, const ChunkInfo& info, Timestamp before_it) {
  out.varint(info.count);
  out.varint(info.size);
  out.signed_varint(lag(info.first, before_it));
  out.varint(static_cast<std::uint64_t>(lag(info.last, info.first)));
  out.varint(info.first_frame);
  out.varint(info.last_frame - info.first_frame);
  out.varint(static_cast<std::uint64_t>(info.gaps) << 1 | (info.distinct ? 1 : 0));
  if (info.gaps == info.count) return;
  const auto& summary = info.summary;
  for (const double value : {summary.min, summary.max, summary.first, summary.last})
    write_double(out, value);
  out.fixed(summary.sum);
  out.varint(summary.bad);
}

ChunkInfo read_head(ByteReader& in, Timestamp before_it) {
  ChunkInfo info;
  info.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(in.varint(), UINT32_MAX));
  info.size = in.varint();
  info.first = after(before_it, in.signed_varint());
  info.last = after(info.first, static_cast<std::int64_t>(in.varint()));
  info.first_frame = static_cast<std::uint32_t>(in.varint());
  info.last_frame = info.first_frame + static_cast<std::uint32_t>(in.varint());
  const auto flags = in.varint();
  info.gaps = static_cast<std::uint32_t>(flags >> 1);
  info.distinct = (flags & 1) != 0;
  if (info.count == 0 || info.count > kColumnMax || info.gaps > info.count ||
      info.last < info.first)
    in.fail();
  if (!in.ok() || info.gaps == info.count) return info;
  auto& summary = info.summary;
  for (double* value : {&summary.min, &summary.max, &summary.first, &summary.last})
    *value = read_double(in);
  summary.sum = in.fixed<double>();
  summary.bad = static_cast<std::uint32_t>(in.varint());
  summary.count = info.count - info.gaps;
  return info;
}

}  // namespace

ChunkInfo describe_chunk(std::span<const Entry> entries) {
  ChunkInfo info;
  info.count = static_cast<std::uint32_t>(entries.size());
  info.first = entries.front().source_time;
  info.last = entries.back().source_time;
  info.first_frame = info.last_frame = entries.front().frame;
  info.distinct = true;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    info.first_frame = std::min(info.first_frame, entry.frame);
    info.last_frame = std::max(info.last_frame, entry.frame);
    if (entry.missing()) ++info.gaps;
    if (i > 0 && entry.source_time == entries[i - 1].source_time) info.distinct = false;
    info.summary.add(entry.value, entry.quality);
  }
  return info;
}

EncodedSeries encode_series(std::span<const Entry> entries) {
  std::vector<ChunkInfo> infos;
  std::string chunks;
  while (!entries.empty()) {
    const auto part = entries.first(next_chunk(entries));
    entries = entries.subspan(part.size());
    const auto bytes = encode_chunk(part);
    infos.push_back(describe_chunk(part));
    infos.back().size = bytes.size();
    chunks += bytes;
  }
  ByteWriter heads;
  heads.varint(infos.size());
  Timestamp before_it;
  for (const auto& info : infos) {
    write_head(heads, info, before_it);
    before_it = info.last;
  }
  auto bytes = sealed(heads.take());
  const auto heads_size = bytes.size();
  return {std::move(bytes) + chunks, heads_size};
}

std::vector<ChunkInfo> decode_heads(std::string_view heads) {
  ByteReader in(unsealed(heads));
  std::vector<ChunkInfo> infos(in.count(8));
  Timestamp before_it;
  std::size_t offset = heads.size();
  for (auto& info : infos) {
    info = read_head(in, before_it);
    info.offset = offset;
    offset += info.size;
    before_it = info.last;
    if (!in.ok()) return {};
  }
  return in.finished() ? infos : std::vector<ChunkInfo>();
}

std::span<const Entry> ChunkDecoder::decode(std::string_view bytes, const ChunkInfo& info) {
  return decode_until(bytes, info, Timestamp::max()).value_or(std::span<const Entry>());
}

std::optional<std::span<const Entry>> ChunkDecoder::decode_until(std::string_view bytes,
                                                                 const ChunkInfo& info,
                                                                 Timestamp at) {
  ByteReader in(unsealed(bytes));
  times_.resize(info.count);
  read_column(in, std::span(times_));
  if (!in.ok() || times_.front() != info.first.ns || times_.back() != info.last.ns)
    return std::nullopt;
  if (!std::is_sorted(times_.begin(), times_.end())) return std::nullopt;

  const auto count = static_cast<std::size_t>(
      std::upper_bound(times_.begin(), times_.end(), at.ns) - times_.begin());
  for (auto* column : {&frames_, &qualities_}) {
    column->resize(count);
    read_column(in, *column, info.count);
  }
  values_.resize(count);
  read_values(in, values_, info.count, scratch_);
  if (!in.finished()) return std::nullopt;

  entries_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto quality = unpacked(qualities_[i]);
    if (!quality || frames_[i] < info.first_frame || frames_[i] > info.last_frame)
      return std::nullopt;
    entries_[i] = {{times_[i]}, values_[i], static_cast<std::uint32_t>(frames_[i]), *quality};
  }
  return entries_;
}

}  // namespace gemel::history::detail
