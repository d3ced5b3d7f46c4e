#include "inference/window_shape.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace gemel::inference {

WindowShape::WindowShape(std::size_t length, std::size_t parts_max, WindowView view, double scale)
    : length_(length), view_(view), least_deviation_(1e-6 * scale) {
  GEMEL_CHECK(length >= 2 && parts_max >= 2);
  const auto parts = std::min(length, parts_max);
  for (std::size_t part = 1; part <= parts; ++part) ends_.push_back(part * length / parts);
}

void WindowShape::write(std::span<const double> older, std::span<const double> newer,
                        std::span<double> point) const {
  const auto at = [&](std::size_t i) {
    return i < older.size() ? older[i] : newer[i - older.size()];
  };
  double mean = 0.0;
  for (std::size_t part = 0, i = 0; part < ends_.size(); ++part) {
    const auto begun = i;
    double sum = 0.0;
    for (; i < ends_[part]; ++i) sum += at(i);
    mean += sum / static_cast<double>(length_);
    point[part] = sum / static_cast<double>(i - begun);
  }
  if (view_ == WindowView::Level) return;
  for (auto& x : point) x -= mean;
  if (view_ == WindowView::Amplitude) return;
  double squares = 0.0;
  for (std::size_t i = 0; i < length_; ++i) squares += (at(i) - mean) * (at(i) - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(length_));
  for (auto& x : point) x = deviation > least_deviation_ ? x / deviation : 0.0;
}

std::vector<double> WindowShape::points_of(std::span<const double> series,
                                           std::size_t count_max) const {
  GEMEL_CHECK(series.size() >= length_);
  const auto windows = series.size() - length_ + 1;
  const auto count = std::min(windows, count_max);
  std::vector<double> points(count * parts());
  for (std::size_t i = 0; i < count; ++i) {
    write(series.subspan(i * windows / count, length_), {},
          std::span(points).subspan(i * parts(), parts()));
  }
  return points;
}

}  // namespace gemel::inference
