#pragma once
// A group: all samples of a run of frames, by series, with what was believed after it. Segments are
// made of groups; a rewind reads one or two.

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "core/snapshot.hpp"
#include "history/detail/chunk.hpp"
#include "history/detail/frames.hpp"
#include "history/detail/heads.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

/// What is believed of every series.
using Beliefs = std::vector<Belief>;

/// Series whose heads stand together, so that one series needs few bytes and all need few reads.
inline constexpr std::size_t kSeriesPerBlock = 64;

/// Times that a group, or a segment of them, speaks of.
struct Span {
  Timestamp first_known = Timestamp::max();
  Timestamp last_known = Timestamp::min();
  Timestamp min_source = Timestamp::max();  // max() and min() when there is no sample
  Timestamp max_source = Timestamp::min();
  Timestamp newest_belief = Timestamp::min();  // the latest time that its key frame speaks of

  /// Takes in one that comes after.
  void extend(const Span& later);
  friend bool operator==(const Span&, const Span&) = default;
};

struct GroupInfo {
  Span span;
  std::uint64_t frames = 0;
  std::uint64_t samples = 0;
  std::uint64_t offset = 0;  // in the file; its parts follow one another
  std::uint64_t frames_size = 0;
  std::uint64_t heads_size = 0;
  std::uint64_t chunks_size = 0;
  std::uint64_t keyframe_size = 0;
  FramePlaces frame_places;
  std::vector<std::int64_t> heads_ends;    // of each block of heads, from the first
  std::vector<std::int64_t> chunks_ends;   // of the chunks that each of these blocks speaks of
  std::vector<std::int64_t> chunk_counts;  // how many that are

  std::uint64_t heads_offset() const { return offset + frames_size; }
  std::uint64_t chunks_offset() const { return heads_offset() + heads_size; }
  std::uint64_t keyframe_offset() const { return chunks_offset() + chunks_size; }
  std::uint64_t end() const { return keyframe_offset() + keyframe_size; }
};

/// What goes into a group. Lifetime: of whoever holds the entries.
struct GroupContents {
  std::span<const Timestamp> frames;  // known_at
  std::size_t series_count = 0;
  std::function<std::span<const Entry>(std::uint32_t)> entries;  // of a series, in order
};

struct EncodedGroup {
  std::string bytes;
  GroupInfo info;  // offset 0
};

/// `after` is what is believed once its frames are taken in. Limits: 2^32 - 1 frames.
EncodedGroup encode_group(const GroupContents& contents, const Beliefs& after);

/// The part of a segment's directory that places a group, all but `offset`.
void write_group_info(ByteWriter& out, const GroupInfo& info);
/// On damage `in` fails. What it says fits together and into `room` bytes from `offset` on.
GroupInfo read_group_info(ByteReader& in, std::uint64_t offset, std::uint64_t room);

/// The chunks of up to kSeriesPerBlock series.
struct HeadsBlock {
  std::vector<ChunkInfo> heads;  // series by series; offsets count within the group's chunks
  // Of each series' heads; one more than there are series.
  std::array<std::uint32_t, kSeriesPerBlock + 1> begins{};

  std::span<const ChunkInfo> of(std::size_t series_in_block) const {
    return std::span(heads).subspan(begins[series_in_block],
                                    begins[series_in_block + 1] - begins[series_in_block]);
  }
};

/// Reads one group of an open file. Lifetime: of file and info. Errors: Corruption, naming the byte
/// but not the file. Threads: any.
class Group {
 public:
  Group(const ReadableFile& file, const GroupInfo& info) : file_(&file), info_(&info) {}

  const GroupInfo& info() const { return *info_; }
  Frames frames() const { return {*file_, info_->frame_places, info_->frames}; }

  std::size_t series_blocks() const { return info_->heads_ends.size(); }
  bool has_heads(std::size_t block) const {
    return block < series_blocks() && info_->chunk_counts[block] > 0;
  }
  Result<HeadsBlock> heads(std::size_t block, Summaries summaries = Summaries::All) const;
  /// Those of one series; none when it has no samples here.
  Result<std::vector<ChunkInfo>> heads_of(std::uint32_t series, Summaries summaries) const;
  /// All blocks' bytes at once, and how to read one of them into a HeadsBlock made before.
  Result<std::string> all_heads() const;
  Result<void> read_heads(std::size_t block, std::string_view all, HeadsBlock& into,
                          Summaries summaries) const;

  Result<std::string> chunk_bytes(const ChunkInfo& chunk) const {
    return file_->read(info_->chunks_offset() + chunk.offset, chunk.size);
  }
  /// Any of the bytes of all chunks, from `offset` on.
  Result<void> read_chunks(std::uint64_t offset, std::span<char> into) const {
    return file_->read_into(info_->chunks_offset() + offset, into);
  }
  Result<Beliefs> keyframe() const;

 private:
  struct Block;
  Block block_of(std::size_t number) const;
  Error damage(const Block& block) const;
  bool are_placed(std::span<const ChunkInfo> heads, std::uint64_t chunks_end) const;
  Result<void> decode_heads(const Block& block, std::string_view bytes, HeadsBlock& into,
                            Summaries summaries) const;

  const ReadableFile* file_;
  const GroupInfo* info_;
};

Error damaged_at(std::uint64_t offset, std::string_view what);
/// "samples from … to … of series 7", for a chunk that can't be read.
std::string description(std::uint32_t series, const ChunkInfo& chunk);

}  // namespace gemel::history::detail
