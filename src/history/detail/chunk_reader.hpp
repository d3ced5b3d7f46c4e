#pragma once
// Reads chunks of segments, and neighbours at once.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "history/detail/segment.hpp"

namespace gemel::history::detail {

/// The bytes of one group's chunks. They are mostly asked for in the order in which they stand, so
/// some are read ahead, but no more than stay in the processor's cache.
class ChunkBytes {
 public:
  explicit ChunkBytes(const Group& group) : group_(group) {}

  /// Whoever wants chunk after chunk up to `ahead`, counted as the chunk's offset is, says so.
  /// Valid until the next call.
  Result<std::string_view> of(const ChunkInfo& chunk, std::uint64_t ahead = 0);

 private:
  Group group_;
  std::unique_ptr<char[]> buffer_;
  std::uint64_t room_ = 0;
  std::uint64_t begin_ = 0, end_ = 0;  // of what it holds
};

/// A chunk of some segment.
struct PlacedChunk {
  std::shared_ptr<const Segment> segment;
  std::uint32_t group = 0;
  std::uint32_t series = 0;
  ChunkInfo head;
  std::uint64_t ahead = 0;  // up to where the chunks are wanted that follow it
};

/// Errors: Corruption naming file, byte and times; those of the disk. Results are valid until the
/// next call. Threads: one.
class ChunkReader {
 public:
  /// In columns, of a chunk with distinct source times.
  Result<Stretch> stretch(const PlacedChunk& chunk);
  Result<std::span<const Entry>> entries(const PlacedChunk& chunk);
  /// known_at of its frames, from its first to its last.
  Result<std::span<const Timestamp>> known(const PlacedChunk& chunk);

 private:
  /// Of as many groups bytes are kept that were read ahead.
  static constexpr std::size_t kGroupsAhead = 32;

  struct OfGroup {
    std::shared_ptr<const Segment> segment;
    ChunkBytes bytes;
  };

  Result<std::string_view> bytes_of(const PlacedChunk& chunk);
  Frames& frames_of(const PlacedChunk& chunk);
  static Error broken(const PlacedChunk& chunk, const Error& error);

  ChunkDecoder decoder_;
  std::map<std::pair<const Segment*, std::uint32_t>, OfGroup> read_ahead_;
  std::vector<char> bytes_;
  // Of the group last asked for: neighbouring chunks are mostly of one.
  std::optional<Frames> frames_;
  std::shared_ptr<const Segment> framed_segment_;
  std::uint32_t framed_group_ = 0;
};

}  // namespace gemel::history::detail
