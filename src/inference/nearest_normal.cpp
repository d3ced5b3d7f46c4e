#include "inference/nearest_normal.hpp"

#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace gemel::inference {

NormalGallery::NormalGallery(std::span<const Timestamp> times, std::span<const float> points,
                             std::size_t width)
    : width_(width) {
  GEMEL_CHECK(width > 0 && points.size() == times.size() * width);
  const std::size_t step = (times.size() + kRowsMax - 1) / kRowsMax;
  for (std::size_t i = 0; i < times.size(); i += step) {
    times_.push_back(times[i]);
    const auto row = points.subspan(i * width, width);
    points_.insert(points_.end(), row.begin(), row.end());
  }
}

std::optional<Likeness> NormalGallery::nearest(std::span<const float> point) const {
  std::size_t known = 0;
  for (const float x : point) known += std::isnan(x) ? 0U : 1U;
  if (known == 0 || times_.empty()) return std::nullopt;
  float least = std::numeric_limits<float>::infinity();
  std::size_t best = 0;
  for (std::size_t i = 0; i < times_.size(); ++i) {
    const float* row = &points_[i * width_];
    float sum = 0.0F;
    for (std::size_t s = 0; s < width_; ++s) {
      const float difference = point[s] - row[s];
      sum += std::isnan(difference) ? 0.0F : difference * difference;
    }
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return Likeness{times_[best], std::sqrt(static_cast<double>(least) / static_cast<double>(known))};
}

}  // namespace gemel::inference
