#pragma once
// Runs a pump station ahead, once for each draw of what is not known.

#include <vector>

#include "base/time.hpp"
#include "simulation/fitted_station.hpp"
#include "simulation/present.hpp"

namespace gemel::simulation {

/// A control on its way to a new value. Units: as Setting; rate per second, 0: at once.
struct Ramp {
  double from = 0.0;
  double to = 0.0;
  double rate = 0.0;

  double at(double t_s) const;
  /// How much of the way is done, 0 … 1.
  double share(double t_s) const;
};

struct LinePlan {
  Ramp speed;
  Ramp valve;
  bool follows_level = false;   // the station's own controller moves the speed
  double speed_error_sd = 0.0;  // how far from its setpoint a new speed may end
};

struct Plan {
  std::vector<LinePlan> lines;
  double horizon_s = 600.0;
  double step_s = 5.0;  // of what is kept
  double judged_from_s = 0.0;
  std::uint32_t draws = 64;
  std::uint64_t seed = 1;
};

/// What one line shows at one moment. Units: SI; heads in m.
struct LineMoment {
  double flow, suction_m, discharge_m, strainer_m, power_w, speed, valve;
};

/// One draw. Shapes: lines[time][line]; level and demand [time].
struct Future {
  std::vector<std::vector<LineMoment>> lines;
  std::vector<double> level_m;
  std::vector<double> demand;
  std::vector<Departure> departures;  // by line, of the present from the fit
  double energy_j = 0.0;
  double volume_m3 = 0.0;
};

/// Kept moments: 0, step, 2 step … and the horizon.
std::vector<double> moments_s(const Plan& plan);

/// Draw number `draw`: parameters, sensor noise of the present, and wander from there on. Two plans
/// of one seed meet the same chance, so their difference is the plan's.
Future run_future(const FittedStation& fitted, const Ports& ports, const Present& present,
                  const Plan& plan, std::uint32_t draw);

}  // namespace gemel::simulation
