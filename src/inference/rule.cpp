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
      delay_(condition.hold, settings.clear_after) {}

bool RuleWatch::counts(double value) const {
  return open() ? !relaxed_.holds(value) : condition_.holds(value);
}

Turn RuleWatch::observe(const Sample& sample) {
  if (sample.source_time < last_) return Turn::None;
  last_ = sample.source_time;
  if (!sample.quality.usable()) {
    delay_.interrupt();
    return Turn::None;
  }
  value_ = sample.value;
  return delay_.see(sample.source_time, counts(value_));
}

Timestamp RuleWatch::due() const {
  const auto due = delay_.due();
  return due == Timestamp::max() ? due : due + slack_;
}

Turn RuleWatch::pass(Timestamp plant_time) {
  if (plant_time < due() || plant_time - last_ > fresh_for_) return Turn::None;
  return delay_.pass(plant_time);
}

}  // namespace gemel::inference
