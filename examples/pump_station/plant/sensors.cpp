#include "sensors.hpp"

#include <algorithm>
#include <cstdint>

namespace riverside {
namespace {

/// To the nearest step of `resolution`, halves away from zero.
double quantised(double value, double resolution) {
  if (resolution <= 0.0) return value;
  const double steps = value / resolution;
  // Readings are far within 64 bits; std::round is a call where the processor may be an old one.
  return static_cast<double>(static_cast<std::int64_t>(steps + std::copysign(0.5, steps))) *
         resolution;
}

}  // namespace

double Instrument::closed(const SensorSpec& spec, double step_s) {
  if (step_s != step_s_ || spec.lag_s != lag_s_) {
    step_s_ = step_s;
    lag_s_ = spec.lag_s;
    closed_ = 1.0 - std::exp(-step_s / spec.lag_s);
  }
  return closed_;
}

Reading Instrument::read(const SensorSpec& spec, double truth, const SensorFault& fault,
                         double step_s, Random& chance) {
  const bool lags = settled_ && spec.lag_s > 0.0;
  lagged_ = lags ? lagged_ + (truth - lagged_) * closed(spec, step_s) : truth;
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
