#pragma once
// Times as sources write them: ISO 8601 text, or a number since 1970 whose unit is told by its
// size.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace gemel::connectors::payload {

/// A number since 1970-01-01 UTC. Below 1e11 it counts seconds (until the year 5138), below 1e14
/// milliseconds, below 1e17 microseconds, above that nanoseconds. Nothing for what no 64-bit
/// nanoseconds can hold.
std::optional<Timestamp> moment_of(std::int64_t epoch);

/// As above; fractions are kept to the microsecond, which is as far as a double reaches today.
std::optional<Timestamp> moment_of(double epoch);

/// ISO 8601 ("2026-01-31T08:30:00.25+01:00", "2020-03-09 10:14:33"; no zone means UTC) or one of
/// the numbers above.
std::optional<Timestamp> moment_of(std::string_view text);

}  // namespace gemel::connectors::payload
