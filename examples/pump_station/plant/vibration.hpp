// Vibration velocity at the bearing housing, built up from what shakes a pump.
#pragma once

#include "random.hpp"

namespace riverside {

/// What shakes the pump.
struct VibrationCauses {
  double speed_ratio = 1.0;    ///< speed over rated speed
  double relative_flow = 1.0;  ///< flow over best flow at this speed
  double cavitation = 0.0;
  double bearing_wear = 0.0;
  double neighbour_mm_s = 0.0;  ///< what the other pump sends through the floor
};

/// The housing: base + imbalance (n²) + flow away from the best point + broadband of cavitation
/// + worn races, whose bursts swell and fade with the load zone.
/// Units: mm/s RMS, 10 … 1000 Hz, as in ISO 10816-3 (zone A/B border 1.4, B/C 2.8, C/D 4.5).
class Vibration {
 public:
  Vibration() = default;
  explicit Vibration(double step_s)
      : hum_(4.0, step_s), bursts_(2.5, step_s), collapse_(0.4, step_s) {}

  /// Advances the noise by one step and returns the velocity.
  double advance(const VibrationCauses& causes, Random& chance);

  template <class Visitor>
  void visit(Visitor& v) {
    v("hum", hum_);
    v("bursts", bursts_);
    v("collapse", collapse_);
  }

 private:
  Wander hum_, bursts_, collapse_;
};

}  // namespace riverside
