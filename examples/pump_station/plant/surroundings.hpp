// What the station cannot choose: the town's demand, the river, the weather and the mains.
#pragma once

#include <cstdint>

#include "random.hpp"

namespace riverside {

/// Milliseconds since 1970-01-01T00:00:00Z.
using EpochMs = std::int64_t;

/// Weather, river, town and mains at one moment.
struct Surroundings {
  double demand_m3_s = 0.0;
  double river_level_m = 0.0;  ///< above its usual surface
  double ambient_c = 14.0;
  double mains = 1.0;  ///< voltage over 400 V
};

/// Daily patterns (in UTC) with noise of several memories on top.
class Outside {
 public:
  Outside() = default;
  explicit Outside(double step_s)
      : taps_(15.0, step_s),
        habits_(900.0, step_s),
        river_(21'600.0, step_s),
        weather_(5'400.0, step_s),
        grid_(240.0, step_s) {}

  Surroundings advance(EpochMs now, Random& chance);

  template <class Visitor>
  void visit(Visitor& v) {
    v("taps", taps_);
    v("habits", habits_);
    v("river", river_);
    v("weather", weather_);
    v("grid", grid_);
  }

 private:
  Wander taps_, habits_, river_, weather_, grid_;
};

/// Demand without noise: two peaks a day, at breakfast and in the evening.
double usual_demand_m3_s(EpochMs now);

}  // namespace riverside
