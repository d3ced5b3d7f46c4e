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
constexpr std::size_t kRowsMin = 2 * kBlock;

double seen(LevelOf what, double value, double before) {
  if (what == LevelOf::Value) return value;
  return what == LevelOf::Step ? value - before : std::abs(value - before);
}

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

SignalLevel measure(std::span<const double> values, double width_floor) {
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
    out.walk = std::max(0.0, 3.0 * (noise.back() - least) / (longest * longest));
  }
  for (std::size_t k = 0; k < kScales; ++k) {
    const double memory = memory_of(kLevelWeights[k]);
    std::size_t at = 0;
    while (at + 1 < blocks.size() && 2.0 * static_cast<double>(blocks[at]) < memory) ++at;
    const double per_row = std::max({noise[at], noise.front(), kNoiseMin});
    out.scatter[k] = per_row / memory * (1.0 + memory / n);
  }
  return out;
}

}  // namespace

LevelScaling measure_levels(std::span<const double> values, std::span<const double> width_floors,
                            TimeRange stretch, LevelOf what) {
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
      column[i] = seen(what, value, i > 0 ? values[(i - 1) * signals + s] : value);
    }
    out.signals.push_back(measure(column, width_floors[s]));
  }
  return out;
}

Levels::Levels(const LevelScaling& scaling, LevelOf what)
    : scaling_(&scaling),
      what_(what),
      before_(scaling.signals.size(), std::nan("")),
      levels_(scaling.signals.size() * kScales),
      point_(scaling.signals.size() * kScales) {}

void Levels::restart() {
  std::ranges::fill(levels_, 0.0);
  std::ranges::fill(before_, std::nan(""));
}

void Levels::take(const Row& row) {
  const double later = std::max(0.0, (row.time - scaling_->until).in_seconds());
  const double away = scaling_->rows + later * scaling_->rows_per_s;
  for (std::size_t s = 0; s < scaling_->signals.size(); ++s) {
    const auto& signal = scaling_->signals[s];
    const auto levels = std::span(levels_).subspan(s * kScales, kScales);
    const auto point = std::span(point_).subspan(s * kScales, kScales);
    std::ranges::fill(point, 0.0F);
    if (!row.qualities[s].usable()) continue;
    const double value = row.values[s];
    const double before = std::exchange(before_[s], value);
    if (what_ != LevelOf::Value && std::isnan(before)) continue;
    const double walked = std::min(signal.walk * away, kWidthsMax * kWidthsMax);
    const double outermost =
        (what_ == LevelOf::Value ? kOutermost : kOutermostStep) * std::sqrt(1.0 + walked);
    const double x = std::clamp((seen(what_, value, before) - signal.mean) / signal.width,
                                -outermost, outermost);
    for (std::size_t k = 0; k < kScales; ++k) {
      levels[k] += kLevelWeights[k] * (x - levels[k]);
      point[k] = static_cast<float>(levels[k] / std::sqrt(signal.scatter[k] + walked));
    }
  }
}

}  // namespace gemel::inference
