#pragma once
// How far one reading of a signal is from the truth, learnt from history.

#include "base/result.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::simulation {

/// Standard deviation of a reading, SI: what of its changes does not grow with time (wander.hpp),
/// at least a ten thousandth of its value, for what is shown without an error. Errors: Unavailable
/// (fewer than 100 usable readings), those of the history.
Result<double> reading_noise(const HistoryReader& history, const Signal& signal, TimeRange range,
                             Timestamp known_at);

}  // namespace gemel::simulation
