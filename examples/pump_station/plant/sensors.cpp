#include "sensors.hpp"

namespace riverside {

double Instrument::closed(const SensorSpec& spec, double step_s) {
  if (step_s != step_s_ || spec.lag_s != lag_s_) {
    step_s_ = step_s;
    lag_s_ = spec.lag_s;
    closed_ = 1.0 - std::exp(-step_s / spec.lag_s);
  }
  return closed_;
}

}  // namespace riverside
