#pragma once
// The most similar stretch of normal operation, to be shown beside an alarm.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "core/detector.hpp"

namespace gemel::inference {

/// What was learnt from, thinned evenly to a thousand rows. Immutable once filled. Threads: any.
class NormalGallery {
 public:
  static constexpr std::size_t kRowsMax = 1000;

  NormalGallery() = default;
  /// Shapes: points = times x width, row after row, scaled.
  NormalGallery(std::span<const Timestamp> times, std::span<const float> points, std::size_t width);

  /// Signals that are not known (NaN) are left out of the distance. Nothing when none is known.
  std::optional<Likeness> nearest(std::span<const float> point) const;

 private:
  std::size_t width_ = 0;
  std::vector<Timestamp> times_;
  std::vector<float> points_;
};

}  // namespace gemel::inference
