#include "inference/moving_window.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::inference {
namespace {

std::size_t room_for(Duration span, Duration period) {
  const double values = 4.0 * static_cast<double>(span.ns) /
                        static_cast<double>(std::max<std::int64_t>(period.ns, 1));
  return static_cast<std::size_t>(
      std::clamp(values + 16.0, 16.0, static_cast<double>(MovingWindow::kValuesMax)));
}

}  // namespace

MovingWindow::MovingWindow(Term::Kind kind, Duration span, Duration period)
    : kind_(kind),
      span_(span),
      silence_(std::max(span / 2, period * 3)),
      ring_(room_for(span, period)) {
  // One more than fit would overflow the ring.
  spacing_ = {span_.ns / static_cast<std::int64_t>(ring_.size() - 2) + 1};
}

void MovingWindow::add(Timestamp time, double value) {
  if (first_ && time - newest_ > silence_) {
    first_.reset();
    size_ = 0;
    since_sums_ = ring_.size();
  }
  if (!first_) first_ = time;
  newest_ = time;
  drop_until(time - span_);
  if (of_extremes()) return push_extreme(time, value);
  if (size_ > 0 && time - entry(size_ - 1).time < spacing_) return;
  push(time, value);
}

void MovingWindow::push(Timestamp time, double value) {
  entry(size_++) = {time, value};
  // Adding and taking away leaves rounding errors behind; a fresh start now and then ends them.
  if (++since_sums_ >= ring_.size() || size_ == 1) return sum_anew();
  count(entry(size_ - 1), 1.0);
}

/// Keeps what may yet be the extreme: newer values that are less extreme than older ones.
void MovingWindow::push_extreme(Timestamp time, double value) {
  const bool greatest = kind_ == Term::Kind::Max;
  while (size_ > 0 &&
         (greatest ? entry(size_ - 1).value <= value : entry(size_ - 1).value >= value))
    --size_;
  if (size_ > 0 && time - entry(size_ - 1).time < spacing_) return;
  entry(size_++) = {time, value};
}

void MovingWindow::count(const Entry& e, double sign) {
  const double t = (e.time - anchor_.time).in_seconds();
  const double v = e.value - anchor_.value;
  sums_.t += sign * t;
  sums_.v += sign * v;
  sums_.tt += sign * t * t;
  sums_.vv += sign * v * v;
  sums_.tv += sign * t * v;
}

void MovingWindow::sum_anew() {
  since_sums_ = 0;
  sums_ = {};
  anchor_ = entry(size_ / 2);
  for (std::size_t i = 0; i < size_; ++i) count(entry(i), 1.0);
}

void MovingWindow::drop_until(Timestamp time) {
  while (size_ > 0 && entry(0).time <= time) {
    if (!of_extremes()) count(entry(0), -1.0);
    begin_ = (begin_ + 1) % ring_.size();
    --size_;
  }
}

std::optional<double> MovingWindow::at(Timestamp now) {
  if (!first_ || now - *first_ < span_ || now - newest_ > silence_) return std::nullopt;
  drop_until(now - span_);
  if (size_ == 0) return std::nullopt;
  return statistic();
}

std::optional<double> MovingWindow::statistic() {
  if (of_extremes()) return entry(0).value;
  const auto n = static_cast<double>(size_);
  if (kind_ == Term::Kind::Mean) return anchor_.value + sums_.v / n;
  if (size_ < 2) return std::nullopt;
  if (kind_ == Term::Kind::Spread)
    return std::sqrt(std::max(0.0, sums_.vv - sums_.v * sums_.v / n) / (n - 1.0));
  const double across = sums_.tt - sums_.t * sums_.t / n;
  if (across <= 0.0) return std::nullopt;
  return (sums_.tv - sums_.t * sums_.v / n) / across;
}

}  // namespace gemel::inference
