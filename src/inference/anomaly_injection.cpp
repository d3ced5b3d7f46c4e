#include "inference/anomaly_injection.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/statistics.hpp"

namespace gemel::inference {
namespace {

double sign(Random& random) { return random.below(2) == 0 ? 1.0 : -1.0; }

/// Linear between the values.
double value_at(std::span<const double> values, double at) {
  const auto i = std::min(static_cast<std::size_t>(at), values.size() - 1);
  const auto next = std::min(i + 1, values.size() - 1);
  const double part = at - static_cast<double>(i);
  return (1.0 - part) * values[i] + part * values[next];
}

void warp(std::span<double> rows, double power) {
  const std::vector<double> copy(rows.begin(), rows.end());
  const auto last = static_cast<double>(rows.size() - 1);
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = value_at(copy, last * std::pow(static_cast<double>(i) / last, power));
}

void cut_off(std::span<double> rows, double share, bool above) {
  std::vector<double> sorted(rows.begin(), rows.end());
  std::ranges::sort(sorted);
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  const double limit = above ? sorted[sorted.size() - 1 - at] : sorted[at];
  for (auto& x : rows) x = above ? std::min(x, limit) : std::max(x, limit);
}

void smooth(std::span<double> rows, std::size_t reach) {
  const std::vector<double> copy(rows.begin(), rows.end());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto from = i - std::min(i, reach), until = std::min(i + reach + 1, copy.size());
    rows[i] = mean_of(std::span(copy).subspan(from, until - from));
  }
}

/// Puts a stretch from elsewhere in, at the level of what it replaces.
void replace(std::span<double> series, std::span<double> rows, Random& random) {
  const auto from = random.below(series.size() - rows.size() + 1);
  const auto source = series.subspan(from, rows.size());
  const std::vector<double> copy(source.begin(), source.end());
  const double raise = mean_of(rows) - mean_of(copy);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = copy[i] + raise;
}

}  // namespace

std::string_view name_of(Spoiling spoiling) {
  static constexpr std::array<std::string_view, kSpoilings> kNames{
      "spike",   "flip",      "warp",    "noise",  "level",
      "cut-off", "amplitude", "dropout", "smooth", "strange"};
  return kNames[static_cast<std::size_t>(spoiling)];
}

SpoiltRows spoil(std::span<double> series, const SpoilOptions& options, Random& random) {
  GEMEL_CHECK(options.length >= 4 && options.begin + options.length <= series.size());
  auto rows = series.subspan(options.begin, options.length);
  switch (options.spoiling) {
    case Spoiling::Spike: {
      rows = rows.first(1 + random.below(2));
      const double by = sign(random) * random.uniform(1.0, 4.0) * options.deviation;
      for (auto& x : rows) x += by;
      break;
    }
    case Spoiling::Flip:
      std::ranges::reverse(rows);
      break;
    case Spoiling::Warp:
      warp(rows, random.below(2) == 0 ? random.uniform(0.4, 0.7) : random.uniform(1.4, 2.5));
      break;
    case Spoiling::Noise: {
      const double by = random.uniform(0.1, 0.5) * options.deviation;
      for (auto& x : rows) x += by * random.normal();
      break;
    }
    case Spoiling::Level: {
      const double by = sign(random) * random.uniform(0.3, 1.5) * options.deviation;
      for (auto& x : rows) x += by;
      break;
    }
    case Spoiling::CutOff:
      cut_off(rows, random.uniform(0.15, 0.5), random.below(2) == 0);
      break;
    case Spoiling::Amplitude: {
      const double by = random.below(2) == 0 ? random.uniform(0.2, 0.7) : random.uniform(1.4, 2.5);
      const double mean = mean_of(rows);
      for (auto& x : rows) x = mean + by * (x - mean);
      break;
    }
    case Spoiling::Dropout:
      std::ranges::fill(rows, rows.front());
      break;
    case Spoiling::Smooth:
      smooth(rows, std::max<std::size_t>(2, options.length / 8));
      break;
    case Spoiling::Strange:
      replace(series, rows, random);
      break;
  }
  return {options.begin, options.begin + rows.size()};
}

}  // namespace gemel::inference
