#pragma once
// Nearest neighbours of all windows of a series: a window that nothing else looks like is a
// discord.

#include <cstddef>
#include <span>
#include <vector>

namespace gemel::inference {

/// Of each window, how near the nearest is among those it is compared with.
struct WindowNeighbours {
  /// Of shapes: Pearson's correlation with the nearest, in [-1, 1]. Windows without any movement
  /// are like each other (1) and unlike all others (0).
  std::vector<float> correlation;
  /// The same with amplitudes: root mean square of the difference of the windows, each less its own
  /// mean. Units: those of the series.
  std::vector<float> distance;
};

/// Compares every window of `of` with every window of `in`, both `length` long. `exclusion` > 0
/// says that both are the same series, and windows that begin less than so far apart are not
/// compared. Shapes: as many as `of` has windows; at least one each. Values must be finite.
/// Source: Yeh et al., "Matrix Profile I", ICDM 2016; Zimmerman et al., SoCC 2019 (the covariances
/// along diagonals). Cost: windows of one times windows of the other, whatever the length.
WindowNeighbours nearest_windows(std::span<const double> in, std::span<const double> of,
                                 std::size_t length, std::size_t exclusion = 0);

/// The period that a series repeats itself with: the first high peak of its autocorrelation, or 0
/// where there is none up to a third of its length. Values must be finite.
std::size_t dominant_period(std::span<const double> series, std::size_t least, std::size_t most);

}  // namespace gemel::inference
