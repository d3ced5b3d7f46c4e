#pragma once
// The write-ahead log: frames one after the other, each whole or not at all.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "history/detail/entry.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

/// A damaged length can't ask for endless memory.
inline constexpr std::size_t kFrameSamplesMax = 1u << 22;

void encode_frame(ByteWriter& out, const SeriesFrame& frame);
/// Empty when the bytes are no frame.
std::optional<SeriesFrame> decode_frame(std::string_view bytes);

/// Takes frames in. Threads: one.
class WalWriter {
 public:
  /// Goes on at `length`, what recovery found whole; makes the file when length is 0.
  static Result<std::unique_ptr<WalWriter>> open(FileSystem& files,
                                                 const std::filesystem::path& directory,
                                                 std::uint32_t number, std::uint64_t length);

  /// On error the log is as it was. Errors: Unavailable.
  Result<void> append(const SeriesFrame& frame, bool durable);
  Result<void> sync();
  std::uint64_t size() const { return size_; }

 private:
  WalWriter(std::unique_ptr<WritableFile> file, std::uint32_t number, std::uint64_t size)
      : file_(std::move(file)), number_(number), size_(size), durable_size_(size) {}
  Result<void> restore();

  std::unique_ptr<WritableFile> file_;
  std::uint32_t number_;
  std::uint64_t size_;          // of whole frames
  std::uint64_t durable_size_;  // of these, how much the disk has promised to keep
  std::string unsynced_;        // the bytes between the two
  bool doubtful_ = false;       // the file may differ from what we think is in it
};

/// What a log holds.
struct WalContents {
  std::uint64_t length = 0;  // up to the end of the last whole frame
  bool torn = false;         // there is more after it
  struct Hole {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  std::vector<Hole> holes;  // damaged stretches that whole frames follow
};

/// Calls `take` for every whole frame. Errors: Unsupported (written by a newer version).
Result<WalContents> read_wal(std::string_view bytes, std::uint32_t number,
                             const std::function<void(SeriesFrame)>& take);

}  // namespace gemel::history::detail
