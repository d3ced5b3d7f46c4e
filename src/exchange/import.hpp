#pragma once
// Reads files of other programs, and our own exports, into a history.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::exchange {

enum class FileKind : std::uint8_t { ByEnding, Csv, Parquet };

enum class TimeFormat : std::uint8_t {
  Auto,  // ISO 8601, or a number since 1970 whose unit is told by its size
  Iso,
  Seconds,  // since 1970, fractions allowed
  Milliseconds,
  Microseconds,
  Nanoseconds,
};

/// What a column of the file holds: a signal, by path or by an ending that only one has, or a role:
/// @time, @signal, @value, @quality, @known_at, @unit, @skip.
struct ColumnMeaning {
  std::string column;
  std::string meaning;
};

struct ImportRequest {
  std::filesystem::path path = {};
  FileKind kind = FileKind::ByEnding;
  std::vector<ColumnMeaning> map = {};  // of the columns whose names do not tell
  char separator = 0;                   // of CSV; 0: found out from the header
  TimeFormat time_format = TimeFormat::Auto;
  bool skip_unknown = false;  // leave out what belongs to no signal of the plant
  bool known_now = false;     // do not look at the file's known_at
  std::size_t frame_samples = 100'000;
  std::filesystem::path scratch = {};  // folder for what memory does not hold; empty: the system's
};

struct ImportReport {
  std::uint64_t rows = 0;        // of the file
  std::uint64_t samples = 0;     // added
  std::uint64_t duplicates = 0;  // already there, or twice in the file
  std::uint64_t skipped = 0;     // of signals that the plant has not
  std::uint64_t frames = 0;
  /// True: frames were made again as they were, with the file's known_at. False: everything is
  /// known since the import.
  bool as_they_were = false;
  std::vector<std::string> unknown;  // names that no signal has; the first 1,000
};

struct ImportProgress {
  bool writing = false;  // first the whole file is read and checked, then written
  double done = 0.0;     // 0 … 1, of reading or writing
  std::uint64_t samples = 0;
};
using WatchImport = std::function<void(const ImportProgress&)>;

/// Layouts: long (columns time, signal, value and, if there, quality, known_at and unit, as
/// export_csv writes them) or wide (a time column and one for each signal).
///
/// Nothing is written before the whole file has been read without an error; then samples go in
/// sorted by time, in frames of `frame_samples`, without what the history holds already. When the
/// file tells a known_at for every sample, later than whatever the history holds beyond what the
/// file repeats, the frames are made again with those. Otherwise known_at is the present.
///
/// Units: each signal's declared unit; a column `unit` is held against it. Limits: memory for 2
/// million samples; more are sorted in `scratch`, 32 bytes each. A frame that is made again has at
/// most 1 million samples. Errors: NotFound (file, column, unknown signals, all of them listed),
/// InvalidInput (file:line:column: value and remedy), Cancelled (stop: the message says how to go
/// on), Unsupported (Parquet without DuckDB), those of the history and the disk.
Result<ImportReport> import_file(History& history, const Plant& plant, const Clock& clock,
                                 const ImportRequest& request, const WatchImport& watch = {},
                                 std::stop_token stop = {});

}  // namespace gemel::exchange
