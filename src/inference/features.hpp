#pragma once
// What a detector looks at: each signal's value, and its mean and spread over a short window of
// rows. A small lasting shift that drowns in the noise of single values stands out in the window.

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "core/detector.hpp"

namespace gemel::inference {

/// Signals with their features side by side: feature f belongs to signal f / per_signal.
struct FeatureShape {
  std::size_t signals = 0;
  std::size_t window = 10;  // rows; 1: values only

  std::size_t per_signal() const { return window > 1 ? 3 : 1; }
  std::size_t count() const { return signals * per_signal(); }
};

/// Turns rows into features. Threads: one.
class FeatureMaker {
 public:
  /// `gap_max`: after a longer silence the window starts anew.
  FeatureMaker(FeatureShape shape, Duration gap_max);

  /// Takes the next row. Values that are not usable are left out of the window.
  void take(const Row& row);

  const FeatureShape& shape() const { return shape_; }
  /// Units: the signals'. Shapes: shape().count(). Meaningless where known() is false.
  std::span<const double> values() const { return values_; }
  /// A value is known when it is usable, a window's mean and spread when the window is full and 70
  /// % of it is usable.
  bool known(std::size_t feature) const { return known_[feature] != 0; }
  bool all_known() const { return unknown_ == 0; }

 private:
  void restart();
  void remember(const Row& row);
  void look_back(std::size_t signal);

  FeatureShape shape_;
  Duration gap_max_;
  Timestamp last_ = Timestamp::min();
  std::size_t next_ = 0;              // place in the rings
  std::size_t filled_ = 0;            // rows in the window
  std::vector<double> ring_;          // signal after signal, `window` places each
  std::vector<std::uint8_t> usable_;  // beside ring_
  std::vector<double> values_;
  std::vector<std::uint8_t> known_;
  std::size_t unknown_ = 0;
};

}  // namespace gemel::inference
