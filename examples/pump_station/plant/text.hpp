// Times, durations and numbers as people write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "surroundings.hpp"

namespace riverside {

/// "1500", "0.8".  Errors: anything after the number, nothing before it, infinities.
Result<double> parse_number(std::string_view text);

/// "500ms", "20s", "5min", "1h", "2d", in milliseconds.
Result<EpochMs> parse_duration_ms(std::string_view text);

/// "2024-05-01T12:00:00Z", with or without a fraction; UTC only.
Result<EpochMs> parse_iso_time(std::string_view text);

/// "2024-05-01T12:00:00.000Z"
std::string format_iso_time(EpochMs time);

/// The words of a line, split at blanks.
std::vector<std::string_view> split_words(std::string_view line);

}  // namespace riverside
