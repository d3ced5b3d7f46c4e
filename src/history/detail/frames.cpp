#include "history/detail/frames.hpp"

#include <algorithm>

#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"

namespace gemel::history::detail {
namespace {

void write_times(ByteWriter& out, std::span<const Timestamp> times) {
  std::vector<std::int64_t> column;
  column.reserve(times.size());
  for (const auto time : times) column.push_back(time.ns);
  write_column(out, column);
}

bool read_times(ByteReader& in, std::span<Timestamp> times) {
  static_assert(sizeof(Timestamp) == sizeof(std::int64_t));
  std::vector<std::int64_t> column(times.size());
  read_column(in, column);
  for (std::size_t i = 0; i < times.size(); ++i) times[i] = {column[i]};
  return in.ok() && std::is_sorted(times.begin(), times.end());
}

}  // namespace

EncodedFrames encode_frames(std::span<const Timestamp> known, std::span<const Timestamp> reached) {
  EncodedFrames encoded;
  for (std::size_t i = 0; i < known.size(); i += kFramesPerBlock) {
    const auto count = std::min(kFramesPerBlock, known.size() - i);
    ByteWriter block;
    write_times(block, known.subspan(i, count));
    write_times(block, reached.subspan(i, count));
    const auto bytes = sealed(block.take());
    encoded.first_known.push_back(known[i].ns);
    encoded.sizes.push_back(static_cast<std::int64_t>(bytes.size()));
    encoded.bytes += bytes;
  }
  return encoded;
}

std::uint32_t likely_frame(std::span<const Timestamp> reached, std::uint32_t first,
                           std::uint32_t from, Timestamp time) {
  // Mostly it is the next or the one after; otherwise strides that double find the stretch to
  // search.
  std::size_t low = from - first;
  std::size_t stride = 1;
  const auto last = reached.size() - 1;
  while (low + stride < last && reached[low + stride - 1] < time) {
    low += stride;
    stride *= 2;
  }
  const auto high = std::min(last, low + stride);
  const auto found = std::lower_bound(reached.begin() + static_cast<std::ptrdiff_t>(low),
                                      reached.begin() + static_cast<std::ptrdiff_t>(high), time);
  return first + static_cast<std::uint32_t>(found - reached.begin());
}

std::uint32_t likely_frame_near(std::span<const Timestamp> reached, std::uint32_t first,
                                std::uint32_t guess, Timestamp time) {
  auto near = guess > first ? std::min<std::size_t>(guess - first, reached.size()) : 0;
  if (near > 0) --near;
  const bool is_later = near == 0 || reached[near - 1] < time;
  return likely_frame(reached, first, is_later ? first + static_cast<std::uint32_t>(near) : first,
                      time);
}

Frames::Frames(const ReadableFile& file, const FramePlaces& places, std::size_t count)
    : file_(file), places_(places), count_(count), loaded_(places.ends.size()) {}

std::size_t Frames::in_block(std::size_t block) const {
  return std::min(kFramesPerBlock, count_ - block * kFramesPerBlock);
}

Result<void> Frames::load(std::size_t block) {
  if (loaded_[block]) return {};
  if (!known_) {
    known_ = std::make_unique_for_overwrite<Timestamp[]>(count_);
    reached_ = std::make_unique_for_overwrite<Timestamp[]>(count_);
  }
  const auto begin = static_cast<std::uint64_t>(block == 0 ? 0 : places_.ends[block - 1]);
  const auto offset = places_.offset + begin;
  GEMEL_ASSIGN(const auto bytes,
               file_.read(offset, static_cast<std::uint64_t>(places_.ends[block]) - begin));
  ByteReader in(unsealed(bytes));
  const auto at = block * kFramesPerBlock;
  const bool sound = read_times(in, {&known_[at], in_block(block)}) &&
                     read_times(in, {&reached_[at], in_block(block)});
  if (!sound || !in.finished()) {
    return {ErrorCode::Corruption,
            "damaged at byte " + std::to_string(offset) + ": the times of its frames"};
  }
  loaded_[block] = 1;
  return {};
}

Result<void> Frames::load(std::uint32_t first, std::uint32_t last) {
  for (std::size_t block = first / kFramesPerBlock; block <= last / kFramesPerBlock; ++block)
    GEMEL_TRY(load(block));
  return {};
}

Result<std::uint32_t> Frames::known_by(Timestamp known_at) {
  const auto& first = places_.first_known;
  const auto after = std::upper_bound(first.begin(), first.end(), known_at.ns);
  if (after == first.begin()) return 0u;
  const auto block = static_cast<std::size_t>(after - first.begin()) - 1;
  GEMEL_ASSIGN(const auto known, known_of_block(block));
  const auto inside = std::upper_bound(known.begin(), known.end(), known_at) - known.begin();
  return static_cast<std::uint32_t>(block * kFramesPerBlock + static_cast<std::size_t>(inside));
}

Result<Timestamp> Frames::known_at(std::uint32_t frame) {
  GEMEL_TRY(load(frame / kFramesPerBlock));
  return known_[frame];
}

Result<std::span<const Timestamp>> Frames::reached(std::uint32_t first, std::uint32_t last) {
  GEMEL_TRY(load(first, last));
  return std::span<const Timestamp>(&reached_[first], last - first + 1);
}

Result<std::span<const Timestamp>> Frames::known(std::uint32_t first, std::uint32_t last) {
  GEMEL_TRY(load(first, last));
  return std::span<const Timestamp>(&known_[first], last - first + 1);
}

Result<std::span<const Timestamp>> Frames::known_of_block(std::size_t block) {
  GEMEL_TRY(load(block));
  return std::span<const Timestamp>(&known_[block * kFramesPerBlock], in_block(block));
}

}  // namespace gemel::history::detail
