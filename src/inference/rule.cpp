#include "inference/rule.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::inference {
namespace {

double hysteresis_of(const Condition& condition, const Signal& signal,
                     const DetectorSettings& settings) {
  if (settings.hysteresis >= 0.0) return settings.hysteresis;
  if (signal.range.low && signal.range.high) return 0.01 * (*signal.range.high - *signal.range.low);
  return 0.01 * std::abs(condition.value);
}

Condition relax(Condition condition, double by) {
  switch (condition.comparison) {
    case Comparison::Less:
    case Comparison::LessEqual:
      condition.value += by;
      break;
    case Comparison::Greater:
    case Comparison::GreaterEqual:
      condition.value -= by;
      break;
    case Comparison::Equal:
    case Comparison::NotEqual:
      break;
  }
  return condition;
}

}  // namespace

RuleWatch::RuleWatch(const Condition& condition, const Signal& signal,
                     const DetectorSettings& settings)
    : condition_(condition),
      relaxed_(relax(condition, hysteresis_of(condition, signal, settings))),
      fresh_for_(std::max(signal.gap, signal.period * 3)),
      slack_(std::min(signal.period * 2, Duration::seconds(5))),
      clear_after_(settings.clear_after) {}

bool RuleWatch::counts(double value) const {
  return open_ ? !relaxed_.holds(value) : condition_.holds(value);
}

Duration RuleWatch::wait() const {
  return open_ ? clear_after_ * chatter_.off_factor(last_) : condition_.hold;
}

Turn RuleWatch::turn_at(Timestamp time) {
  if (!since_ || time - *since_ < wait()) return Turn::None;
  open_ = !open_;
  if (open_) {
    onset_ = *since_;
    chatter_.raised(time);
  }
  since_.reset();
  return open_ ? Turn::Raise : Turn::Clear;
}

Turn RuleWatch::observe(const Sample& sample) {
  if (sample.source_time < last_) return Turn::None;
  last_ = sample.source_time;
  if (!sample.quality.usable()) {
    since_.reset();
    return Turn::None;
  }
  value_ = sample.value;
  if (!counts(value_)) {
    since_.reset();
    return Turn::None;
  }
  if (!since_) since_ = sample.source_time;
  return turn_at(sample.source_time);
}

Timestamp RuleWatch::due() const { return since_ ? *since_ + wait() + slack_ : Timestamp::max(); }

Turn RuleWatch::pass(Timestamp plant_time) {
  if (plant_time < due() || plant_time - last_ > fresh_for_) return Turn::None;
  return turn_at(plant_time);
}

}  // namespace gemel::inference
