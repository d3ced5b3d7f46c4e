#pragma once
// The demo's station and its twin in one process, under the station's own clock: what the tracker
// finds and what the what-ifs foretell, against what the station then does.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/simulator.hpp"
#include "history/memory_history.hpp"
#include "plant.hpp"

namespace gemel::examples {

/// The twin file of the demo. Stops the program with its report when it can't be read.
std::shared_ptr<const Plant> demo_twin();

/// A station that has run for hours, and a twin that meets it: 45 minutes to learn from, then its
/// tracker takes every reading. Seeds give stations of other gauges, weather and hour of the day.
class TwinnedStation {
 public:
  /// `prepare` is done to the station before its twin meets it.
  TwinnedStation(std::shared_ptr<const Plant> twin, std::uint64_t seed,
                 const std::function<void(riverside::Plant&)>& prepare = {});

  /// Seconds of the station's time, read and tracked every so many of them.
  void run(int seconds, int every_s = 1);
  /// The same, read once at the end and not tracked.
  void watch(int seconds) { read(seconds); }
  riverside::Plant& station() { return station_; }
  const Snapshot& snapshot() const { return snapshot_; }
  const Simulator& simulator() const { return *simulator_; }
  /// What the twin believes of a signal, in its unit; of a quantity that it follows.
  double believed(const char* path) const;
  /// Share of a strainer's mesh that the twin believes to be open; lines are 0 and 1.
  double believed_open(int line) const;
  const Belief& belief(const char* path) const;

 private:
  void read(int every_s);

  const std::shared_ptr<const Plant> twin_;
  riverside::Plant station_;
  std::vector<SignalId> signals_;  // of the twin, in the station's order
  Snapshot snapshot_;
  std::shared_ptr<const Simulator> simulator_;
  std::unique_ptr<StateTracker> tracker_;
};

}  // namespace gemel::examples
