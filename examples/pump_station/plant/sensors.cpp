#include "sensors.hpp"

#include <algorithm>

namespace riverside {
namespace {

double quantised(double value, double resolution) {
  return resolution > 0.0 ? std::round(value / resolution) * resolution : value;
}

double follow(const SensorSpec& spec, double lagged, double truth, double step_s) {
  if (spec.lag_s <= 0.0) return truth;
  return lagged + (truth - lagged) * (1.0 - std::exp(-step_s / spec.lag_s));
}

}  // namespace

Reading Instrument::read(const SensorSpec& spec, double truth, const SensorFault& fault,
                         double step_s, Random& chance) {
  lagged_ = settled_ ? follow(spec, lagged_, truth, step_s) : truth;
  settled_ = true;
  // The noise is drawn even when nobody sees it: a dead instrument must not change the others.
  const double noise = spec.noise > 0.0 ? spec.noise * chance.normal() : 0.0;
  if (fault.health == SensorHealth::Null) return {std::nullopt, false};
  if (fault.health == SensorHealth::Omitted) return {std::nullopt, true};
  if (fault.health == SensorHealth::Frozen) return {shown_, false};

  const double seen = lagged_ * gain_ + offset_ + fault.bias + noise;
  shown_ = spec.lag_s > 0.0
               ? std::clamp(quantised(seen, spec.resolution), spec.low, spec.low + 1.2 * spec.span)
               : seen;
  return {shown_, false};
}

}  // namespace riverside
