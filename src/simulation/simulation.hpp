#pragma once
// The one door to the simulators: fits the kind that a twin file names to a stretch of the plant's
// history.

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/simulator.hpp"

namespace gemel::simulation {

/// Whether simulators of this kind learn from a stretch of history; others are ready at once.
bool learns(const SimulatorSpec& spec);

/// Fits `spec` to what the history says of `range`, as known at `known_at`. The same history, range
/// and seed give the same simulator, bit for bit. Errors: Unsupported (unknown kind), InvalidInput
/// (a port or parameter is lacking or misnamed; the message names it),
///         Unavailable (the range holds too little to learn from; the message says of what), those
///         of the history.
/// Threads: any.
/// Cost:    for pump_station about 10 ms an hour of 1 Hz signals.
Result<std::shared_ptr<const Simulator>> fit(const Plant& plant, const SimulatorSpec& spec,
                                             const HistoryReader& history, TimeRange range,
                                             Timestamp known_at, std::uint64_t seed);

}  // namespace gemel::simulation
