#include "history/detail/chunk_reader.hpp"

#include <algorithm>

namespace gemel::history::detail {

Result<std::string_view> ChunkBytes::of(const ChunkInfo& chunk, std::uint64_t ahead) {
  constexpr std::uint64_t kAheadMost = 64 * 1024;
  const auto end = chunk.offset + chunk.size;
  if (chunk.offset < begin_ || end > end_) {
    const auto until = std::min({std::max(end, ahead), std::max(end, chunk.offset + kAheadMost),
                                 group_.info().chunks_size});
    const auto size = until - chunk.offset;
    if (size > room_) {
      buffer_ = std::make_unique_for_overwrite<char[]>(size);
      room_ = size;
    }
    begin_ = end_ = chunk.offset;
    GEMEL_TRY(group_.read_chunks(begin_, {buffer_.get(), static_cast<std::size_t>(size)}));
    end_ = until;
  }
  return std::string_view(buffer_.get() + (chunk.offset - begin_), chunk.size);
}

Result<Stretch> ChunkReader::stretch(const PlacedChunk& chunk) {
  GEMEL_ASSIGN(const auto bytes, bytes_of(chunk));
  auto stretch = decoder_.stretch(bytes, chunk.head);
  if (!stretch) return broken(chunk, stretch.error());
  return stretch;
}

Result<std::span<const Entry>> ChunkReader::entries(const PlacedChunk& chunk) {
  GEMEL_ASSIGN(const auto bytes, bytes_of(chunk));
  auto entries = decoder_.decode(bytes, chunk.head, frames_of(chunk));
  if (!entries) return broken(chunk, entries.error());
  return entries;
}

Result<std::span<const Timestamp>> ChunkReader::known(const PlacedChunk& chunk) {
  auto known = frames_of(chunk).known(chunk.head.first_frame, chunk.head.last_frame);
  if (!known) return broken(chunk, known.error());
  return known;
}

Result<std::string_view> ChunkReader::bytes_of(const PlacedChunk& chunk) {
  const std::pair key(chunk.segment.get(), chunk.group);
  auto found = read_ahead_.find(key);
  const bool others_follow = chunk.ahead > chunk.head.offset + chunk.head.size;
  if (found == read_ahead_.end() && others_follow && read_ahead_.size() < kGroupsAhead) {
    OfGroup group{chunk.segment, ChunkBytes(chunk.segment->group(chunk.group))};
    found = read_ahead_.emplace(key, std::move(group)).first;
  }
  if (found != read_ahead_.end()) {
    auto bytes = found->second.bytes.of(chunk.head, chunk.ahead);
    if (!bytes) return broken(chunk, bytes.error());
    return bytes;
  }
  bytes_.resize(chunk.head.size);
  const auto read = chunk.segment->group(chunk.group).read_chunks(chunk.head.offset, bytes_);
  if (!read) return broken(chunk, read.error());
  return std::string_view(bytes_.data(), bytes_.size());
}

Frames& ChunkReader::frames_of(const PlacedChunk& chunk) {
  if (!frames_ || framed_segment_ != chunk.segment || framed_group_ != chunk.group) {
    frames_.emplace(chunk.segment->group(chunk.group).frames());
    framed_segment_ = chunk.segment;
    framed_group_ = chunk.group;
  }
  return *frames_;
}

Error ChunkReader::broken(const PlacedChunk& chunk, const Error& error) {
  if (error.code != ErrorCode::Corruption) return chunk.segment->within(error);
  const auto& group = chunk.segment->group_info(chunk.group);
  return chunk.segment->within(
      damaged_at(group.chunks_offset() + chunk.head.offset, description(chunk.series, chunk.head)));
}

}  // namespace gemel::history::detail
