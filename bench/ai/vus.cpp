#include "vus.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace gemel::bench {
namespace {

struct Stretch {
  std::size_t begin, end;  // end is not part of it
};

std::vector<Stretch> stretches_of(std::span<const std::uint8_t> labels) {
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == 0) continue;
    if (i == 0 || labels[i - 1] == 0) stretches.push_back({i, i});
    stretches.back().end = i + 1;
  }
  return stretches;
}

/// Widened by `reach`, joined where they meet.
std::vector<Stretch> widened(const std::vector<Stretch>& stretches, std::size_t reach,
                             std::size_t rows) {
  std::vector<Stretch> wide;
  for (const auto& stretch : stretches) {
    const Stretch w{stretch.begin - std::min(stretch.begin, reach),
                    std::min(stretch.end + reach, rows)};
    if (!wide.empty() && wide.back().end > w.begin)
      wide.back().end = w.end;
    else
      wide.push_back(w);
  }
  return wide;
}

/// Weight of every row for a buffer of so many rows.
std::vector<double> weights_of(const std::vector<Stretch>& stretches, std::size_t buffer,
                               std::size_t rows) {
  std::vector<double> weights(rows, 0.0);
  const auto add = [&](std::size_t i, std::size_t off) {
    weights[i] += std::sqrt(1.0 - static_cast<double>(off) / static_cast<double>(buffer));
  };
  for (const auto& [begin, end] : stretches) {
    std::fill(weights.begin() + static_cast<std::ptrdiff_t>(begin),
              weights.begin() + static_cast<std::ptrdiff_t>(end), 1.0);
    for (std::size_t off = 1; off <= buffer / 2; ++off) {
      if (off <= begin) add(begin - off, off);
      if (end - 1 + off < rows) add(end - 1 + off, off);
    }
  }
  for (auto& weight : weights) weight = std::min(weight, 1.0);
  return weights;
}

/// Which of the thresholds a row is the first to reach: the strictest has number 0.
struct Ranks {
  std::vector<std::size_t> first;    // of each row; as many as thresholds: none
  std::vector<double> rows_reached;  // by threshold

  Ranks(std::span<const float> scores, std::size_t thresholds) {
    std::vector<float> sorted(scores.begin(), scores.end());
    std::ranges::sort(sorted, std::greater<>());
    std::vector<float> at(thresholds);
    for (std::size_t k = 0; k < thresholds; ++k) {
      const double share = static_cast<double>(k) / static_cast<double>(thresholds - 1);
      at[k] = sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    }
    rows_reached.assign(thresholds, 0.0);
    for (const float score : scores) {
      const auto k = std::lower_bound(at.begin(), at.end(), score, std::greater<>()) - at.begin();
      first.push_back(static_cast<std::size_t>(k));
      if (first.back() < thresholds) rows_reached[first.back()] += 1.0;
    }
    std::partial_sum(rows_reached.begin(), rows_reached.end(), rows_reached.begin());
  }
};

}  // namespace

double vus_pr(std::span<const float> scores, std::span<const std::uint8_t> labels,
              const VusOptions& options) {
  const auto stretches = stretches_of(labels);
  if (stretches.empty()) return 0.0;
  const Ranks ranks(scores, options.thresholds);
  const auto labelled = static_cast<double>(std::ranges::count(labels, std::uint8_t{1}));
  double volume = 0.0;
  std::vector<double> hit(options.thresholds), buffered(options.thresholds),
      touched(options.thresholds);
  for (std::size_t buffer = 0; buffer <= options.buffer_max; ++buffer) {
    for (auto* sums : {&hit, &buffered, &touched}) std::ranges::fill(*sums, 0.0);
    const auto weights = weights_of(stretches, buffer, scores.size());
    const auto wide = widened(stretches, buffer / 2, scores.size());
    for (const auto& stretch : wide) {
      std::size_t strictest = options.thresholds;
      for (auto i = stretch.begin; i < stretch.end; ++i) {
        const auto k = ranks.first[i];
        if (k >= options.thresholds) continue;
        strictest = std::min(strictest, k);
        hit[k] += weights[i];
        if (labels[i] == 0) buffered[k] += weights[i];
      }
      if (strictest < options.thresholds) touched[strictest] += 1.0;
    }
    for (auto* sums : {&hit, &buffered, &touched})
      std::partial_sum(sums->begin(), sums->end(), sums->begin());
    double recall_before = 0.0;
    for (std::size_t k = 0; k < options.thresholds; ++k) {
      const double positives = labelled + 0.5 * buffered[k];
      const double recall =
          std::min(hit[k] / positives, 1.0) * touched[k] / static_cast<double>(wide.size());
      volume += (recall - recall_before) * hit[k] / ranks.rows_reached[k];
      recall_before = recall;
    }
  }
  return volume / static_cast<double>(options.buffer_max + 1);
}

std::size_t vus_buffer(std::span<const double> series) {
  constexpr std::size_t kRows = 20'000, kLags = 400, kFirst = 3, kLast = 303, kUnknown = 125;
  series = series.first(std::min(series.size(), kRows));
  const double mean =
      std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
  std::vector<double> products;
  for (std::size_t lag = 0; lag <= kLags && lag + 1 < series.size(); ++lag) {
    double sum = 0.0;
    for (std::size_t i = lag; i < series.size(); ++i)
      sum += (series[i] - mean) * (series[i - lag] - mean);
    products.push_back(sum);
  }
  std::size_t best = 0;
  for (std::size_t lag = kFirst + 1; lag + 1 < products.size(); ++lag) {
    const bool peak = products[lag] > products[lag - 1] && products[lag] > products[lag + 1];
    if (peak && (best == 0 || products[lag] > products[best])) best = lag;
  }
  return best < 2 * kFirst || best > kLast ? kUnknown : best;
}

}  // namespace gemel::bench
