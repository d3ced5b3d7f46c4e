#include "inference/levels.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kScales = kLevelWeights.size();
constexpr std::size_t kBlock = 8;       // shorter ones show what neighbouring rows have in common
constexpr double kNoiseMin = 0.3;       // of a single value's variance: what few rows can't deny
constexpr double kOutermost = 12.0;     // widths: one wild value is no level
constexpr double kOutermostStep = 4.0;  // many sensors repeat themselves and then jump
constexpr double kWidthsMax = 100.0;    // that a signal may wander off
constexpr double kReference = 0.01;     // weight of what lately was usual: 199 rows
// A quarter of the rows are about five independent blocks, whose variance exceeds its mean so many
// times by chance in one case of twenty.
constexpr double kWalksFrom = 2.3;
constexpr double kNormalMost =
    3.5;  // standard deviations: a normal level's largest of some hundreds
constexpr std::size_t kRowsMin = 2 * kBlock;

double seen(LevelOf what, double value, double before) {
  if (what == LevelOf::Value) return value;
  return what == LevelOf::Step ? value - before : std::abs(value - before);
}

double outermost(LevelOf what) { return what == LevelOf::Value ? kOutermost : kOutermostStep; }

/// How many rows the plain mean would need to scatter as little.
double memory_of(double weight) { return (2.0 - weight) / weight; }

/// Half the mean square of the difference of neighbouring means of `block` values, times `block`:
/// the same for every block if the values are independent.
double block_noise(std::span<const double> sums, std::size_t block) {
  const auto b = static_cast<double>(block);
  double squares = 0.0;
  std::size_t n = 0;
  for (std::size_t i = 0; i + 2 * block < sums.size(); ++i, ++n) {
    const double difference = sums[i + 2 * block] - 2.0 * sums[i + block] + sums[i];
    squares += difference * difference;
  }
  return squares / (2.0 * b * static_cast<double>(n));
}

/// The variance of the difference of two weighted means of independent values of variance 1.
double apart(double fast, double slow) {
  return fast / (2.0 - fast) + slow / (2.0 - slow) -
         2.0 * fast * slow / (fast + slow - fast * slow);
}

SignalLevel measure(std::span<const double> values, double width_floor, LevelFrom from) {
  const auto n = static_cast<double>(values.size());
  SignalLevel out;
  out.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0.0;
  for (const double v : values) squares += (v - out.mean) * (v - out.mean);
  out.width = std::max(std::sqrt(squares / n), width_floor);

  std::vector<double> sums{0.0};
  for (const double v : values) sums.push_back(sums.back() + (v - out.mean) / out.width);
  std::vector<double> noise;
  std::vector<std::size_t> blocks;
  for (std::size_t block = kBlock; block <= std::max(kBlock, values.size() / 4); block *= 2) {
    blocks.push_back(block);
    noise.push_back(block_noise(sums, block));
  }
  if (blocks.size() > 1) {
    // A walk with a variance of q a row adds q b / 3 to the blocks' variance, q b² / 3 to `noise`.
    const auto longest = static_cast<double>(blocks.back());
    const double least = *std::min_element(noise.begin(), noise.end() - 1);
    if (noise.back() > kWalksFrom * least)
      out.walk = 3.0 * (noise.back() - least) / (longest * longest);
  }
  for (std::size_t k = 0; k < kScales; ++k) {
    const double memory = memory_of(kLevelWeights[k]);
    std::size_t at = 0;
    while (at + 1 < blocks.size() && 2.0 * static_cast<double>(blocks[at]) < memory) ++at;
    const double per_row = std::max({noise[at], noise.front(), kNoiseMin});
    if (from == LevelFrom::Learnt) {
      out.scatter[k] = per_row / memory * (1.0 + memory / n);
    } else {
      // How far a walk gets away from its reference.
      const double walked = out.walk / (2.0 * kReference);
      out.scatter[k] = per_row * apart(kLevelWeights[k], kReference) + walked;
    }
  }
  return out;
}

}  // namespace

LevelScaling measure_levels(std::span<const double> values, std::span<const double> width_floors,
                            TimeRange stretch, const LevelLook& look) {
  const std::size_t signals = width_floors.size();
  const std::size_t rows = values.size() / signals;
  GEMEL_CHECK(rows >= kRowsMin && stretch.until > stretch.from);
  LevelScaling out;
  out.until = stretch.until;
  out.rows = static_cast<double>(rows);
  out.rows_per_s = out.rows / (stretch.until - stretch.from).in_seconds();
  std::vector<double> column(rows);
  for (std::size_t s = 0; s < signals; ++s) {
    for (std::size_t i = 0; i < rows; ++i) {
      const double value = values[i * signals + s];
      column[i] = seen(look.of, value, i > 0 ? values[(i - 1) * signals + s] : value);
    }
    out.signals.push_back(measure(column, width_floors[s], look.from));
  }
  return out;
}

std::vector<double> excess_of(std::span<const float> points, std::size_t signals) {
  std::vector<double> excess(signals, 1.0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    double& most = excess[i / kScales % signals];
    most = std::max(most, std::abs(static_cast<double>(points[i])) / kNormalMost);
  }
  return excess;
}

void widen(LevelScaling& scaling, std::span<const double> times) {
  for (std::size_t s = 0; s < times.size(); ++s) {
    auto& signal = scaling.signals[s];
    for (auto& variance : signal.scatter) variance *= times[s] * times[s];
    signal.walk *= times[s] * times[s];
  }
}

Levels::Levels(const LevelScaling& scaling, const LevelLook& look)
    : scaling_(&scaling),
      look_(look),
      before_(scaling.signals.size(), std::nan("")),
      levels_(scaling.signals.size() * kScales),
      seen_(scaling.signals.size()),
      point_(scaling.signals.size() * kScales) {}

void Levels::restart() {
  std::ranges::fill(levels_, 0.0);
  std::ranges::fill(seen_, 0.0);
  std::ranges::fill(before_, std::nan(""));
}

void Levels::take(const Row& row) {
  if (scaling_->empty()) return;
  std::ranges::fill(point_, 0.0F);
  const double later = std::max(0.0, (row.time - scaling_->until).in_seconds());
  const double away = scaling_->rows + later * scaling_->rows_per_s;
  for (std::size_t s = 0; s < scaling_->signals.size(); ++s) {
    if (!row.qualities[s].usable()) continue;
    const double value = row.values[s];
    const double before = std::exchange(before_[s], value);
    if (look_.of != LevelOf::Value && std::isnan(before)) continue;
    const auto& signal = scaling_->signals[s];
    const double x = (seen(look_.of, value, before) - signal.mean) / signal.width;
    if (look_.from == LevelFrom::Learnt)
      from_learnt(s, x, std::min(signal.walk * away, kWidthsMax * kWidthsMax));
    else
      from_lately(s, x);
  }
}

void Levels::from_learnt(std::size_t s, double x, double walked) {
  const auto& signal = scaling_->signals[s];
  const double most = outermost(look_.of) * std::sqrt(1.0 + walked);
  for (std::size_t k = 0; k < kScales; ++k) {
    double& level = levels_[s * kScales + k];
    level += kLevelWeights[k] * (std::clamp(x, -most, most) - level);
    point_[s * kScales + k] = static_cast<float>(level / std::sqrt(signal.scatter[k] + walked));
  }
}

void Levels::from_lately(std::size_t s, double x) {
  const auto& signal = scaling_->signals[s];
  const auto levels = std::span(levels_).subspan(s * kScales, kScales);
  const double most = outermost(look_.of);
  seen_[s] += 1.0;
  const double slowest = levels.back();
  if (seen_[s] > 1.0) x = std::clamp(x, slowest - most, slowest + most);
  // Plain means of the first values, so that no level is of another time than the others.
  for (std::size_t k = 0; k < kScales; ++k) {
    const double weight = k + 1 < kScales ? kLevelWeights[k] : kReference;
    levels[k] += std::max(weight, 1.0 / seen_[s]) * (x - levels[k]);
  }
  for (std::size_t k = 0; k + 1 < kScales; ++k)
    point_[s * kScales + k] =
        static_cast<float>((levels[k] - levels.back()) / std::sqrt(signal.scatter[k]));
}

}  // namespace gemel::inference
