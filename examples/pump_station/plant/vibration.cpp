#include "vibration.hpp"

#include <algorithm>
#include <cmath>

namespace riverside {

double Vibration::advance(const VibrationCauses& causes, Random& chance) {
  hum_.advance(chance);
  bursts_.advance(chance);
  collapse_.advance(chance);

  const double n2 = causes.speed_ratio * causes.speed_ratio;
  const double away = causes.relative_flow - 1.0;
  const double steady = (0.35 + 0.75 * n2 + 1.3 * n2 * away * away) * (1.0 + 0.04 * hum_.value());
  const double broadband =
      6.0 * n2 * causes.cavitation * std::max(1.0 + 0.2 * collapse_.value(), 0.4);
  const double races = 4.2 * std::pow(causes.bearing_wear, 1.3) * causes.speed_ratio *
                       std::exp(0.18 * bursts_.value());
  const double floor = 0.05 * causes.neighbour_mm_s;
  // Independent sources add as energies; a stopped pump still feels its neighbour.
  const double own = causes.speed_ratio > 0.05 ? steady : 0.02;
  return std::sqrt(own * own + broadband * broadband + races * races + floor * floor);
}

}  // namespace riverside
