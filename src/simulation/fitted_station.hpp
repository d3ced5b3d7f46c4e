#pragma once
// What a stretch of history says about a pump station: its parameters, how sure they are, and how
// it wanders.

#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "simulation/hydraulics.hpp"
#include "simulation/least_squares.hpp"
#include "simulation/ports.hpp"
#include "simulation/sensor_noise.hpp"
#include "simulation/wander.hpp"

namespace gemel::simulation {

/// Lowest and highest of the training stretch, SI.
struct Seen {
  double low = 0.0;
  double high = 0.0;
  double middle = 0.0;
};

/// The station's own controller moving a pump's speed with the level:
/// d(speed)/dt = −gain d(level)/dt − reset (level − setpoint). Units: rad/s, m, s.
struct LevelTrim {
  Estimate law;  // gain, reset; empty: nothing moves it
  double setpoint_m = 0.0;
};

struct FittedLine {
  double rated_speed = 1.0;  // rad/s
  double rangeability = 50.0;
  Estimate pump;       // shutoff_head, droop
  Estimate power;      // efficiency_rise, efficiency_bend
  Estimate strainer;   // empty without its port: then part of suction
  Wander head;         // of what the pump delivers beyond its curve, m
  Wander delivery;     // of what the riser takes beyond its equation, m
  Wander intake;       // m
  Wander power_share;  // relative
  SensorNoise noise;
  LevelTrim trim;
  Seen flow, speed, valve;
};

struct FittedStation {
  std::vector<FittedLine> lines;
  Estimate delivery;  // static_head, riser, then pipe of each line, then valve of each line
  Estimate suction;   // suction resistance of each line, then intake head of each line
  Estimate tank;      // per_tank_area, imbalance
  Wander demand;      // m³/s
  double level_noise_m = 0.0;
  double demand_noise = 0.0;
  double density = 999.0;
  std::size_t cells = 0;  // complete ones it learnt from

  /// The most probable station.
  Station expected() const;
  /// One that may be, drawn from the uncertainty of all parameters. Takes the same count of numbers
  /// every time.
  Station draw(Random& random) const;
};

/// Errors: InvalidInput (a parameter), Unavailable (too few cells in which every signal was usable,
/// pumps that stood still, a tank area that cannot be told), those of the history.
Result<FittedStation> fit_station(const Plant& plant, const Ports& ports, const Told& told,
                                  const HistoryReader& history, TimeRange range,
                                  Timestamp known_at);

/// For people: each parameter with its standard deviation.
std::string describe(const FittedStation& station, const Plant& plant, const Ports& ports);

}  // namespace gemel::simulation
