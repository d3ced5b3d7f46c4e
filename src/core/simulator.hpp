#pragma once
// The port of simulators: what answers "what would happen if".

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/distribution.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"
#include "core/state_tracker.hpp"

namespace gemel {

/// What a change does to what is there now.
enum class How : std::uint8_t { Set, Add, Scale };

/// One thing that is other than now: a control of the plant, or a quantity of the simulator's own.
/// Units: the control's declared unit or the quantity's; a factor where it scales.
struct Change {
  ControlId control;  // invalid: `quantity` says what
  double value = 0.0;
  How how = How::Set;
  std::string quantity = {};  // by its name among Simulator::adjustables()
};

/// A quantity that nobody knows exactly: each future draws it anew. Units: as Change::value.
struct Uncertain {
  std::string quantity;
  Distribution distribution;
  How how = How::Set;
};

/// Where the numbers come from that futures draw their uncertain quantities from.
enum class Sampling : std::uint8_t {
  Random,
  Sobol,  // fills their cube evenly; `draws` best is a power of two
};

struct Scenario {
  std::vector<Change> changes = {};  // empty: carry on as now
  Duration horizon = Duration::minutes(10);
  Duration step = Duration::seconds(5);  // of the answer, not of the integration
  std::uint32_t draws = 64;              // futures with drawn parameters and noise
  std::uint64_t seed = 1;
  Duration judged_from =
      {};  // worst_low and worst_high look from here on: a plant needs time to obey
  std::vector<Uncertain> uncertain = {};  // beside what the simulator draws of its own accord
  Sampling sampling = Sampling::Random;
};

/// A quantity that a scenario may change, beside the plant's controls.
struct Adjustable {
  std::string name;  // "machine_3.speed"
  std::string unit;
  std::string meaning;
  double value = 0.0;  // as described or fitted
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

/// Over the horizon, from the futures drawn. Units: `unit`. Shapes: as long as Outcome::times.
struct SimulatedSignal {
  SignalId signal = {};   // invalid: a quantity of the simulator's that is no signal of the twin
  std::string name = {};  // the signal's path, or the quantity's name
  std::string unit = {};  // the signal's declared one, or the quantity's
  std::vector<double> mean = {};
  std::vector<double> low = {};   // 5 %
  std::vector<double> high = {};  // 95 %
  std::vector<double> worst_low =
      {};  // per draw: the smallest value from judged_from to the horizon. Shape: draws
  std::vector<double> worst_high = {};  // per draw: the largest
};

/// One number for a whole future, such as energy per volume.
struct Indicator {
  std::string name;
  std::string unit;
  double mean = 0.0;
  double low = 0.0;   // 5 % of the futures lie below
  double high = 0.0;  // 5 % above
  std::vector<double> draws = {};
};

struct Outcome {
  std::vector<Duration> times;  // from the snapshot's `at`
  std::vector<SimulatedSignal> signals;
  std::vector<Indicator> indicators;
  std::string version;                // of the simulator
  std::vector<std::string> warnings;  // such as: outside the range it was fitted on
  std::vector<std::string> findings;  // what the present measurements say is not as fitted:
                                      // "strainer_1: resistance 3.1 × normal"
  std::uint32_t draws = 0;            // futures that it is made of; fewer than asked when stopped
};

/// Told after each part of the work how many futures are done; false: stop, and answer from those.
/// Called from several threads, one at a time.
using Progress = std::function<bool(std::uint32_t done, std::uint32_t of)>;

/// A simulator ready to be asked: immutable and shared. Threads: any.
class Simulator {
 public:
  virtual ~Simulator() = default;
  virtual const std::string& version() const = 0;
  /// For people: the parameters with their spread.
  virtual std::string summary() const = 0;
  virtual std::vector<SignalId> signals() const = 0;
  virtual std::vector<ControlId> controls() const = 0;
  virtual std::vector<Adjustable> adjustables() const { return {}; }

  /// Runs the scenario from the snapshot. The same snapshot, scenario and version give the same
  /// outcome, bit for bit, whatever the number of processors; the same draw of two scenarios meets
  /// the same chance, so that their difference is the change's. Errors: NotFound (no such
  /// quantity), InvalidInput (a control that it does not know, a value that can't be, no horizon),
  /// Unavailable (the snapshot lacks a signal it starts from), Cancelled (`progress` said so before
  /// anything was done).
  virtual Result<Outcome> what_if(const Snapshot& start, const Scenario& scenario,
                                  const Progress& progress = {}) const = 0;

  /// What it expects the plant to show now, given the present controls: one sample for each signal
  /// that it can estimate. Empty when the snapshot lacks what it needs.
  virtual std::vector<std::pair<SignalId, double>> estimate(const Snapshot& now) const = 0;

  /// What ties its state to the plant from now on, going on from what `from` holds of earlier
  /// estimates. Null: it needs none. Lifetime: the tracker keeps what it needs of the simulator.
  virtual std::unique_ptr<StateTracker> track(const Snapshot& /*from*/) const { return nullptr; }

  /// What its indicators came to in a stretch that is over, from what was measured (`mean` only).
  /// Indicators that cannot be measured are left out. Errors: those of the history.
  virtual Result<std::vector<Indicator>> measured(const HistoryReader& /*history*/,
                                                  TimeRange /*range*/) const {
    return std::vector<Indicator>{};
  }
};

/// `present` after the change.
double changed(double present, double value, How how);

/// What a change makes of an indicator, future by future.
struct Difference {
  std::string name;
  std::string unit;
  double mean = 0.0;
  double low = 0.0, high = 0.0;            // 5 % of the futures lie below, 5 % above
  double mean_low = 0.0, mean_high = 0.0;  // 95 % interval of the mean, Student's
};

/// What is other than if the plant carried on as now. Futures that both were drawn for count.
std::vector<Difference> differences(const Outcome& as_now, const Outcome& changed);

/// A what-if and the same futures without its changes.
struct WhatIfAnswer {
  Outcome changed;
  Outcome as_now;
  std::vector<Difference> differences;
};

/// Asks both. Uncertain quantities are uncertain in both. Errors: those of what_if.
Result<WhatIfAnswer> compare(const Simulator& simulator, const Snapshot& start,
                             const Scenario& scenario, const Progress& progress = {});

/// The errors of a scenario that no simulator could run: InvalidInput.
Result<void> check_scenario(const Scenario& scenario);

/// Where a control stands now, as its feedback shows. Units: the control's. Errors: Unavailable.
Result<double> present_setting(const Plant& plant, const Snapshot& snapshot, ControlId control);

/// The scenario with each change of a control as the value that it comes to (How::Set). Errors:
/// Unavailable (nobody knows where the control stands), InvalidInput (out of its range).
Result<Scenario> settled(const Plant& plant, const Snapshot& snapshot, Scenario scenario);

}  // namespace gemel
