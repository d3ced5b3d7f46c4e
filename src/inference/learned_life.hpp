#pragma once
// Remaining life by a model that was learnt from runs to failure.

#include <memory>

#include "inference/estimator.hpp"
#include "inference/life_model.hpp"
#include "inference/rows.hpp"

namespace gemel::inference {

/// Keeps the means of the steps of the life so far, and asks the model at the end of each. The
/// model's signals are those of the spec's `from` that have their names. A step without a value of
/// some signal repeats its last one, and the estimate is marked uncertain. Units: days; a model
/// without a step counts in the spec's step.
class LearnedLife final : public Estimator {
 public:
  /// `stretch` is the life so far. Errors: those of the model's file; NotFound for a signal that it
  /// wants and the asset has not.
  static Result<std::unique_ptr<Estimator>> begin(const Plant& plant, const EstimatorSpec& spec,
                                                  std::span<const SlotSample> stretch);

  /// The model's, or the spec's where the model has none or can't be read.
  static Duration step_of(const EstimatorSpec& spec);

  void take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
            std::vector<DriftFound>& drifts) override;
  Duration memory() const override { return Duration::days(3650); }
  const std::string& summary() const override { return summary_; }
  std::size_t rows() const override { return run_.sensors.size() / model_->shape().sensors.size(); }

 private:
  struct Input {
    double sum = 0.0, last = 0.0;
    std::size_t count = 0;
    bool seen = false;
  };
  LearnedLife(const EstimatorSpec& spec, std::shared_ptr<const LifeModel> model);
  bool finish_step();
  void estimate(Timestamp end, bool whole, std::vector<Sample>& derived) const;

  const EstimatorSpec spec_;
  std::shared_ptr<const LifeModel> model_;
  Duration step_;
  std::vector<std::size_t> settings_, sensors_;  // slots, in the model's order
  std::vector<Input> inputs_;                    // by slot
  std::int64_t step_index_ = INT64_MIN;
  LifeRun run_;
  std::string summary_;
};

}  // namespace gemel::inference
