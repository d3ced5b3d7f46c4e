#include "inference/window_moments.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

/// Sums that are carried on lose their last digits: from scratch every so often.
constexpr std::size_t kRecount = 64;

double least_norm(std::size_t length, double scale) {
  return static_cast<double>(length) * (1e-6 * scale) * (1e-6 * scale);
}

}  // namespace

WindowMoments::WindowMoments(std::span<const double> series, std::size_t length, double scale)
    : count(series.size() - length + 1) {
  const auto padded = count + kLanes;
  mean.resize(padded);
  backward.resize(padded);
  forward.resize(padded);
  inverse_norm.resize(padded);
  norm.resize(padded);
  const auto m = static_cast<double>(length);
  double sum =
      std::accumulate(series.begin(), series.begin() + static_cast<std::ptrdiff_t>(length), 0.0);
  double squares = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) sum += series[i + length - 1] - series[i - 1];
    mean[i] = sum / m;
    if (i % kRecount == 0) {
      const auto window = series.subspan(i, length);
      squares = covariance(window, mean[i], window, mean[i]);
    } else {
      const double added = series[i + length - 1], left = series[i - 1];
      squares += (added - left) * (added - mean[i] + left - mean[i - 1]);
    }
    squares = std::max(squares, 0.0);
    norm[i] = static_cast<float>(squares);
    const bool moves = squares > least_norm(length, scale);
    inverse_norm[i] = moves ? static_cast<float>(1.0 / std::sqrt(squares)) : 0.0F;
    if (i == 0) continue;
    backward[i] = static_cast<float>((series[i + length - 1] - series[i - 1]) / 2.0);
    forward[i] = static_cast<float>(series[i + length - 1] - mean[i] + series[i - 1] - mean[i - 1]);
  }
}

NewestWindow::NewestWindow(std::size_t length, double scale)
    : length_(length), least_norm_(least_norm(length, scale)), ring_(length) {
  GEMEL_CHECK(length >= 2);
}

void NewestWindow::take(double value) {
  const double left = ring_[next_];
  ring_[next_] = value;
  next_ = next_ + 1 == length_ ? 0 : next_ + 1;
  ++taken_;
  if (taken_ < length_) return;
  const double mean_before = mean_;
  backward_ = forward_ = 0.0F;
  if (taken_ > length_) {
    mean_ += (value - left) / static_cast<double>(length_);
    norm_ += (value - left) * (value - mean_ + left - mean_before);
    backward_ = static_cast<float>((value - left) / 2.0);
    forward_ = static_cast<float>(value - mean_ + left - mean_before);
  }
  if (taken_ == length_ || taken_ == length_ + kRecount) count_anew();
  norm_ = std::max(norm_, 0.0);
  moves_ = norm_ > least_norm_;
  inverse_norm_ = moves_ ? static_cast<float>(1.0 / std::sqrt(norm_)) : 0.0F;
}

void NewestWindow::count_anew() {
  mean_ = std::accumulate(ring_.begin(), ring_.end(), 0.0) / static_cast<double>(length_);
  norm_ = covariance(ring_, mean_, ring_, mean_);
  if (taken_ > length_) taken_ = length_ + 1;
}

double range_of(std::span<const double> series) {
  if (series.empty()) return 1e-300;
  const auto [low, high] = std::minmax_element(series.begin(), series.end());
  return std::max(*high - *low, 1e-300);
}

double covariance(std::span<const double> a, double mean_a, std::span<const double> b,
                  double mean_b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - mean_a) * (b[k] - mean_b);
  return sum;
}

}  // namespace gemel::inference
