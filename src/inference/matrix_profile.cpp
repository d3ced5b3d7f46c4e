#include "inference/matrix_profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.hpp"
#include "inference/window_moments.hpp"

namespace gemel::inference {
namespace {

struct Best {
  std::vector<float> correlation;  // the largest
  std::vector<float> distance;     // the smallest, squared
};

/// Walks kLanes diagonals that begin at windows (i, j), (i, j + 1), … down to where the first
/// series ends or the last lane's does.
GEMEL_MANY_LANES
void walk(const WindowMoments& in, const WindowMoments& of, std::size_t i, std::size_t j,
          std::size_t steps, double* covariances, float* best_correlation, float* best_distance) {
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

/// Walks diagonals, kLanes side by side.
class Walker {
 public:
  Walker(std::span<const double> in, std::span<const double> of, std::size_t length)
      : in_(in),
        of_(of),
        length_(length),
        scale_(std::max(range_of(in), range_of(of))),
        in_windows_(in, length, scale_),
        of_windows_(of, length, scale_) {
    const auto padded = of_windows_.count + kLanes;
    best_.correlation.assign(padded, -2.0F);
    best_.distance.assign(padded, std::numeric_limits<float>::infinity());
  }

  /// Diagonals on which `of` is ahead of `in` by from … until - 1 windows; negative: behind.
  void walk_all(std::ptrdiff_t from, std::ptrdiff_t until) {
    const auto lanes = static_cast<std::ptrdiff_t>(kLanes);
    while (from < until) {
      // A block begins in the first row or in the first column, not in both.
      const bool whole = until - from >= lanes && (from >= 0 || from + lanes <= 1);
      if (whole)
        walk_block(from);
      else
        walk_one(from);
      from += whole ? lanes : 1;
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
  double covariance_at(std::size_t i, std::size_t j) const {
    return covariance(in_.subspan(i, length_), in_windows_.mean[i], of_.subspan(j, length_),
                      of_windows_.mean[j]);
  }

  /// Lane by lane up to where all have begun, side by side until the last one ends, and lane by
  /// lane what is left of the others.
  void walk_block(std::ptrdiff_t ahead) {
    const std::size_t i = ahead < 0 ? static_cast<std::size_t>(-ahead) : 0;
    const std::size_t j = ahead < 0 ? 0 : static_cast<std::size_t>(ahead);
    const auto of_left = of_windows_.count - std::min(of_windows_.count, j + kLanes - 1);
    const auto steps = std::min(in_windows_.count - i, of_left);
    if (ahead < 0) {
      for (std::size_t lane = 1; lane < kLanes; ++lane) walk_part(i - lane, 0, lane);
    }
    if (steps > 0) {
      std::array<double, kLanes> covariances;
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        covariances[lane] = covariance_at(i, j + lane);
      walk(in_windows_, of_windows_, i, j, steps, covariances.data(), best_.correlation.data(),
           best_.distance.data());
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) walk_part(i + steps, j + lane + steps);
  }

  void walk_one(std::ptrdiff_t ahead) {
    walk_part(ahead < 0 ? static_cast<std::size_t>(-ahead) : 0,
              ahead < 0 ? 0 : static_cast<std::size_t>(ahead));
  }

  /// So many steps of one diagonal, or its rest.
  void walk_part(std::size_t i, std::size_t j, std::size_t steps = ~std::size_t{0}) {
    if (i >= in_windows_.count || j >= of_windows_.count) return;
    double c = covariance_at(i, j);
    steps = std::min({steps, in_windows_.count - i, of_windows_.count - j});
    for (std::size_t step = 0; step < steps; ++step, ++i, ++j) {
      if (step > 0) {
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
  WindowMoments in_windows_, of_windows_;
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
