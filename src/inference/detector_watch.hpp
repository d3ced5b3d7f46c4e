#pragma once
// One detector at work on its asset: rows in; scores, and the life of its alarm, out.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/detector.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "inference/adaptive_threshold.hpp"
#include "inference/alarms.hpp"
#include "inference/episode.hpp"
#include "inference/input_drift.hpp"
#include "inference/learning_rows.hpp"
#include "inference/rows.hpp"
#include "inference/settings.hpp"

namespace gemel::inference {

/// Threads: one.
class DetectorWatch {
 public:
  /// Score samples come at most this often, in source time, and whenever the threshold is crossed.
  static constexpr Duration kScoreEvery = Duration::seconds(1);

  DetectorWatch(std::shared_ptr<const Plant> plant, std::size_t detector,
                const DetectorSettings& settings);

  const DetectorSpec& spec() const { return plant_->detectors[detector_]; }
  const DetectorSettings& settings() const { return settings_; }
  bool trained() const { return run_ != nullptr; }
  RowAssembler assembler() const { return {*plant_, spec().signals, settings_.period}; }

  /// Begins to judge with this detector. `before` fills its windows and is not told of.
  void start(std::shared_ptr<const Detector> detector, std::span<const SlotSample> before);
  /// How far back `before` should reach.
  Duration memory() const;
  void restore(const AlarmBook& book);

  /// An alarm that it raised before a restart, so that the threshold is where it was. Order: by
  /// time.
  void recall_alarm(Timestamp onset);

  /// Takes a sample of the signal at `slot`. The finding, when it completed a row that could be
  /// judged.
  std::optional<Finding> take(std::size_t slot, const Sample& sample);

  /// From now on its rows are compared with those that it learnt from, a stretch of this length.
  void watch_inputs(InputDrift inputs, Duration learnt_from);
  /// What the rows so far have drifted from, with a stretch to learn from again.
  void tell_drift(Timestamp now, std::vector<Event>& events);

  /// Raises, updates or clears its alarm.
  void tell(const Finding& finding, AlarmBook& book, std::uint64_t& next_id,
            std::vector<Event>& events);

  /// Adds the score sample, if one is due.
  void write_score(const Finding& finding, std::vector<Sample>& derived);

 private:
  AdaptiveThreshold fresh_threshold() const;
  AlarmRaised describe(const Finding& finding, std::vector<Driver> drivers) const;

  std::shared_ptr<const Plant> plant_;
  std::size_t detector_;
  DetectorSettings settings_;
  RowAssembler rows_;
  Episode episode_;
  AdaptiveThreshold threshold_;
  double factor_ = 1.0;  // of the threshold; kept while an alarm is open
  DriverMix mix_;
  std::shared_ptr<const Detector> trained_;
  std::unique_ptr<DetectorRun> run_;
  std::optional<InputDrift> inputs_;
  Duration learnt_from_;
  std::vector<InputDrift::Found> drifted_;  // not told yet
  Timestamp score_written_ = Timestamp::min();
  bool score_was_abnormal_ = false;
};

}  // namespace gemel::inference
