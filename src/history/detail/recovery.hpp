#pragma once
// What a directory holds when it is opened: the sealed segments, and the frames of the logs that
// are not sealed yet.

#include <vector>

#include "history/detail/sealed.hpp"
#include "history/detail/tail.hpp"
#include "history/detail/wal.hpp"

namespace gemel::history::detail {

struct Inventory {
  std::vector<std::uint32_t> logs;         // numbers of those that are not sealed, in order
  std::vector<std::uint32_t> sealed_logs;  // a crash came between sealing them and removing them
  std::vector<std::string> leftovers;      // half written, or merged into a larger segment
  SealedSegments segments;                 // those that count, oldest first
};

/// Errors: Unavailable, Unsupported, NotFound (no such directory). What is damaged is marked lost
/// and told in the log.
Result<Inventory> take_inventory(FileSystem& files, const std::filesystem::path& directory);

struct Replayed {
  LogRange logs{1, 1};            // whose frames are in the tail; the last goes on
  std::uint64_t length = 0;       // of what is whole in the last; 0: there is none
  std::uint64_t other_bytes = 0;  // of the logs before it
  bool damaged = false;  // something that had been durable is gone; keep the files for salvage
};

/// Puts the logs' frames into the tail and tells in the log what had to be left out. Errors:
/// Unsupported, Unavailable.
Result<Replayed> replay_logs(FileSystem& files, const std::filesystem::path& directory,
                             const Inventory& inventory, Tail& tail);

}  // namespace gemel::history::detail
