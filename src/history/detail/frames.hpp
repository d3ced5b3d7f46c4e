#pragma once
// The frames of a group: when each was known, and which source times had been reached by then. The
// second tells which frame a sample most likely came in, so that chunks store only the exceptions.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "history/detail/entry.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

inline constexpr std::size_t kFramesPerBlock = 1024;

/// Both columns in blocks of kFramesPerBlock.
struct EncodedFrames {
  std::string bytes;
  std::vector<std::int64_t> first_known;  // of each block
  std::vector<std::int64_t> sizes;        // of each block
};
/// Shapes: `known` and `reached` of one length; both grow, the second not strictly.
EncodedFrames encode_frames(std::span<const Timestamp> known, std::span<const Timestamp> reached);

/// The frame that a sample of `time` is taken to have come in, among those from `first` to `last`:
/// the first by which its source time had been reached. `from` is where to look from, at or before
/// it. Shapes: `reached` begins with frame `first`.
std::uint32_t likely_frame(std::span<const Timestamp> reached, std::uint32_t first,
                           std::uint32_t from, Timestamp time);

/// The same, looked for around a guess, which may be any frame.
std::uint32_t likely_frame_near(std::span<const Timestamp> reached, std::uint32_t first,
                                std::uint32_t guess, Timestamp time);

/// Where the blocks of a group's frames are.
struct FramePlaces {
  std::uint64_t offset = 0;  // of the first block in the file
  std::vector<std::int64_t> first_known;
  std::vector<std::int64_t> ends;  // of each block, from `offset`
};

/// The frames of one group, block by block as they are asked for. Threads: one.
class Frames {
 public:
  Frames(const ReadableFile& file, const FramePlaces& places, std::size_t count);

  /// How many frames were known by then. Errors: Corruption and those of the disk, for all members.
  Result<std::uint32_t> known_by(Timestamp known_at);
  Result<Timestamp> known_at(std::uint32_t frame);
  /// reached, from `first` to `last`. Lifetime: as long as this. last < count.
  Result<std::span<const Timestamp>> reached(std::uint32_t first, std::uint32_t last);
  /// The same of known.
  Result<std::span<const Timestamp>> known(std::uint32_t first, std::uint32_t last);
  /// known, of one whole block.
  Result<std::span<const Timestamp>> known_of_block(std::size_t block);

 private:
  Result<void> load(std::size_t block);
  Result<void> load(std::uint32_t first, std::uint32_t last);
  std::size_t in_block(std::size_t block) const;

  const ReadableFile& file_;
  const FramePlaces& places_;
  std::size_t count_;
  // As long as the group has frames, and touched only where a block was loaded.
  std::unique_ptr<Timestamp[]> known_, reached_;
  std::vector<char> loaded_;
};

}  // namespace gemel::history::detail
