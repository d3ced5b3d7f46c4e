#pragma once
// Remaining life of a part whose health indicator is measured: a distribution, and the probability
// of failing before the next planned stop.

#include "inference/degradation.hpp"
#include "inference/estimator.hpp"
#include "inference/forecaster.hpp"

namespace gemel::inference {

/// The healthy level and the noise come from the training stretch; the rest from what follows, by a
/// DegradationFilter over means of `step`. Units: seconds turned to the unit of its output signals,
/// days. What is further away than the horizon reads as the horizon.
class LifeEstimator final : public Estimator {
 public:
  /// Errors: InvalidInput when the stretch is too short, or not healthy (past the limit).
  static Result<std::unique_ptr<Estimator>> learn(const Plant& plant, const EstimatorSpec& spec,
                                                  std::span<const SlotSample> stretch,
                                                  std::uint64_t seed);

  void take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
            std::vector<DriftFound>& drifts) override;
  Duration memory() const override { return Duration::days(3650); }
  const std::string& summary() const override { return summary_; }
  std::size_t rows() const override { return learnt_steps_; }

  /// The next planned stop after `now`, if any.
  static std::optional<Timestamp> next_stop(const EstimatorSpec& spec, Timestamp now);

 private:
  LifeEstimator(const EstimatorSpec& spec, Duration step, const DegradationOptions& options,
                double sign);
  void step_done(const Steps::Step& step, std::vector<Sample>& derived);

  const EstimatorSpec spec_;
  Steps steps_;
  DegradationFilter filter_;
  double sign_;  // -1 where wear makes the indicator fall
  Timestamp last_ = Timestamp::min();
  std::string summary_;
  std::size_t learnt_steps_ = 0;
};

/// Between its estimates.
Duration life_step(const EstimatorSpec& spec);

}  // namespace gemel::inference
