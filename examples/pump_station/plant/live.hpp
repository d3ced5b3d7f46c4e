// The station beside the clock: simulate, publish, obey.
#pragma once

#include <atomic>

#include "options.hpp"
#include "result.hpp"

namespace riverside {

/// Runs until `stop` is set or the time asked for is over.
///
/// If the state file is up to ten minutes old, the missed time is simulated and published at once
/// with its true timestamps, so that no hole is left after a record. If it is up to two days old,
/// the missed time is simulated in silence; older ones only lend their physical state.
///
/// Errors: broker address, script or state file are wrong; the state cannot be written.
Result<void> run_live(const LiveOptions& options, const std::atomic<bool>& stop);

}  // namespace riverside
