#pragma once
// Copies of a history, made while it is written, and back.

#include <filesystem>
#include <stop_token>

#include "base/result.hpp"
#include "history/file_history.hpp"

namespace gemel::history {

struct Copied {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;         // copied now
  std::uint64_t bytes_before = 0;  // found in the target already, from an earlier backup
  Timestamp last_known_at = Timestamp::min();  // of the newest frame in the copy
};

/// Copies the history of `directory` to `target`, which holds it as of one moment afterwards: all
/// frames up to that moment and none after it, whoever writes meanwhile. A second backup to the
/// same target copies only what is new. Stopped or cut off, it is simply made again. The copy is
/// opened and read like any history. Errors: NotFound (no history there), InvalidInput (the target
/// is the history itself, or holds another one), Cancelled, Unavailable, Corruption (the copy does
/// not read back).
Result<Copied> backup(const std::filesystem::path& directory, const std::filesystem::path& target,
                      const Progress& progress = {}, std::stop_token stop = {},
                      FileSystem* files = nullptr);

/// Makes the history at `directory`, which must not hold one, from a backup. The backup is verified
/// first; damage is refused unless `damaged_too`. Errors: as above, Conflict (a history is there).
Result<Copied> restore(const std::filesystem::path& backup, const std::filesystem::path& directory,
                       bool damaged_too = false, const Progress& progress = {},
                       std::stop_token stop = {}, FileSystem* files = nullptr);

}  // namespace gemel::history
