#pragma once
// NAB's score: early detections are worth more, detections outside of the windows cost.

#include <cstddef>
#include <span>
#include <vector>

#include "nab_files.hpp"

namespace gemel::bench {

/// The profile "standard": a window found is worth up to 1, one missed costs 1, a false detection
/// up to 0.11.
struct NabCosts {
  double found = 1.0;
  double missed = 1.0;
  double false_alarm = 0.11;
};

/// Rows at the beginning that are not scored: 15 %, at most 750.
std::size_t nab_probation(std::size_t rows);

/// Sum over one file. Of the detections in a window the first counts: 2 / (1 + e^(5 y)) - 1, y
/// from -1 at its first row to 0 past its last, divided by the value at -1. One after a window
/// costs by the same curve, y being the rows since the window by its length, and one before the
/// first the whole. `detections`: rows, ascending. Source: Lavin, Ahmad, "Evaluating Real-time
/// Anomaly Detection Algorithms", ICMLA 2015.
double nab_sum(std::span<const LabelledRows> windows, std::span<const std::size_t> detections,
               std::size_t rows, const NabCosts& costs = {});

/// 0 for a detector that never speaks, 100 for one that finds the first row of every window and
/// nothing else.
double nab_score(double sum, std::size_t windows, const NabCosts& costs = {});

}  // namespace gemel::bench
