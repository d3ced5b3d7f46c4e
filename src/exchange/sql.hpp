#pragma once
// SQL over a history, by DuckDB, read only.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "exchange/export.hpp"

namespace gemel::exchange {

/// What a statement may be asked of. Tables:
///   samples  signal, source_time, known_at, value (NULL where missing), unit, quality, grade
///   latest   the same columns, what is believed of each signal at the end of the range
///   signals  signal, role, unit, description, states
///   events   known_at, kind, details (JSON)
/// `samples(from_time := …, until_time := …, known_at := …, signals := 'a.*, b')` narrows what is
/// read; a WHERE alone does not, because DuckDB's C interface hands no filters down.
struct SqlRequest {
  std::string statement = {};          // one SELECT (or DESCRIBE, SUMMARIZE, EXPLAIN …)
  std::vector<SignalId> signals = {};  // of samples; empty: all
  TimeRange range = {};                // of source times, and for events of known_at
  Timestamp known_at = Timestamp::max();
  std::string memory_max =
      "1GB";  // as DuckDB writes sizes; what needs more goes to a scratch folder
};

struct SqlTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // nothing: NULL
  bool more = false;                                          // there were more than rows_max
};

/// The first `rows_max` rows as text. Errors: Unsupported (no DuckDB), InvalidInput (what DuckDB
/// says of the statement, with its place), Capacity (memory), Cancelled, those of the history.
Result<SqlTable> query(const HistoryReader& history, const Plant& plant, const SqlRequest& request,
                       std::size_t rows_max, std::stop_token stop = {});

enum class FileFormat : std::uint8_t { Csv, Json, Parquet };

/// All rows, streamed into a file that appears whole or not at all, or to /dev/stdout. JSON is one
/// object a line. Returns how many. Errors: as query(), and those of the disk.
Result<std::uint64_t> query_to_file(const HistoryReader& history, const Plant& plant,
                                    const SqlRequest& request, const std::filesystem::path& path,
                                    FileFormat format, std::stop_token stop = {});

}  // namespace gemel::exchange
