#pragma once
// DuckDB, opened when it is needed.

#include <memory>
#include <string>

#include "base/result.hpp"

namespace gemel::exchange::detail {

/// Runs one SQL statement in a database in memory. Errors: Unsupported (no DuckDB library),
/// Unavailable (it refused).
Result<void> run_in_duckdb(const std::string& sql);

/// 'it''s' for it's.
std::string sql_text(std::string_view text);

}  // namespace gemel::exchange::detail
