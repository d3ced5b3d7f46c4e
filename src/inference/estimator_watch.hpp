#pragma once
// One estimator at work on its asset: learns when its stretch is there, then takes samples.

#include <memory>
#include <vector>

#include "core/history.hpp"
#include "inference/estimator.hpp"
#include "inference/teacher.hpp"

namespace gemel::inference {

/// Threads: one.
class EstimatorWatch {
 public:
  EstimatorWatch(std::shared_ptr<const Plant> plant, std::size_t estimator, std::uint64_t seed)
      : plant_(std::move(plant)), estimator_(estimator), seed_(seed) {}

  const EstimatorSpec& spec() const { return plant_->estimators[estimator_]; }
  bool trained() const { return estimates_ != nullptr; }

  /// Learns if it is due, adds a Trained event if it is news, and takes in what came after the
  /// stretch. Errors: those of the history.
  Result<void> train_due(Teacher& teacher, const HistoryReader& history, TimeRange extent,
                         std::vector<Event>& events);

  /// A sample of the signal at `slot`; see Estimator::take().
  void take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
            std::vector<Event>& events);

 private:
  Result<void> warm_up(const HistoryReader& history, TimeRange after);

  std::shared_ptr<const Plant> plant_;
  std::size_t estimator_;
  std::uint64_t seed_;
  std::unique_ptr<Estimator> estimates_;
  std::string version_;
  Duration learnt_from_;  // length of its stretch
  std::vector<DriftFound> drifts_;
};

}  // namespace gemel::inference
