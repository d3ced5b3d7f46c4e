#include "history/detail/wal.hpp"

#include <algorithm>
#include <cstring>

#include "history/detail/checksum.hpp"
#include "history/detail/event_codec.hpp"
#include "history/detail/names.hpp"
#include "history/detail/plain_columns.hpp"

namespace gemel::history::detail {
namespace {

constexpr std::string_view kMagic = "GEMELWAL";
constexpr std::uint32_t kVersion = 2;
constexpr std::string_view kFrameMark = "\xf7GmF";
constexpr std::size_t kHeaderBytes = kMagic.size() + 2 * sizeof(std::uint32_t);
constexpr std::size_t kFrameHead =
    4 + sizeof(std::uint32_t) + sizeof(std::uint64_t);  // mark, length, checksum

std::string header_of(std::uint32_t number) {
  ByteWriter out;
  out.raw(kMagic);
  out.fixed(kVersion);
  out.fixed(number);
  return out.take();
}

/// Where a frame stands is part of its checksum: no older copy of a frame elsewhere is taken for
/// one.
std::uint64_t seed_of(std::uint32_t number, std::uint64_t offset) {
  return (static_cast<std::uint64_t>(number) << 40) ^ offset;
}

/// Gives the frame, which stands behind kFrameHead bytes of room, its head.
void put_head(std::string& framed, std::uint32_t number, std::uint64_t offset) {
  const auto payload = std::string_view(framed).substr(kFrameHead);
  ByteWriter head;
  head.raw(kFrameMark);
  head.fixed(static_cast<std::uint32_t>(payload.size()));
  head.fixed(checksum(payload, seed_of(number, offset)));
  std::copy(head.bytes().begin(), head.bytes().end(), framed.begin());
}

/// The payload of the frame at `offset`; empty when no whole one is there.
std::optional<std::string_view> frame_at(std::string_view bytes, std::uint64_t offset,
                                         std::uint32_t number) {
  ByteReader in(bytes.substr(offset));
  if (in.raw(kFrameMark.size()) != kFrameMark) return std::nullopt;
  const auto length = in.fixed<std::uint32_t>();
  const auto expected = in.fixed<std::uint64_t>();
  const auto payload = in.raw(length);
  if (!in.ok() || !checksum_matches(payload, expected, seed_of(number, offset)))
    return std::nullopt;
  return payload;
}

/// Where the next whole frame stands, or the end.
std::uint64_t next_frame(std::string_view bytes, std::uint64_t from, std::uint32_t number) {
  for (auto at = bytes.find(kFrameMark, from); at != std::string_view::npos;
       at = bytes.find(kFrameMark, at + 1)) {
    if (frame_at(bytes, at, number)) return at;
  }
  return bytes.size();
}

Result<void> check_version(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.raw(kMagic.size()) != kMagic)
    return {};  // damaged or torn; the frames speak for themselves
  const auto version = in.fixed<std::uint32_t>();
  if (!in.ok() || version == kVersion) return {};
  return {ErrorCode::Unsupported, "this log is of version " + std::to_string(version) +
                                      ", this gemel reads version " + std::to_string(kVersion) +
                                      "; open it with the gemel that wrote it"};
}

}  // namespace

void encode_frame(ByteWriter& out, const SeriesFrame& frame) {
  const auto n = frame.samples.size();
  out.reserve(out.size() + 64 + n * 12);
  out.signed_varint(frame.known_at.ns);
  out.varint(n);
  thread_local std::vector<std::int64_t> numbers;
  thread_local std::vector<double> values;
  const auto write = [&](auto&& number_of) {
    numbers.resize(n);
    for (std::size_t i = 0; i < n; ++i) numbers[i] = number_of(frame.samples[i]);
    write_plain(out, std::span<const std::int64_t>(numbers));
  };
  write([](const SeriesSample& s) { return std::int64_t{s.series.index}; });
  write([&](const SeriesSample& s) { return lag(frame.known_at, s.source_time); });
  write([](const SeriesSample& s) { return packed(s.quality); });
  values.resize(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = frame.samples[i].value;
  write_plain(out, std::span<const double>(values));
  out.varint(frame.events.size());
  for (const auto& event : frame.events) write_event(out, event);
}

std::optional<SeriesFrame> decode_frame(std::string_view bytes) {
  ByteReader in(bytes);
  SeriesFrame frame;
  frame.known_at.ns = in.signed_varint();
  const auto count = in.varint();
  if (count > kFrameSamplesMax) in.fail();
  if (!in.ok()) return std::nullopt;
  std::vector<std::int64_t> series(count), lags(count), qualities(count);
  std::vector<double> values(count);
  for (auto* column : {&series, &lags, &qualities}) read_plain(in, std::span(*column));
  read_plain(in, std::span(values));
  if (!in.ok()) return std::nullopt;
  frame.samples.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto quality = unpacked(qualities[i]);
    if (!quality || series[i] < 0 || series[i] >= UINT32_MAX) return std::nullopt;
    frame.samples.push_back({{static_cast<std::uint32_t>(series[i])},
                             before(frame.known_at, lags[i]),
                             values[i],
                             *quality});
  }
  const auto events = in.count();
  for (std::size_t i = 0; i < events; ++i) {
    auto event = read_event(in);
    if (!event) return std::nullopt;
    frame.events.push_back(std::move(*event));
  }
  if (!in.finished()) return std::nullopt;
  return frame;
}

Result<std::unique_ptr<WalWriter>> WalWriter::open(FileSystem& files,
                                                   const std::filesystem::path& directory,
                                                   std::uint32_t number, std::uint64_t length) {
  GEMEL_ASSIGN(auto file, files.open_to_append(directory / wal_name(number)));
  GEMEL_ASSIGN(const auto size, file->size());
  if (length < kHeaderBytes) {
    GEMEL_TRY(file->truncate(0));
    GEMEL_TRY(file->append(header_of(number)));
    length = kHeaderBytes;
  } else if (size > length) {
    GEMEL_TRY(file->truncate(length));
  }
  // What a crash left in the page cache counts as whole only once it is on the disk.
  GEMEL_TRY(file->sync());
  GEMEL_TRY(files.sync_directory(directory));
  return {std::unique_ptr<WalWriter>(new WalWriter(std::move(file), number, length))};
}

Result<void> WalWriter::restore() {
  if (!doubtful_) return {};
  // After a failed sync the kernel may have dropped pages and still call them clean: write them
  // anew.
  GEMEL_TRY(file_->truncate(durable_size_));
  GEMEL_TRY(file_->append(unsynced_));
  doubtful_ = false;
  return {};
}

Result<void> WalWriter::append(const SeriesFrame& frame, bool durable) {
  GEMEL_TRY(restore());
  ByteWriter out;
  out.raw(std::string(kFrameHead, '\0'));
  out.varint(size_ - durable_size_);
  encode_frame(out, frame);
  auto bytes = out.take();
  put_head(bytes, number_, size_);
  if (auto written = file_->append(bytes); !written) {
    doubtful_ = true;
    return written.error();
  }
  const auto before_frame = unsynced_.size();
  unsynced_ += bytes;
  size_ += bytes.size();
  if (!durable) return {};
  if (auto synced = sync(); !synced) {
    unsynced_.resize(before_frame);
    size_ -= bytes.size();
    return synced.error();
  }
  return {};
}

Result<void> WalWriter::sync() {
  GEMEL_TRY(restore());
  if (auto synced = file_->sync(); !synced) {
    doubtful_ = true;
    return synced.error();
  }
  durable_size_ = size_;
  unsynced_.clear();
  return {};
}

Result<WalContents> read_wal(std::string_view bytes, std::uint32_t number,
                             const std::function<void(SeriesFrame)>& take) {
  GEMEL_TRY(check_version(bytes));
  WalContents contents;
  std::uint64_t at = std::min(bytes.size(), kHeaderBytes);
  contents.length = at;
  while (at < bytes.size()) {
    const auto payload = frame_at(bytes, at, number);
    ByteReader in(payload.value_or(""));
    const auto unsynced = in.varint();
    auto frame = in.ok() ? decode_frame(in.raw(in.left())) : std::nullopt;
    if (!frame) {
      at = next_frame(bytes, at + 1, number);
      continue;
    }
    if (at > contents.length) {
      // A crash may keep a late frame and lose an earlier one, as long as none of them was durable.
      // Then the log ends where the first is missing. Had that one been durable, it was damaged
      // afterwards, and the rest counts.
      if (at - std::min(at, unsynced) <= contents.length) break;
      contents.holes.push_back({contents.length, at - contents.length});
    }
    at += kFrameHead + payload->size();
    contents.length = at;
    take(std::move(*frame));
  }
  const bool header_is_whole = bytes.substr(0, kHeaderBytes) == header_of(number);
  if (!header_is_whole && contents.length > kHeaderBytes)
    contents.holes.push_back({0, kHeaderBytes});
  if (!header_is_whole && contents.length <= kHeaderBytes)
    contents.length = 0;  // a crash came while it was made
  contents.torn = contents.length < bytes.size();
  return contents;
}

}  // namespace gemel::history::detail
