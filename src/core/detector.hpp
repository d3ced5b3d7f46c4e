#pragma once
// The port of detectors: what scores how abnormal the present is.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/quality.hpp"

namespace gemel {

/// One aligned row of a detector's signals. Shapes: values and qualities as long as the card's
/// signals.
struct Row {
  Timestamp time;  // source time
  std::span<const double> values;
  std::span<const Quality> qualities;
};

struct Finding {
  Timestamp time;
  double score = 0.0;  // 1 is the threshold
  bool abnormal = false;
  bool degraded = false;        // some signals were missing; the rest was judged
  std::vector<Driver> drivers;  // largest first; filled when abnormal
};

struct DetectorCard {
  std::string path;  // "line_1.pump_1.behaviour"
  std::string kind;
  std::string version;  // changes with the training data, the settings and the seed
  std::vector<SignalId> signals;
  std::string summary;  // for people: threshold, calibration rows, what could not be promised
  std::size_t memory_rows = 0;  // of the past, that a run wants to have seen before it judges
};

/// A row that a detector learnt from, and how far it is from another.
struct Likeness {
  Timestamp time;         // source time
  double distance = 0.0;  // root mean square over the signals, in usual spreads
};

/// One use of a detector on one stream: its scratch memory and what it remembers of the past rows.
class DetectorRun {
 public:
  virtual ~DetectorRun() = default;
  /// Order: rows in the order of time. Nothing when the row can't be judged (too much is missing).
  virtual std::optional<Finding> observe(const Row& row) = 0;
  /// What is most alike, among what was learnt from, to the last row. Nothing when the detector
  /// keeps no rows.
  virtual std::optional<Likeness> nearest_normal() const { return std::nullopt; }
};

/// A trained detector: immutable and shared.
class Detector {
 public:
  virtual ~Detector() = default;
  virtual const DetectorCard& card() const = 0;
  /// Lifetime: the run must not outlive the detector.
  virtual std::unique_ptr<DetectorRun> start() const = 0;
};

}  // namespace gemel
