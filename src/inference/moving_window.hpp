#pragma once
// Rate, mean, extremes and spread of one amount over the last so many minutes of source time.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "core/expression.hpp"

namespace gemel::inference {

/// Values in (now - span, now], each with the same weight. `Rate` is the slope of the least-squares
/// line per second: of all slopes the one that a single noisy value moves least. `Spread` is the
/// standard deviation (n - 1).
///
/// Known once it reaches back the whole span with no silence longer than `silence`: half the span,
/// at least three periods. A longer silence begins it anew.
///
/// Limits: kValuesMax values; those that come more than four times as often as the period says, or
///         of a span longer than that, are thinned evenly, though an extreme is never left out.
/// Cost:   constant in the length of the window, on average; allocates only when made.
class MovingWindow {
 public:
  static constexpr std::size_t kValuesMax = 65'536;

  /// `period`: the expected distance of values.
  MovingWindow(Term::Kind kind, Duration span, Duration period);

  /// Times grow from call to call.
  void add(Timestamp time, double value);
  std::optional<double> at(Timestamp now);

 private:
  struct Entry {
    Timestamp time;
    double value = 0.0;
  };
  /// About the anchor, so that small differences of large values keep their digits.
  struct Sums {
    double t = 0.0, v = 0.0, tt = 0.0, vv = 0.0, tv = 0.0;
  };

  bool of_extremes() const { return kind_ == Term::Kind::Min || kind_ == Term::Kind::Max; }
  Entry& entry(std::size_t i) { return ring_[(begin_ + i) % ring_.size()]; }
  void push(Timestamp time, double value);
  void push_extreme(Timestamp time, double value);
  void sum_anew();
  void count(const Entry& entry, double sign);
  void drop_until(Timestamp time);
  std::optional<double> statistic();

  Term::Kind kind_;
  Duration span_;
  Duration silence_;
  Duration spacing_;  // values that are closer are thinned
  std::vector<Entry> ring_;
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
  std::size_t since_sums_ = 0;  // values that entered since sum_anew()
  Entry anchor_;
  Sums sums_;
  std::optional<Timestamp> first_;  // since when it was fed without a long silence
  Timestamp newest_ = Timestamp::min();
};

}  // namespace gemel::inference
