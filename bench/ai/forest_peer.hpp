#pragma once
// scikit-learn's Isolation Forest, where the machine has it.

#include <cstddef>

#include "base/result.hpp"

namespace gemel::bench {

/// Points a second that it scores on one core, the whole batch at once. Errors: NotFound when
/// python3 (or GEMEL_PYTHON) has no scikit-learn.
Result<double> peer_points_per_s(std::size_t trees, std::size_t features, std::size_t points);

}  // namespace gemel::bench
