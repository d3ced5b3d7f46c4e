#pragma once
// Made anomalies: what a clean stretch is spoilt with to see which opinions would notice.

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace gemel::inference {

enum class Spoiling {
  Spike,      // a value or two far off
  Flip,       // backwards in time
  Warp,       // too fast, then too slow
  Noise,      // rough
  Level,      // all values too high or too low
  CutOff,     // does not go beyond a limit
  Amplitude,  // moves too much or too little
  Dropout,    // the last value stays
  Smooth,     // fine detail is gone
  Strange,    // a stretch from elsewhere, out of step
};
inline constexpr std::size_t kSpoilings = 10;

std::string_view name_of(Spoiling spoiling);

/// Rows begin … end - 1.
struct SpoiltRows {
  std::size_t begin = 0, end = 0;
};

struct SpoilOptions {
  Spoiling spoiling = Spoiling::Spike;
  std::size_t begin = 0;
  std::size_t length = 32;  // rows; of a spike at most two are used
  double deviation = 1.0;   // that the series usually has
};

/// Spoils a stretch of `series`, how much is drawn from `random`; which rows it touched. Shapes:
/// begin + 2 length at most as many as series, length at least 4.
/// Source: after the synthetic anomalies of Goswami et al., "Unsupervised Model Selection for
/// Time-series Anomaly Detection", ICLR 2023.
SpoiltRows spoil(std::span<double> series, const SpoilOptions& options, Random& random);

}  // namespace gemel::inference
