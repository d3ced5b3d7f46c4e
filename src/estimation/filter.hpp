#pragma once
// Filters that tie a simulated state to what is measured. One interface; the kinds differ in how
// they hold what is not known.

#include <cstdint>
#include <memory>
#include <string_view>

#include "estimation/system.hpp"

namespace gemel::estimation {

enum class FilterKind : std::uint8_t {
  Extended,       // Kalman filter about differences of the system
  Unscented,      // Kalman filter through sigma points
  Ensemble,       // ensemble Kalman filter, measurements perturbed
  Deterministic,  // ensemble Kalman filter, half the gain for the spread
  Transform,      // ensemble transform filter, locally where `reach` says so
  Particle,       // bootstrap filter
};
std::string_view to_string(FilterKind kind);

struct FilterSettings {
  FilterKind kind = FilterKind::Unscented;
  std::size_t members = 40;  // Ensemble, Deterministic, Transform, Particle
  double inflation = 1.0;    // of the forecast's spread, at each measurement
  /// Extended, Unscented: a measurement that lies farther from what was expected than this, in
  /// standard normal deviates, makes the filter look for what changed at once, or which value is
  /// wrong, and let that go. 0: never.
  double surprise = 0.0;
  /// Standard deviation of a sudden change of each state; 0: it can't. Needed with `surprise`.
  std::vector<double> sudden = {};
  /// Extended, Unscented: what each state can't lie below and above. Empty: no bounds.
  std::vector<double> low = {}, high = {};
  /// Process noise: variance that each state gains a unit of time. Empty: none.
  std::vector<double> noise_per_time = {};
  /// Transform: beyond twice this distance a measurement does not count; 0: no limit. Needs places.
  double reach = 0.0;
  /// Where each state is, for `reach`; a ring of this circumference, 0: a line.
  std::vector<double> places = {};
  double circumference = 0.0;
  std::uint64_t seed = 1;
};

/// Order: forecast() and update() as time goes on. Threads: one owner. The same calls and seed give
/// the same numbers.
class Filter {
 public:
  virtual ~Filter() = default;
  /// Moves the belief to `until`. Errors: those of the propagator; NotFinite states are an error
  /// (Internal), after which the filter must be begun anew.
  virtual Result<void> forecast(double until) = 0;
  /// Takes a measurement of the present moment in. Errors: InvalidInput (shapes, spreads that are
  /// not positive, values that are no numbers).
  virtual Result<Innovation> update(const Measurement& measurement) = 0;

  virtual double time() const = 0;
  /// Mean and spread of each state; shapes: states.
  virtual std::vector<double> mean() const = 0;
  virtual std::vector<double> spread() const = 0;
  /// One draw of what the state may be, for a what-if that starts from here. Shape: states.
  virtual std::vector<double> draw(std::uint64_t number) const = 0;
};

/// A filter that holds `start` at time `from`. Errors: InvalidInput (shapes, settings).
/// Sources: Extended: Jazwinski, "Stochastic Processes and Filtering Theory", 1970 (derivatives by
/// central differences). Unscented: Wan & van der Merwe, 2000. Ensemble: Burgers, van Leeuwen &
/// Evensen, 1998. Deterministic: Sakov & Oke, Tellus 60A, 2008. Transform: Hunt, Kostelich &
/// Szunyogh, Physica D 230, 2007; taper: Gaspari & Cohn, 1999. Particle: Gordon, Salmond & Smith,
/// 1993, with systematic resampling and kernel smoothing (Liu & West, 2001). Bounds: Simon, IET
/// Control Theory & Applications 4, 2010 (estimate projection). Lifetime: `propagator`
/// outlives the filter.
Result<std::unique_ptr<Filter>> make_filter(Propagator& propagator, const Gaussian& start,
                                            double from, const FilterSettings& settings);

}  // namespace gemel::estimation
