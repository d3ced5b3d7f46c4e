#include "surroundings.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "units.hpp"

namespace riverside {
namespace {

constexpr EpochMs kDayMs = 86'400'000;
constexpr double kMeanDemandLPerMin = 500.0;

double hour_of_day(EpochMs now) {
  const EpochMs in_day = ((now % kDayMs) + kDayMs) % kDayMs;
  return static_cast<double>(in_day) / 3.6e6;
}

/// A cosine with `cycles` a day, highest at `peak` o'clock.
double daily(double hour, double peak, double cycles) {
  return std::cos(2.0 * std::numbers::pi * cycles * (hour - peak) / 24.0);
}

}  // namespace

double usual_demand_m3_s(EpochMs now) {
  const double hour = hour_of_day(now);
  const double pattern = 1.0 + 0.10 * daily(hour, 15.0, 1.0) + 0.07 * daily(hour, 8.0, 2.0);
  return m3_per_s_from_l_per_min(kMeanDemandLPerMin * pattern);
}

Surroundings Outside::advance(EpochMs now, Random& chance) {
  for (Wander* each : {&taps_, &habits_, &river_, &weather_, &grid_}) each->advance(chance);

  Surroundings outside;
  const double noise = 1.0 + 0.012 * taps_.value() + 0.025 * habits_.value();
  outside.demand_m3_s = usual_demand_m3_s(now) * std::max(noise, 0.0);
  outside.river_level_m = 0.12 * river_.value();
  outside.ambient_c = 14.0 + 5.0 * daily(hour_of_day(now), 15.0, 1.0) + 0.8 * weather_.value();
  outside.mains = 1.0 + 0.006 * grid_.value();
  return outside;
}

}  // namespace riverside
