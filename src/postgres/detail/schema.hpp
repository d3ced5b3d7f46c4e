#pragma once
// The tables of one history and what is read from them once, at the start. docs/formats/postgres.md
// describes them.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "postgres/detail/connection.hpp"

namespace gemel::postgres::detail {

inline constexpr int kSchemaVersion = 1;

/// Makes the schema and its tables where they are missing; of TimescaleDB where the database has
/// that extension. Errors: Unsupported (made by a newer version, or the database is not in UTF-8).
Result<void> prepare(Connection& connection, const std::string& schema);

/// Settings of a session that reads and writes the tables. Errors: NotFound when the schema is not
/// there.
Result<void> enter(Connection& connection, const std::string& schema, bool read_only);

/// Numbers in the database, one for each signal of the plant; adds those that are missing.
Result<std::vector<std::int32_t>> number_signals(Connection& connection, const Plant& plant);
/// The same without adding: 0, which no signal has, where one is missing.
Result<std::vector<std::int32_t>> find_signals(Connection& connection, const Plant& plant);

/// Every path that was ever recorded, in the order of their numbers.
Result<std::vector<std::string>> recorded_paths(Connection& connection);

/// Samples, events and the newest frame's known_at; the rest at its defaults.
Result<HistoryStatus> read_totals(Connection& connection);

/// What the tables take on the server's disk.
Result<std::uint64_t> bytes_on_disk(Connection& connection);

}  // namespace gemel::postgres::detail
