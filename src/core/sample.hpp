#pragma once
// One value of one signal at one time.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/quality.hpp"

namespace gemel {

/// Units: `value` in the signal's declared unit once it has passed the pipeline; before, as the
/// source sent it.
struct Sample {
  SignalId signal;
  Quality quality;
  Timestamp source_time;  // when it was so
  double value = 0.0;     // finite; meaningless when quality.grade is Missing
  friend bool operator==(const Sample&, const Sample&) = default;
};

/// A sample as the history holds it.
struct Record {
  Timestamp source_time;  // when it was so
  Timestamp known_at;     // when we knew it
  double value = 0.0;
  Quality quality;
  friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace gemel
