#include "inference/features.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace gemel::inference {

FeatureMaker::FeatureMaker(FeatureShape shape, Duration gap_max)
    : shape_(shape),
      gap_max_(gap_max),
      ring_(shape.signals * shape.window),
      usable_(shape.signals * shape.window),
      values_(shape.count()),
      known_(shape.count()) {
  GEMEL_CHECK(shape.window >= 1);
}

void FeatureMaker::restart() {
  next_ = 0;
  filled_ = 0;
}

void FeatureMaker::remember(const Row& row) {
  for (std::size_t s = 0; s < shape_.signals; ++s) {
    const std::size_t place = s * shape_.window + next_;
    ring_[place] = row.values[s];
    usable_[place] = row.qualities[s].usable() ? 1 : 0;
  }
  next_ = (next_ + 1) % shape_.window;
  filled_ = std::min(filled_ + 1, shape_.window);
}

/// Mean and spread by two passes over the window: a running sum would drift over months.
void FeatureMaker::look_back(std::size_t signal) {
  const double* ring = &ring_[signal * shape_.window];
  const std::uint8_t* usable = &usable_[signal * shape_.window];
  double sum = 0.0;
  std::size_t n = 0;
  for (std::size_t i = 0; i < filled_; ++i) {
    if (usable[i] == 0) continue;
    sum += ring[i];
    ++n;
  }
  const bool known = filled_ == shape_.window && n >= 2 && 10 * n >= 7 * shape_.window;
  const std::size_t at = signal * shape_.per_signal();
  known_[at + 1] = known_[at + 2] = known ? 1 : 0;
  if (!known) return;
  const double mean = sum / static_cast<double>(n);
  double squares = 0.0;
  for (std::size_t i = 0; i < filled_; ++i) {
    if (usable[i] != 0) squares += (ring[i] - mean) * (ring[i] - mean);
  }
  values_[at + 1] = mean;
  values_[at + 2] = std::sqrt(squares / static_cast<double>(n - 1));
}

void FeatureMaker::take(const Row& row) {
  GEMEL_CHECK(row.values.size() == shape_.signals);
  if (filled_ > 0 && row.time - last_ > gap_max_) restart();
  last_ = row.time;
  remember(row);
  for (std::size_t s = 0; s < shape_.signals; ++s) {
    const std::size_t at = s * shape_.per_signal();
    values_[at] = row.values[s];
    known_[at] = row.qualities[s].usable() ? 1 : 0;
    if (shape_.window > 1) look_back(s);
  }
  unknown_ = static_cast<std::size_t>(std::count(known_.begin(), known_.end(), 0));
}

}  // namespace gemel::inference
