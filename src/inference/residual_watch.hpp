#pragma once
// The residuals of an estimator: the interval that they allow, and whether they still are what they
// were when it learnt.

#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "core/event.hpp"
#include "inference/adaptive_interval.hpp"
#include "inference/drift.hpp"

namespace gemel::inference {

/// Intervals by adaptive conformal inference; a monitor of the residuals' size (Page and Hinkley)
/// and one of the coverage (a binomial test of the last 500). Each tells its own kind of drift, at
/// most once a day.
/// Threads: one.
class ResidualWatch {
 public:
  explicit ResidualWatch(double coverage);

  /// A residual of the training stretch, of rows that were not learnt from.
  void start(double residual);
  /// After the last start().
  void started();

  /// Half the interval's width; infinite while it can't be told.
  double half_width() const { return interval_.half_width(); }
  /// The residual of what was estimated with `half_width` for `time`.
  void observe(Timestamp time, double residual, double half_width, std::vector<DriftFound>& drifts);

  /// Share of the training stretch's last residuals inside their intervals; for people.
  double coverage_seen() const;

 private:
  void watch_coverage(Timestamp time, bool missed, std::vector<DriftFound>& drifts);

  double misses_wished_;
  AdaptiveInterval interval_;
  PageHinkley sizes_;
  double usual_ = 1.0;
  std::vector<double> start_sizes_;
  std::size_t started_ = 0, start_missed_ = 0;
  std::vector<char> missed_;  // a ring
  std::size_t next_ = 0, count_ = 0, misses_ = 0;
  bool coverage_told_ = false;
  Timestamp size_told_at_ = Timestamp::min(), coverage_told_at_ = Timestamp::min();
};

}  // namespace gemel::inference
