#pragma once
// Writes stretches of history to files that other programs read.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::exchange {

enum class Layout : std::uint8_t {
  Long,  // time,signal,value,unit,quality,known_at: one row a record
  Wide,  // time and a column for each signal: one row a source time; empty where a signal has no
         // value then
};

struct ExportRequest {
  std::vector<SignalId> signals = {};  // empty: all of the plant
  TimeRange range = {};                // of source times
  Timestamp known_at = Timestamp::max();
  Duration every = {};  // 0: the records as they are; otherwise their means over so long, with no
                        // known_at, beginning at multiples of it since 1970
  std::filesystem::path path = {};
  Layout layout = Layout::Long;
  std::uint64_t rows_max = UINT64_MAX;
};

/// Called now and then with how much is done, 0 … 1, and the rows written so far.
using Progress = std::function<void(double done, std::uint64_t rows)>;
/// Takes the next piece of a text.
using WriteText = std::function<Result<void>(std::string_view)>;

/// Rows written. The file appears whole or not at all: it is written beside `path` and renamed.
/// Units: each signal's declared unit. Errors: Cancelled (stop was asked for), Capacity (more than
/// rows_max), InvalidInput, those of the history and the disk.
Result<std::uint64_t> export_csv(const HistoryReader& history, const Plant& plant,
                                 const ExportRequest& request, const Progress& progress = {},
                                 std::stop_token stop = {});

/// The same to wherever `write` puts it; `request.path` is not looked at.
Result<std::uint64_t> write_csv(const HistoryReader& history, const Plant& plant,
                                const ExportRequest& request, const WriteText& write,
                                const Progress& progress = {}, std::stop_token stop = {});

/// The same as Parquet (time and known_at as TIMESTAMP_NS), by DuckDB, whose library is looked for
/// when this is called: where GEMEL_DUCKDB points, beside the program, in ../lib, in
/// build/deps/lib. Errors: Unsupported (no DuckDB; the message says how to get it), and those of
/// export_csv.
Result<std::uint64_t> export_parquet(const HistoryReader& history, const Plant& plant,
                                     const ExportRequest& request, const Progress& progress = {},
                                     std::stop_token stop = {});

}  // namespace gemel::exchange
