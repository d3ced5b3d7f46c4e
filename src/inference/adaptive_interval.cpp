#include "inference/adaptive_interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace gemel::inference {

AdaptiveInterval::AdaptiveInterval(double misses, std::size_t window, double step)
    : misses_(misses), step_(step), level_(misses), window_(window) {
  GEMEL_CHECK(misses > 0.0 && misses < 1.0 && window > 0 && step > 0.0);
}

double AdaptiveInterval::half_width() const {
  const auto count = static_cast<double>(sorted_.size());
  const auto rank = std::ceil((count + 1.0) * (1.0 - level_));
  if (rank > count) {
    // After misses in a row the level asks for more than was ever seen: half as much again.
    if (sorted_.size() < window_) return std::numeric_limits<double>::infinity();
    return sorted_.back() * 1.5;
  }
  return rank < 1.0 ? 0.0 : sorted_[static_cast<std::size_t>(rank) - 1];
}

void AdaptiveInterval::observe(double residual) {
  if (!std::isfinite(residual)) return;
  residual = std::abs(residual);
  const bool missed = residual > half_width();
  level_ = std::clamp(level_ + step_ * (misses_ - (missed ? 1.0 : 0.0)), 0.0, 1.0);
  if (last_.size() == window_) {
    sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), last_[next_]));
    last_[next_] = residual;
  } else {
    last_.push_back(residual);
  }
  next_ = (next_ + 1) % window_;
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), residual), residual);
}

}  // namespace gemel::inference
