#pragma once
// Volume under the surface of precision and recall: how well scores rank labelled stretches, with
// forgiveness for scores that are a little early or late.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gemel::bench {

struct VusOptions {
  std::size_t buffer_max = 100;  // rows that labels are widened by in all, from 0 to so many
  std::size_t thresholds = 250;  // spread evenly over the ranks of the scores
};

/// VUS-PR: the mean, over all widths l of a buffer, of the area under the range-aware curve of
/// precision and recall. A labelled stretch is widened by l / 2 rows on both sides; a row d beyond
/// it weighs sqrt(1 - d / l). At a threshold, with TP the weights of rows that reach it:
/// precision = TP / rows that reach it; recall = min(1, TP / P) times the share of widened
/// stretches that are touched, P being the mean of the labelled rows and of these plus the weights
/// of buffer rows that reach the threshold (so counted where TSB-AD's published figures come from).
/// Areas are sums of steps in recall times the precision at their end.
/// Shapes: as many scores as labels. 0 where nothing is labelled.
/// Source: Paparrizos et al., "Volume Under the Surface", VLDB 2022; Liu, Paparrizos, "The Elephant
/// in the Room: TSB-AD", NeurIPS 2024. Cost: (buffer_max + 1) x thresholds x rows near labels.
double vus_pr(std::span<const float> scores, std::span<const std::uint8_t> labels,
              const VusOptions& options);

/// The buffer that TSB-AD gives a series: the lag of the highest peak of its autocorrelation from 3
/// on, over at most 20,000 rows; 125 where there is none up to 303.
std::size_t vus_buffer(std::span<const double> series);

}  // namespace gemel::bench
