#pragma once
// The stage that judges: runs every detector of the plant, watches the sensors themselves, and
// keeps the alarms' lives.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "core/snapshot.hpp"

namespace gemel::inference {

/// Runs every detector of the plant and keeps the alarms' lives. Single-threaded, no locks.
///
/// The same samples in the same order, the same calls of train_due() between them and the same seed
/// give the same findings and alarms, however the samples are cut into calls of observe(). Only the
/// sensor watch and the end of shelving look at `now`: silence can't be seen in samples.
///
/// Order:   restore() (after a restart), train_due() at the start and then about once a second,
/// observe() each tick.
///          A detector judges what comes after the train_due() that trained it, so a replay that
///          runs faster than time must not put the training stretch and what follows into one tick.
/// Threads: one.
class InferenceStage {
 public:
  InferenceStage(std::shared_ptr<const Plant> plant, std::uint64_t seed);
  ~InferenceStage();
  InferenceStage(InferenceStage&&) noexcept;
  InferenceStage& operator=(InferenceStage&&) noexcept;

  /// Trains what has its stretch of history complete and isn't trained yet; adds a Trained event
  /// for each, or a Notice when the stretch holds too few usable rows. After a restart it learns
  /// from the same records as before (as known when the Trained event was written), so the version
  /// stays the same and no second event is added. Errors: those of the history; what was trained
  /// before the error stays trained.
  Result<void> train_due(const HistoryReader& history, Timestamp now, std::vector<Event>& events);

  /// After a restart: knows the open alarms from the snapshot, so that they are neither raised
  /// twice nor forgotten. An open alarm whose detector is no longer in the plant is cleared by the
  /// next observe().
  void restore(const Snapshot& snapshot);

  /// Judges the accepted samples of this tick; appends derived samples (scores, health) and alarm
  /// events. `next_id` numbers new alarms. `working` is the snapshot with this tick's samples
  /// folded in. Cost: while nothing is abnormal, and once `derived` has room, detectors and rules
  /// allocate nothing, but for looks at whether their inputs have drifted, ten in a training
  /// stretch.
  void observe(std::span<const Sample> accepted, const Snapshot& working, Timestamp now,
               std::uint64_t& next_id, std::vector<Sample>& derived, std::vector<Event>& events);

  /// Lets a detector or estimator learn again; train_due() does it once the stretch is in the
  /// history. The caller records the event: after a restart it is read from there.
  void retrain(const RetrainAsked& asked);
  /// Errors: NotFound when nothing of this path learns.
  Result<void> may_retrain(const std::string& subject) const;

  /// Paths of the detectors that still wait for their stretch of history.
  std::vector<std::string> untrained() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gemel::inference
