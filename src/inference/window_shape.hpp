#pragma once
// A window as a short point: means of its parts, so that a long window costs no more than a short
// one.

#include <cstddef>
#include <span>
#include <vector>

namespace gemel::inference {

enum class WindowView {
  Level,      // as it is
  Amplitude,  // less its mean
  Shape,      // less its mean, by its deviation; 0 when it does not move
};

/// Cuts windows of `length` into min(length, parts_max) parts as even as can be.
/// Source: piecewise aggregate approximation; Keogh et al., KAIS 2001.
class WindowShape {
 public:
  WindowShape(std::size_t length, std::size_t parts_max, WindowView view, double scale);

  std::size_t length() const { return length_; }
  std::size_t parts() const { return ends_.size(); }
  /// Shapes: `window` length() values, in two pieces, oldest first; `point` parts().
  void write(std::span<const double> older, std::span<const double> newer,
             std::span<double> point) const;
  /// Points of the windows of a series, spread evenly over it, at most `count_max`, one after the
  /// other.
  std::vector<double> points_of(std::span<const double> series, std::size_t count_max) const;

 private:
  std::size_t length_;
  WindowView view_;
  double least_deviation_;
  std::vector<std::size_t> ends_;  // of the parts
};

/// The last `length` values of a stream. Threads: one.
class LastValues {
 public:
  explicit LastValues(std::size_t length) : ring_(length) {}

  void take(double value) {
    ring_[next_] = value;
    next_ = next_ + 1 == ring_.size() ? 0 : next_ + 1;
    full_ = full_ || next_ == 0;
  }
  bool full() const { return full_; }
  /// Oldest first, in two pieces.
  std::span<const double> older() const { return std::span(ring_).subspan(next_); }
  std::span<const double> newer() const { return std::span(ring_).first(next_); }

 private:
  std::vector<double> ring_;
  std::size_t next_ = 0;
  bool full_ = false;
};

}  // namespace gemel::inference
