#pragma once
// How far one sample of a line's instruments may be from the truth.

namespace gemel::simulation {

/// Standard deviation of one sample about the truth. Units: as the name says, SI.
struct SensorNoise {
  double flow = 0.0;
  double suction_m = 0.0;
  double discharge_m = 0.0;
  double strainer_m = 0.0;
  double power_w = 0.0;
  double speed = 0.0;  // rad/s
};

}  // namespace gemel::simulation
