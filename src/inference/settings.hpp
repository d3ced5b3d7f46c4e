#pragma once
// The settings of a detector in the twin file, by name, with their defaults and limits.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"
#include "inference/conformal.hpp"

namespace gemel::inference {

struct DetectorSettings {
  std::uint32_t trees = 100;   // `trees`
  std::uint32_t sample = 256;  // `sample`: points a tree is grown from
  std::size_t window = 10;     // `window`, rows; 1: single values only
  bool limits = true;          // `limits`: 0 leaves the forest to itself
  double fit_share =
      0.5;               // `fit_share` of the training stretch is learnt from, the rest calibrates
  Duration period = {};  // `period`, seconds between rows; 0: the signals' median
  bool grow = true;      // `grow`: 0 learns from the first stretch alone
  bool adapt = true;     // `adapt`: 0 keeps the threshold where training put it
  double adapt_max = 4.0;    // `adapt_max`: the threshold rises to at most this many times itself
  EpisodeRule episode;       // `on_rows`, `of_rows`, `off_rows`
  double clear_below = 0.8;  // `clear_below`: score under which a row counts as normal again
  double hysteresis =
      -1.0;  // `hysteresis` of a rule, the signal's unit; negative: 1 % of its range or value
  Duration clear_after = Duration::seconds(5);  // `clear_after` of a rule, seconds
};

/// Errors: InvalidInput for a name that the kind doesn't have or a value outside its limits
/// (core/detector_kinds.hpp).
Result<DetectorSettings> read_settings(const DetectorSpec& spec);

/// Those that what is learnt depends on, in a fixed order: equal values, equal detectors.
std::vector<double> values_of(const DetectorSettings& settings);

/// Kinds that learn from a stretch of history.
bool learns(const DetectorSpec& spec);

}  // namespace gemel::inference
