#pragma once
// What comparing windows by covariances along diagonals needs to know of each window of a series.
// Source: Zimmerman et al., "Matrix Profile XIV", SoCC 2019.

#include <cstddef>
#include <span>
#include <vector>

namespace gemel::inference {

/// Windows side by side that are compared at once. Arrays are padded by as many.
inline constexpr std::size_t kLanes = 32;

// Compiled for the widest vectors that the machine turns out to have.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GEMEL_MANY_LANES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GEMEL_MANY_LANES
#endif

/// The covariance c of windows i and j of two series follows from that of i - 1 and j - 1:
/// c += backward[i] forward[j] + forward[i] backward[j].
struct WindowMoments {
  std::vector<double> mean;
  std::vector<float> backward, forward;
  std::vector<float> inverse_norm;  // of the window less its mean; 0 when it does not move
  std::vector<float> norm;          // squared
  std::size_t count = 0;

  /// `scale`: the range of all values; a window whose deviation is below a millionth of it does not
  /// move. The series is at least `length` long, and finite.
  WindowMoments(std::span<const double> series, std::size_t length, double scale);
};

/// The same of the newest window of a stream. Threads: one.
class NewestWindow {
 public:
  NewestWindow(std::size_t length, double scale);

  /// Takes the next value, which must be finite.
  void take(double value);
  void forget() { taken_ = 0; }

  bool full() const { return taken_ >= length_; }
  std::size_t length() const { return length_; }
  double mean() const { return mean_; }
  double norm() const { return norm_; }
  bool moves() const { return moves_; }
  float inverse_norm() const { return inverse_norm_; }
  // Against the window before; 0 when there is none.
  float backward() const { return backward_; }
  float forward() const { return forward_; }
  /// Oldest first, in two parts.
  std::span<const double> older() const { return std::span(ring_).subspan(next_); }
  std::span<const double> newer() const { return std::span(ring_).first(next_); }

 private:
  void count_anew();

  std::size_t length_;
  double least_norm_;
  std::vector<double> ring_;
  std::size_t next_ = 0;   // place in the ring: the oldest value, once full
  std::size_t taken_ = 0;  // not counted on beyond the next recount
  double mean_ = 0.0, norm_ = 0.0;
  bool moves_ = false;
  float inverse_norm_ = 0.0F, backward_ = 0.0F, forward_ = 0.0F;
};

/// Largest value less the least, and never 0.
double range_of(std::span<const double> series);

/// Sum of the products of both, each less its mean.
double covariance(std::span<const double> a, double mean_a, std::span<const double> b,
                  double mean_b);

}  // namespace gemel::inference
