#pragma once
// From a wished false-alarm rate to a threshold, with what the data can and can't promise said
// aloud.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace gemel::inference {

/// An alarm is raised when `on` of the last `of` rows are abnormal, and ends when `off` rows in a
/// row are normal again.
struct EpisodeRule {
  std::size_t on = 3;
  std::size_t of = 5;
  std::size_t off = 10;
};

struct ThresholdWish {
  double false_alarms_per_s = 1.0 / 604'800.0;
  Duration row_period = Duration::seconds(1);
  EpisodeRule episode;
  std::size_t memory = 1;  // rows over which the scores hang together (the feature window)
};

struct Threshold {
  double usual = 0.0;      // median of the calibration scores
  double threshold = 0.0;  // > usual
  std::size_t rows = 0;    // calibration rows
  std::size_t blocks = 0;
  std::size_t set_aside = 0;    // rows taken for contamination and left out
  double promised_per_s = 0.0;  // what the calibration rows alone can promise
  bool extrapolated = false;    // beyond that, by the tail that was fitted
  std::string words;            // all of this, for people
};

/// The threshold that scores of a normal plant cross, by the episode rule, at most at the wished
/// rate.
///
/// What counts is episodes, not rows: the scores are first turned into the statistic by which an
/// alarm is raised (the `on`-th largest of the last `of`), then into maxima of blocks longer than
/// the scores' memory, which are about exchangeable. With n blocks and a wished share alpha of
/// blocks with an alarm, the ceil((n+1)(1-alpha))-th smallest maximum promises alpha without any
/// assumption on the distribution, if n + 1 >= 1 / alpha. When there are fewer, the tail is
/// extrapolated from the maxima above their median: with m excesses of sum S under an exponential
/// tail, a new one exceeds t S with probability (1 + t)^-m exactly, so the smallness of m is paid
/// for. From 50 excesses on the tail is a generalised Pareto by probability-weighted moments. Never
/// below the largest seen.
///
/// A plant's scores rise and fall over minutes and hours too, and then short blocks are not
/// exchangeable: the same is done with blocks 4, 16 … times as long, as long as there are twenty,
/// and the highest threshold counts.
///
/// Contamination: scores beyond the median by six times the distance from median to 90 % quantile
/// are left out, if they are at most 5 %; more than that is how this plant behaves. Shapes: scores
/// in the order of time, at least two blocks' worth. Source: Vovk, Gammerman, Shafer, "Algorithmic
/// Learning in a Random World", 2005 (split conformal); Pickands 1975 and
///         Coles 2001 (peaks over threshold); Hosking and Wallis 1987 (moments).
Threshold calibrate(std::span<const double> scores, const ThresholdWish& wish);

/// The same where theory knows how seldom normal rows come to a score: it gives the threshold, and
/// the calibration rows lift it if they went higher than so many rows should have.
/// `reached_once_in`: the score that is reached about once in so many rows.
Threshold calibrate_known(std::span<const double> scores, const ThresholdWish& wish,
                          const std::function<double(double)>& reached_once_in);

/// The `on`-th largest of the last `of` scores, at each row.
std::vector<double> alarm_statistic(std::span<const double> scores, const EpisodeRule& rule);

/// Rows of one block.
std::size_t block_rows(const ThresholdWish& wish);

/// "1 per week", "3.2 per hour".
std::string rate_in_words(double per_s);

}  // namespace gemel::inference
