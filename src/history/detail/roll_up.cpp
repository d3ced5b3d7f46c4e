#include "history/detail/roll_up.hpp"

#include <algorithm>

#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/group.hpp"
#include "history/detail/heads.hpp"

namespace gemel::history::detail {
namespace {

/// Also before the epoch.
std::int64_t bucket_of(Timestamp time, Duration width) {
  const auto quotient = time.ns / width.ns;
  return quotient - (time.ns % width.ns < 0 ? 1 : 0);
}

}  // namespace

std::vector<ChunkInfo> roll_up(std::span<const Record> records, Duration width) {
  std::vector<ChunkInfo> buckets;
  std::int64_t open = 0;
  for (const auto& record : records) {
    const auto bucket = bucket_of(record.source_time, width);
    if (buckets.empty() || bucket != open) {
      open = bucket;
      auto& fresh = buckets.emplace_back();
      fresh.first = record.source_time;
      fresh.distinct = true;
    }
    auto& info = buckets.back();
    ++info.count;
    info.last = record.source_time;
    if (record.quality.grade == Grade::Missing) ++info.gaps;
    info.summary.add(record.value, record.quality);
  }
  return buckets;
}

RollUpEncoder::RollUpEncoder(std::span<const Duration> widths) : bytes_(widths.size()) {
  for (const auto width : widths) widths_.push_back({width, {}});
}

void RollUpEncoder::add(std::span<const std::vector<ChunkInfo>> buckets) {
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (!buckets[i].empty()) {
      ByteWriter out;
      out.varint(buckets[i].size());
      write_heads(out, buckets[i]);
      bytes_[i] += sealed(out.take());
    }
    widths_[i].ends.push_back(static_cast<std::int64_t>(bytes_[i].size()));
  }
}

EncodedRollUps RollUpEncoder::finish() {
  EncodedRollUps done;
  for (const auto& bytes : bytes_) done.bytes += bytes;
  done.widths = std::move(widths_);
  return done;
}

void write_roll_up_places(ByteWriter& out, const EncodedRollUps& roll_ups) {
  out.varint(roll_ups.widths.size());
  for (const auto& [width, ends] : roll_ups.widths) {
    out.varint(static_cast<std::uint64_t>(width.ns));
    out.varint(ends.size());
    write_column(out, ends);
  }
}

std::vector<RollUpPlaces> read_roll_up_places(ByteReader& in, Section section) {
  std::vector<RollUpPlaces> all;
  const auto count = in.count(3);
  auto offset = section.offset;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    RollUpPlaces places;
    const auto width = in.varint();
    if (width == 0 || width > static_cast<std::uint64_t>(Duration::days(36'500).ns)) in.fail();
    places.width = {static_cast<std::int64_t>(width)};
    places.offset = offset;
    const auto series = in.varint();
    if (in.ok()) places.ends = read_column(in, series);
    std::int64_t before = 0;
    for (const auto end : places.ends) {
      if (end < before) in.fail();
      before = end;
    }
    offset += static_cast<std::uint64_t>(before);
    if (offset > section.end()) in.fail();
    all.push_back(std::move(places));
  }
  return all;
}

Result<std::vector<ChunkInfo>> read_roll_up(const ReadableFile& file, const RollUpPlaces& places,
                                            std::uint32_t series) {
  if (series >= places.ends.size()) return std::vector<ChunkInfo>();
  const auto begin = static_cast<std::uint64_t>(series == 0 ? 0 : places.ends[series - 1]);
  const auto size = static_cast<std::uint64_t>(places.ends[series]) - begin;
  if (size == 0) return std::vector<ChunkInfo>();
  GEMEL_ASSIGN(const auto bytes, file.read(places.offset + begin, size));
  ByteReader in(unsealed(bytes));
  const auto count = in.varint();
  std::vector<ChunkInfo> buckets;
  read_heads(in, buckets, in.ok() ? count : 0);
  if (!in.finished() || buckets.empty())
    return damaged_at(places.offset + begin, "a roll-up of series " + std::to_string(series));
  return buckets;
}

}  // namespace gemel::history::detail
