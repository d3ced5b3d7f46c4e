#pragma once
// What a network learns from: scaled rows, and where windows begin in them.

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace gemel::networks {

/// Shapes: values = rows x signals, the oldest first.
struct Windows {
  std::size_t signals = 0;
  std::vector<float> values;
  std::vector<std::size_t> starts;  // rows at which a whole window, with what follows it, begins

  std::size_t rows() const { return signals == 0 ? 0 : values.size() / signals; }
  const float* row(std::size_t i) const { return values.data() + i * signals; }
};

/// A stretch of rows without a gap: [first, last).
using Stretch = std::pair<std::size_t, std::size_t>;

/// Starts of all windows of `length` rows that lie within one of the stretches.
std::vector<std::size_t> starts_within(std::span<const Stretch> stretches, std::size_t length);

/// Periods that stand out in windows of `rows` rows: the largest mean amplitudes of their Fourier
/// transforms, the mean taken out; at most `most`. Periods are `rows` over a whole number.
struct Periods {
  std::vector<double> rows;
  std::vector<double> weights;  // softmax of the amplitudes, by TimesNet's own rule
};
Periods periods_of(const Windows& windows, std::size_t rows, std::size_t most);

}  // namespace gemel::networks
