#pragma once
// What scores the newest window of one series.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace gemel::inference {

/// One use of a judge on one stream: what it remembers of it. Threads: one.
class SeriesRun {
 public:
  virtual ~SeriesRun() = default;

  /// Takes the next value, which must be finite, and scores the window that it ends: the larger,
  /// the stranger, never negative; 0 until the first window is full. Does not allocate.
  /// Shapes: as many scores as the judge has opinions.
  virtual void take(double value, std::span<double> scores) = 0;
};

/// One look at a window may give several opinions: of its shape, of its amplitude, of its level.
/// Immutable once fitted. Threads: any.
class SeriesJudge {
 public:
  virtual ~SeriesJudge() = default;

  /// One for each opinion, for people: "shape like none before".
  virtual std::span<const std::string_view> opinions() const = 0;

  /// Values in a window; the one that fills it is the first to be scored.
  virtual std::size_t length() const = 0;

  /// How many values later the score comes than the middle of what it judges.
  virtual std::size_t delay(std::size_t /*opinion*/) const { return length() / 2; }

  /// Differences of a score that are smaller than this mean nothing: last digits, not behaviour.
  virtual double grain(std::size_t opinion) const = 0;

  /// Lifetime: the run must not outlive the judge.
  virtual std::unique_ptr<SeriesRun> start() const = 0;
};

/// Opinions on the windows that end at each value of `series`, by a run of its own; the last values
/// of `before` fill its first window. Shapes: opinions x series.
std::vector<std::vector<float>> scores_along(const SeriesJudge& judge,
                                             std::span<const double> before,
                                             std::span<const double> series);

}  // namespace gemel::inference
