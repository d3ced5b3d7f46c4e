#pragma once
// What is to be exported, as rows of CSV, in a fixed amount of memory.

#include "exchange/export.hpp"

namespace gemel::exchange::detail {

enum class TimeStyle : std::uint8_t { Iso, Nanoseconds };

/// Calls `write` with pieces of text. Rows written.
using WriteText = std::function<Result<void>(std::string_view)>;
Result<std::uint64_t> write_rows(const HistoryReader& history, const Plant& plant,
                                 const ExportRequest& request, TimeStyle style,
                                 const WriteText& write, const Progress& progress,
                                 std::stop_token stop);

/// `signals`, or all of the plant. Errors: InvalidInput (a number that the plant has not, an empty
/// range).
Result<std::vector<SignalId>> signals_of(const ExportRequest& request, const Plant& plant);

}  // namespace gemel::exchange::detail
