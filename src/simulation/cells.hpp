#pragma once
// A stretch of history as means over cells of equal length: less noise in what a regression calls
// exact, and signals that were not sampled together stand in one row.

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::simulation {

inline constexpr Duration kCell = Duration::seconds(10);

/// One signal. Shapes: one entry for each cell of the stretch.
struct Column {
  std::vector<double> mean;          // SI; meaningless where count is 0
  std::vector<std::uint32_t> count;  // usable samples
  double noise_sd = 0.0;             // SI; of one sample about its cell's mean
};

/// Errors: InvalidInput (the range is open or shorter than a cell), those of the history.
Result<Column> read_column(const HistoryReader& history, const Signal& signal, TimeRange range,
                           Timestamp known_at);

}  // namespace gemel::simulation
