#pragma once
// The durable history: one directory of a write-ahead log and columnar segments. Every byte is
// described in docs/formats/history.md.

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "history/file_system.hpp"

namespace gemel::history {

/// Who seals, merges and forgets.
enum class Upkeep : std::uint8_t {
  AtCommit,   // commit() does what is due before it returns; for tools and tests
  Elsewhere,  // whoever calls tend(), on a thread of its own; commits don't wait for it
};

/// Retention is the plant's: samples older than their signal's `keep` are forgotten, and the oldest
/// of all beyond `keep_bytes`. Roll-ups and events stay for ever.
struct Options {
  std::filesystem::path directory;  // made if it is not there, unless read_only
  const Plant* plant =
      nullptr;             // maps SignalId to the series of the same path; must outlive the history
  bool read_only = false;  // takes no lock and sees what was there when it was opened
  Duration commit_every = {};  // 0: commit() is durable on return; otherwise sync() makes it so
  Upkeep upkeep = Upkeep::AtCommit;
  /// Kept in memory and the log before they are sealed into a segment. 0: by the number of signals,
  /// between 1.0 and 2.6 million.
  std::uint64_t segment_samples = 0;
  /// Widths of roll-ups, made for segments that span several of them; chunks serve what is finer.
  std::vector<Duration> roll_ups = {Duration::minutes(10), Duration::hours(6)};
  FileSystem* files = nullptr;  // null: real_files(); must outlive the history
};

/// Opens the directory, cutting off what a crash left unfinished at the log's end (the log says
/// so). Errors: Conflict (another process writes to it), Corruption (the catalog is damaged),
/// Unsupported (written by a newer version), Unavailable, NotFound (read_only, and nothing there).
Result<std::unique_ptr<History>> open(const Options& options);

/// A plant of bare signals, one for each path that was ever recorded, to read what the twin file no
/// longer has.
Result<Plant> recorded_signals(const std::filesystem::path& directory, FileSystem* files = nullptr);

struct Damage {
  std::string file;
  std::uint64_t offset = 0;
  std::string what;  // for a person: what is wrong and what it affects
};

struct Verification {
  std::uint64_t segments = 0;
  std::uint64_t frames = 0;
  std::uint64_t samples = 0;
  std::uint64_t events = 0;
  std::vector<Damage> damage;  // empty: every byte is as it was written
};

/// Told how much is done, from 0 to 1.
using Progress = std::function<void(double)>;

/// Reads everything: checksums, decoding, the order of frames, and the hash chain over all sealed
/// events. Errors: NotFound, Unavailable, Cancelled.
Result<Verification> verify(const std::filesystem::path& directory, FileSystem* files = nullptr,
                            const Progress& progress = {}, std::stop_token stop = {});

}  // namespace gemel::history
