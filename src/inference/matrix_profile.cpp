#include "inference/matrix_profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

/// Diagonals that are walked side by side.
constexpr std::size_t kLanes = 32;

/// What a walk along diagonals needs of each window. Padded, so that lanes may run over the end.
struct Windows {
  std::vector<double> mean;
  std::vector<float> backward, forward;  // how the covariance changes from window to window
  std::vector<float> inverse_norm;       // of the window less its mean; 0 when it does not move
  std::vector<float> norm;               // squared
  std::size_t count = 0;

  Windows(std::span<const double> series, std::size_t length, double scale)
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
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) sum += series[i + length - 1] - series[i - 1];
      mean[i] = sum / m;
    }
    for (std::size_t i = 0; i < count; ++i) {
      double squares = 0.0;
      // From scratch every so often, for sums of squares lose their last digits.
      if (i % 64 == 0) {
        for (std::size_t k = 0; k < length; ++k) {
          const double off = series[i + k] - mean[i];
          squares += off * off;
        }
      } else {
        const double added = series[i + length - 1], left = series[i - 1];
        squares = exact_ + (added - left) * (added - mean[i] + left - mean[i - 1]);
      }
      exact_ = std::max(squares, 0.0);
      norm[i] = static_cast<float>(exact_);
      const bool moves = exact_ > m * (1e-6 * scale) * (1e-6 * scale);
      inverse_norm[i] = moves ? static_cast<float>(1.0 / std::sqrt(exact_)) : 0.0F;
      if (i == 0) continue;
      backward[i] = static_cast<float>((series[i + length - 1] - series[i - 1]) / 2.0);
      forward[i] =
          static_cast<float>(series[i + length - 1] - mean[i] + series[i - 1] - mean[i - 1]);
    }
  }

 private:
  double exact_ = 0.0;
};

double covariance(std::span<const double> a, double mean_a, std::span<const double> b,
                  double mean_b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - mean_a) * (b[k] - mean_b);
  return sum;
}

struct Best {
  std::vector<float> correlation;  // the largest
  std::vector<float> distance;     // the smallest, squared
};

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GEMEL_MANY_LANES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GEMEL_MANY_LANES
#endif

/// Walks kLanes diagonals that begin at windows (i, j), (i, j + 1), … down to where the first
/// series ends or the last lane's does.
GEMEL_MANY_LANES
void walk(const Windows& in, const Windows& of, std::size_t i, std::size_t j, std::size_t steps,
          double* covariances, float* best_correlation, float* best_distance) {
  for (std::size_t step = 0; step < steps; ++step, ++i, ++j) {
    const float backward_i = in.backward[i], forward_i = in.forward[i];
    const float inverse_i = in.inverse_norm[i], norm_i = in.norm[i];
    const float* backward = &of.backward[j];
    const float* forward = &of.forward[j];
    const float* inverse = &of.inverse_norm[j];
    const float* norm = &of.norm[j];
    float* correlation = best_correlation + j;
    float* distance = best_distance + j;
    if (step > 0) {
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        covariances[lane] +=
            static_cast<double>(backward_i * forward[lane] + forward_i * backward[lane]);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto c = static_cast<float>(covariances[lane]);
      const float r = c * inverse_i * inverse[lane];
      const float d = norm_i + norm[lane] - 2.0F * c;
      correlation[lane] = correlation[lane] > r ? correlation[lane] : r;
      distance[lane] = distance[lane] < d ? distance[lane] : d;
    }
  }
}

/// Walks diagonals: kLanes side by side where they begin in the first window of `in`, one by one
/// elsewhere and at the end.
class Walker {
 public:
  Walker(std::span<const double> in, std::span<const double> of, std::size_t length)
      : in_(in),
        of_(of),
        length_(length),
        scale_(scale_of(in, of)),
        in_windows_(in, length, scale_),
        of_windows_(of, length, scale_) {
    const auto padded = of_windows_.count + kLanes;
    best_.correlation.assign(padded, -2.0F);
    best_.distance.assign(padded, std::numeric_limits<float>::infinity());
  }

  /// Diagonals on which `of` is ahead of `in` by from … until - 1 windows; negative: behind.
  void walk_all(std::ptrdiff_t from, std::ptrdiff_t until) {
    const auto lanes = static_cast<std::ptrdiff_t>(kLanes);
    for (auto ahead = from; ahead < until;) {
      // A block of lanes begins in the first row or in the first column, not in both.
      auto block = std::min(lanes, until - ahead);
      if (ahead < 0) block = std::min(block, -ahead);
      if (block == lanes && ahead >= 0)
        walk_block(static_cast<std::size_t>(ahead));
      else
        for (auto k = ahead; k < ahead + block; ++k) walk_one(k);
      ahead += block;
    }
  }

  WindowNeighbours take() {
    const auto count = of_windows_.count;
    const bool in_rests = std::any_of(
        in_windows_.inverse_norm.begin(),
        in_windows_.inverse_norm.begin() + static_cast<std::ptrdiff_t>(in_windows_.count),
        [](float x) { return x == 0.0F; });
    WindowNeighbours found;
    for (std::size_t j = 0; j < count; ++j) {
      const bool rests = of_windows_.inverse_norm[j] == 0.0F;
      float r = rests ? (in_rests ? 1.0F : 0.0F) : std::min(best_.correlation[j], 1.0F);
      found.correlation.push_back(std::max(r, -1.0F));
      found.distance.push_back(static_cast<float>(
          std::sqrt(std::max(best_.distance[j], 0.0F) / static_cast<float>(length_))));
    }
    return found;
  }

 private:
  static double scale_of(std::span<const double> a, std::span<const double> b) {
    double most = 1e-300;
    for (const auto series : {a, b}) {
      const auto [low, high] = std::minmax_element(series.begin(), series.end());
      most = std::max(most, *high - *low);
    }
    return most;
  }
  double covariance_at(std::size_t i, std::size_t j) const {
    return covariance(in_.subspan(i, length_), in_windows_.mean[i], of_.subspan(j, length_),
                      of_windows_.mean[j]);
  }

  void walk_block(std::size_t j) {
    std::array<double, kLanes> covariances;
    const auto steps = std::min(in_windows_.count,
                                of_windows_.count - std::min(of_windows_.count, j + kLanes - 1));
    if (steps > 0) {
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        covariances[lane] = covariance_at(0, j + lane);
      walk(in_windows_, of_windows_, 0, j, steps, covariances.data(), best_.correlation.data(),
           best_.distance.data());
    }
    // Where the last lane ends the others have a few steps left.
    for (std::size_t lane = 0; lane < kLanes; ++lane) finish(steps, j + lane + steps);
  }

  void walk_one(std::ptrdiff_t ahead) {
    finish(ahead < 0 ? static_cast<std::size_t>(-ahead) : 0,
           ahead < 0 ? 0 : static_cast<std::size_t>(ahead));
  }

  /// The rest of one diagonal.
  void finish(std::size_t i, std::size_t j) {
    if (i >= in_windows_.count || j >= of_windows_.count) return;
    double c = covariance_at(i, j);
    for (bool first = true; i < in_windows_.count && j < of_windows_.count;
         ++i, ++j, first = false) {
      if (!first) {
        c += static_cast<double>(in_windows_.backward[i] * of_windows_.forward[j] +
                                 in_windows_.forward[i] * of_windows_.backward[j]);
      }
      const auto cf = static_cast<float>(c);
      best_.correlation[j] = std::max(
          best_.correlation[j], cf * in_windows_.inverse_norm[i] * of_windows_.inverse_norm[j]);
      best_.distance[j] =
          std::min(best_.distance[j], in_windows_.norm[i] + of_windows_.norm[j] - 2.0F * cf);
    }
  }

  std::span<const double> in_, of_;
  std::size_t length_;
  double scale_;
  Windows in_windows_, of_windows_;
  Best best_;
};

}  // namespace

WindowNeighbours nearest_windows(std::span<const double> in, std::span<const double> of,
                                 std::size_t length, std::size_t exclusion) {
  GEMEL_CHECK(length >= 2 && in.size() >= length && of.size() >= length);
  Walker walker(in, of, length);
  const auto in_count = static_cast<std::ptrdiff_t>(in.size() - length + 1);
  const auto of_count = static_cast<std::ptrdiff_t>(of.size() - length + 1);
  if (exclusion == 0) {
    walker.walk_all(1 - in_count, of_count);
  } else {
    const auto apart = static_cast<std::ptrdiff_t>(exclusion);
    walker.walk_all(1 - in_count, std::max(1 - apart, 1 - in_count));
    walker.walk_all(std::min(apart, of_count), of_count);
  }
  return walker.take();
}

std::size_t dominant_period(std::span<const double> series, std::size_t least, std::size_t most) {
  most = std::min(most, series.size() / 3);
  if (most <= least || least < 2) return 0;
  const double mean =
      std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
  const auto autocovariance = [&](std::size_t lag) {
    double sum = 0.0;
    for (std::size_t i = lag; i < series.size(); ++i)
      sum += (series[i] - mean) * (series[i - lag] - mean);
    return sum / static_cast<double>(series.size() - lag);
  };
  const double variance = autocovariance(0);
  if (!(variance > 0.0)) return 0;
  std::vector<double> correlation(most + 2);
  for (std::size_t lag = 1; lag <= most + 1; ++lag)
    correlation[lag] = autocovariance(lag) / variance;
  const double highest = *std::max_element(correlation.begin() + static_cast<std::ptrdiff_t>(least),
                                           correlation.end());
  // Multiples of the period are as high: the first peak that comes near the highest counts.
  for (std::size_t lag = least; lag <= most; ++lag) {
    const bool peak =
        correlation[lag] >= correlation[lag - 1] && correlation[lag] >= correlation[lag + 1];
    if (peak && correlation[lag] > 0.1 && correlation[lag] > 0.8 * highest) return lag;
  }
  return 0;
}

}  // namespace gemel::inference
