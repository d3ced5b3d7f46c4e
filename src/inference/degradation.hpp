#pragma once
// How a part wears, by a particle filter: from a health indicator to the time until it passes its
// limit.

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace gemel::inference {

/// Units: the indicator's; it is turned about so that wear makes it rise.
struct DegradationOptions {
  double healthy = 0.0;                   // where it is while nothing wears
  double limit = 1.0;                     // above healthy; the life ends when it is passed
  double noise = 0.1;                     // standard deviation of what is measured, at least
  Duration step = Duration::hours(1);     // between measurements
  Duration horizon = Duration::days(90);  // how far it looks
  std::size_t particles = 1000;
  std::uint64_t seed = 1;
};

/// What is left, as draws of a distribution.
struct RemainingLife {
  std::vector<Duration> draws;  // sorted; the horizon where a draw does not end before it
  Duration horizon;

  /// Shapes: p in [0, 1].
  Duration quantile(double p) const;
  /// The probability of ending before `t` from now; t at most the horizon.
  double ends_before(Duration t) const;
};

/// A bootstrap particle filter. A particle is a level x, a rate of wear c that wanders (log-normal
/// random walk) and an exponent m that does not:
///
///     dx/dt = c ((x - healthy) / (limit - healthy) + 0.05)^m
///
/// with m in [0, 1.5]: steady wear (m = 0), wear that feeds itself (m = 1), cracks by Paris's law
/// (m about 1.5). Before its onset, which comes once a horizon on average, a part does not wear.
/// How noisy measurements are (one to twenty times what the options say) and how much the rate
/// wanders is not known either: each particle has its own opinion. Noise is Student's t of
/// four degrees, so that single wild values move nothing; after a repair (five values in a row far
/// below every particle) it begins anew. Resampling is systematic, with roughening. Source: Gordon,
/// Salmond, Smith, IEE Proc. F 1993; Arulampalam et al., IEEE Trans. Signal Process. 2002; An,
/// Choi, Kim, Reliab. Eng. Syst. Saf. 2013 (degradation). Threads: one.
class DegradationFilter {
 public:
  explicit DegradationFilter(const DegradationOptions& options);

  /// Time passes without a measurement.
  void pass(Duration time);
  /// Takes a measurement of now in.
  void observe(double measured);

  /// Cost: particles times 200 steps.
  RemainingLife remaining();
  double level() const;

 private:
  struct Particle {
    double x = 0.0;
    double log_rate = 0.0;  // of (limit - healthy) per horizon
    double exponent = 0.0;
    double log_noise = 0.0;   // of the options' noise
    double log_wander = 0.0;  // of the rate, in a horizon
    double weight = 0.0;
    bool wears = false;
  };
  void begin(double at);
  void set_on(Particle& particle);
  void move(Particle& particle, double time);  // in horizons
  void resample();

  DegradationOptions options_;
  double span_;
  Random random_;
  std::vector<Particle> particles_, chosen_;
  bool begun_ = false;
  int far_below_ = 0;
};

}  // namespace gemel::inference
