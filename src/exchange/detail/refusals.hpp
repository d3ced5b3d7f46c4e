#pragma once
// What CSV and Parquet refuse alike, in the same words.

#include <string>

#include "base/result.hpp"

namespace gemel::exchange::detail {

inline Error export_stopped() {
  return {ErrorCode::Cancelled, "the export was stopped; nothing was left behind"};
}

inline Error too_many_rows(std::uint64_t most) {
  return {ErrorCode::Capacity, "more than " + std::to_string(most) +
                                   " rows; ask for a shorter range, for fewer signals or for means "
                                   "over some time, or use `gemel history export`"};
}

}  // namespace gemel::exchange::detail
