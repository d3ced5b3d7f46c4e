#pragma once
// The port of simulators: what answers "what would happen if".

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/history.hpp"
#include "core/snapshot.hpp"

namespace gemel {

/// Units: the control's declared unit.
struct Change {
  ControlId control;
  double value = 0.0;
};

struct Scenario {
  std::vector<Change> changes;  // empty: carry on as now
  Duration horizon = Duration::minutes(10);
  Duration step = Duration::seconds(5);  // of the answer, not of the integration
  std::uint32_t draws = 64;              // futures with drawn parameters and noise
  std::uint64_t seed = 1;
  Duration judged_from =
      {};  // worst_low and worst_high look from here on: a plant needs time to obey
};

/// Over the horizon, from the futures drawn. Units: the signal's declared unit. Shapes: as long as
/// Outcome::times.
struct SimulatedSignal {
  SignalId signal;
  std::vector<double> mean;
  std::vector<double> low;   // 5 %
  std::vector<double> high;  // 95 %
  std::vector<double>
      worst_low;  // per draw: the smallest value from judged_from to the horizon. Shape: draws
  std::vector<double> worst_high;  // per draw: the largest
};

/// One number for a whole future, such as energy per volume.
struct Indicator {
  std::string name;
  std::string unit;
  double mean = 0.0;
  double low = 0.0;
  double high = 0.0;
  std::vector<double> draws;
};

struct Outcome {
  std::vector<Duration> times;  // from the snapshot's `at`
  std::vector<SimulatedSignal> signals;
  std::vector<Indicator> indicators;
  std::string version;                // of the simulator
  std::vector<std::string> warnings;  // such as: outside the range it was fitted on
  std::vector<std::string> findings;  // what the present measurements say is not as fitted:
                                      // "strainer_1: resistance 3.1 × normal"
};

/// A fitted simulator: immutable and shared. Threads: any.
class Simulator {
 public:
  virtual ~Simulator() = default;
  virtual const std::string& version() const = 0;
  /// For people: the parameters with their spread.
  virtual std::string summary() const = 0;
  virtual std::vector<SignalId> signals() const = 0;
  virtual std::vector<ControlId> controls() const = 0;

  /// Runs the scenario from the snapshot. The same snapshot, scenario and version give the same
  /// outcome, bit for bit. Errors: InvalidInput (unknown control, no horizon), Unavailable (the
  /// snapshot lacks a signal it starts from).
  virtual Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario) const = 0;

  /// What it expects the plant to show now, given the present controls: one sample for each signal
  /// that it can estimate. Empty when the snapshot lacks what it needs.
  virtual std::vector<std::pair<SignalId, double>> estimate(const Snapshot& now) const = 0;

  /// What its indicators came to in a stretch that is over, from what was measured (`mean` only).
  /// Indicators that cannot be measured are left out. Errors: those of the history.
  virtual Result<std::vector<Indicator>> measured(const HistoryReader& /*history*/,
                                                  TimeRange /*range*/) const {
    return std::vector<Indicator>{};
  }
};

}  // namespace gemel
