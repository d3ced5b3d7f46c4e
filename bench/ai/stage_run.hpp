#pragma once
// Recorded rows through the stage of production: what studies of detectors have in common.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "core/plant.hpp"
#include "inference/inference.hpp"
#include "recorded_signals.hpp"

namespace gemel::bench {

constexpr double kPerHour = 1.0 / 3600.0;
constexpr double kPerDay = kPerHour / 24.0;
constexpr double kPerWeek = kPerDay / 7.0;

/// A plant of one asset with these signals, sampled every `period`; detectors are the caller's to
/// add before it is shared.
Plant plant_of(const std::vector<std::string>& signals, Duration period);

/// A detector of all signals of the plant, or of those that are named.
DetectorSpec& add_detector(Plant& plant, const std::string& name, const std::string& kind,
                           TimeRange training, double false_alarms_per_s,
                           const std::vector<std::size_t>& signals = {});

/// An alarm's life in source time; `cleared` is Timestamp::max() while it is open.
struct AlarmLife {
  std::string source;
  Timestamp raised;
  Timestamp cleared = Timestamp::max();
  Timestamp onset;
  std::string driver = {};  // the leading one: path
};

/// A stage with what was recorded for it, and the alarms that it raised. A cell that is not finite
/// is Missing, as a source that says "null" makes it.
class StageRun {
 public:
  StageRun(std::shared_ptr<const Plant> plant, std::uint64_t seed);

  /// Shapes: as many values as the plant was made of.
  void record(Timestamp at, std::span<const double> values);
  /// Trains what has its stretch; the notices of what could not be trained are kept.
  Result<void> train();
  void observe(Timestamp at, std::span<const double> values);

  const std::vector<AlarmLife>& alarms() const { return alarms_; }
  bool alarmed() const { return open_ > 0; }
  /// Newest score of each detector, by the plant's order.
  double score(std::size_t detector) const { return scores_[detector]; }
  const std::vector<std::string>& notices() const { return notices_; }
  const std::vector<Trained>& trained() const { return trained_; }
  std::vector<std::string> untrained() const { return stage_.untrained(); }
  double training_s() const { return training_s_; }

 private:
  std::vector<Sample> samples_of(Timestamp at, std::span<const double> values) const;

  std::shared_ptr<const Plant> plant_;
  inference::InferenceStage stage_;
  RecordedSignals learnt_;
  Snapshot working_;
  std::uint64_t next_id_ = 1;
  std::size_t open_ = 0;
  std::map<std::uint64_t, std::size_t> place_;  // of an alarm in alarms_
  std::vector<AlarmLife> alarms_;
  std::vector<double> scores_;
  std::vector<std::string> notices_;
  std::vector<Trained> trained_;
  std::vector<Sample> derived_;
  std::vector<Event> events_;
  double training_s_ = 0.0;
};

}  // namespace gemel::bench
