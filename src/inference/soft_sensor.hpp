#pragma once
// A soft sensor: what a signal would show, from other signals.

#include <deque>

#include "inference/estimator.hpp"
#include "inference/input_drift.hpp"
#include "inference/recursive_regression.hpp"
#include "inference/residual_watch.hpp"
#include "inference/rows.hpp"

namespace gemel::inference {

/// How inputs become a regression's terms: a constant, the inputs in units of their spread, and
/// their products if `products`.
struct RegressionTerms {
  std::vector<double> middle, scale;
  bool products = false;

  std::size_t width() const;
  /// Shapes: `inputs` as many as middle, `terms` as many as width(). An input that is not finite
  /// counts as what is usual.
  void of(std::span<const double> inputs, std::span<double> terms) const;
};

/// How a soft sensor learns on. What is measured may come to be known later than the inputs: it is
/// learnt from when it is known, and found by its source time.
struct SoftSensorMethod {
  bool products = false;
  double forgetting = 1.0;  // see RecursiveRegression
};

/// Recursive regression that goes on learning (unless `learns_on` is 0), with adaptive conformal
/// intervals and monitors of drift of its inputs, residuals and coverage. Products and forgetting
/// are chosen on the last two fifths of the training stretch, after learning the first three.
class SoftSensor final : public Estimator {
 public:
  /// Errors: InvalidInput for fewer than 50 rows whose `of` is known.
  static Result<std::unique_ptr<Estimator>> learn(const Plant& plant, const EstimatorSpec& spec,
                                                  std::span<const SlotSample> stretch);

  void take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
            std::vector<DriftFound>& drifts) override;
  Duration memory() const override { return memory_; }
  const std::string& summary() const override { return summary_; }
  std::size_t rows() const override { return learnt_rows_; }

 private:
  struct Awaited {
    Timestamp time;
    std::vector<double> terms;
    double estimate = 0.0;
    double half_width = 0.0;
  };
  SoftSensor(const Plant& plant, const EstimatorSpec& spec);
  void estimate(const Row& row, std::vector<Sample>& derived, std::vector<DriftFound>& drifts);
  void learn_from(const Sample& measured, std::vector<DriftFound>& drifts);

  const EstimatorSpec spec_;
  std::vector<std::string> names_;  // of the inputs
  RowAssembler rows_;
  RegressionTerms terms_;
  std::optional<RecursiveRegression> regression_;
  ResidualWatch residuals_;
  std::optional<InputDrift> inputs_;
  std::deque<Awaited> awaited_;  // rows whose measured value may still come, in the order of time
  std::deque<Sample> measured_;  // newer than every row
  Duration memory_;
  Duration apart_;  // how far a measured value may be from its row
  std::string summary_;
  std::size_t learnt_rows_ = 0;
};

}  // namespace gemel::inference
