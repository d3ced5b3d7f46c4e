#pragma once
// The present of a pump station as its signals show it, and a station made to agree with it.

#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"
#include "simulation/fitted_station.hpp"

namespace gemel::simulation {

/// Units: SI; heads in m, gauge.
struct PresentLine {
  double flow = 0.0;
  double suction_m = 0.0;
  double discharge_m = 0.0;
  double strainer_m = 0.0;  // 0 without its port
  double power_w = 0.0;
  double slip = 0.0;  // speed asked for less speed, relative to the rated speed; 0 without its port
  Setting setting;
  bool running = true;  // otherwise its pressures say nothing of its resistances
};

struct Present {
  std::vector<PresentLine> lines;
  double level_m = 0.0;
  double demand = 0.0;
};

/// Errors: Unavailable: a signal has no value, is not usable, or is older than ten seconds and five
/// of its periods; the message names it.
Result<Present> read_present(const Plant& plant, const Ports& ports, const FittedStation& fitted,
                             const Snapshot& snapshot);

/// What the instruments may as well have shown: each value moved by its sensor's noise. Takes the
/// same count of numbers every time.
Present shaken(const Present& present, const FittedStation& fitted, Random& random);

/// How the present differs from the fit, as factors; 1 is as fitted.
struct Departure {
  double strainer = 1.0;  // its resistance; always 1 without its port
  double pump = 1.0;      // head at this flow and speed
  double delivery = 1.0;  // resistance between pump and riser
  double power = 1.0;
};

/// Re-estimates what changes while a plant runs: strainer (or, without its port, suction) and
/// intake of each running line, the pump's head, what lies behind it and the power it takes, so
/// that the station in steady state shows what is measured. Lines that stand keep their fit.
/// Shapes: one departure a line.
std::vector<Departure> anchor(Station& station, const Ports& ports, const Present& present);

}  // namespace gemel::simulation
