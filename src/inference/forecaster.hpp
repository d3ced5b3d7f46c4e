#pragma once
// Forecasts of a signal, some leads ahead, with intervals.

#include <deque>
#include <optional>

#include "inference/estimator.hpp"
#include "inference/linear_forecast.hpp"
#include "inference/residual_watch.hpp"

namespace gemel::inference {

/// Mean values of one signal in steps of one length, counted from the epoch. A step without a
/// usable value repeats the one before, at most `bridged` times. Threads: one.
class Steps {
 public:
  explicit Steps(Duration step, std::size_t bridged = 3) : step_(step), bridged_(bridged) {}

  struct Step {
    Timestamp end;
    double mean = 0.0;
    bool bridged = false;
  };
  /// Takes a sample; calls `done` with every step that is complete by it. After a longer silence
  /// `broken` is called, and steps begin anew.
  template <class Done, class Broken>
  void take(const Sample& sample, Done done, Broken broken);

  Duration length() const { return step_; }

 private:
  Duration step_;
  std::size_t bridged_;
  std::int64_t index_ = INT64_MIN;  // of the step that is being filled
  double sum_ = 0.0, last_ = 0.0;
  std::size_t count_ = 0;
  bool has_last_ = false;
};

/// Ridge regression of the signal at its leads on its last steps (LinearForecast), refitted only by
/// retraining, with adaptive conformal intervals, one a lead, and monitors of residuals and
/// coverage. The ridge is chosen on the last fifth of the training stretch, which also starts the
/// intervals.
class Forecaster final : public Estimator {
 public:
  /// Errors: InvalidInput when the stretch holds too few steps.
  static Result<std::unique_ptr<Estimator>> learn(const Plant& plant, const EstimatorSpec& spec,
                                                  std::span<const SlotSample> stretch);

  void take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
            std::vector<DriftFound>& drifts) override;
  Duration memory() const override;
  const std::string& summary() const override { return summary_; }
  std::size_t rows() const override { return learnt_steps_; }

 private:
  struct Lead {
    std::size_t steps = 0;
    ResidualWatch residuals;
    struct Made {
      Timestamp of;  // the end of the step that it speaks of
      double value = 0.0;
      double half_width = 0.0;
    };
    std::deque<Made> made{};  // not met by the truth yet
  };
  Forecaster(const EstimatorSpec& spec, Duration step);
  void step_done(const Steps::Step& step, std::vector<Sample>& derived,
                 std::vector<DriftFound>& drifts);
  void meet(Lead& lead, const Steps::Step& step, std::vector<DriftFound>& drifts);

  const EstimatorSpec spec_;
  Steps steps_;
  double middle_ = 0.0, scale_ = 1.0;
  std::optional<LinearForecast> model_;
  std::deque<double> last_;  // standardised
  std::size_t bridged_ = 0;  // among last_
  std::deque<bool> was_bridged_;
  std::vector<Lead> leads_;
  std::vector<double> window_, next_;  // scratch
  std::string summary_;
  std::size_t learnt_steps_ = 0;
};

/// Steps of a forecast that the spec leaves open: its length, and how many are looked back on.
Duration forecast_step(const Plant& plant, const EstimatorSpec& spec);
std::size_t forecast_lookback(const EstimatorSpec& spec, Duration step);

template <class Done, class Broken>
void Steps::take(const Sample& sample, Done done, Broken broken) {
  if (!sample.quality.usable()) return;
  const auto floor_div = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
  const auto index = floor_div(sample.source_time.ns, step_.ns);
  if (index < index_) return;  // too late to count
  if (index > index_ && index_ != INT64_MIN) {
    // The one that was filled, then those that nothing came in.
    const auto missing = static_cast<std::size_t>(index - index_ - 1);
    const auto end_of = [&](std::int64_t i) { return Timestamp{(i + 1) * step_.ns}; };
    if (count_ > 0) {
      last_ = sum_ / static_cast<double>(count_);
      has_last_ = true;
      done(Step{end_of(index_), last_, false});
    }
    if (missing > bridged_) {
      has_last_ = false;
      broken();
    } else if (has_last_) {
      for (std::size_t i = 1; i <= missing; ++i)
        done(Step{end_of(index_ + static_cast<std::int64_t>(i)), last_, true});
    }
  }
  if (index != index_) {
    index_ = index;
    sum_ = 0.0;
    count_ = 0;
  }
  sum_ += sample.value;
  ++count_;
}

}  // namespace gemel::inference
