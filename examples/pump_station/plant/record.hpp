// The station's past, written faster than it could have happened.
#pragma once

#include "options.hpp"
#include "result.hpp"

namespace riverside {

/// Writes the CSV file, and the state at its end if asked for. `now` stands in for --until now.
/// Returns the number of rows.  Errors: the script is wrong; a file cannot be written.
Result<std::size_t> record(const RecordOptions& options, EpochMs now);

}  // namespace riverside
