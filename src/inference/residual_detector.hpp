#pragma once
// The hybrid twin's detector: what is measured against what a simulator or a soft sensor says that
// it should be.

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/detector.hpp"
#include "core/plant.hpp"
#include "inference/conformal.hpp"
#include "inference/learning_rows.hpp"
#include "inference/residual_chart.hpp"
#include "inference/robust.hpp"
#include "inference/settings.hpp"
#include "inference/usual_error.hpp"

namespace gemel::inference {

/// A signal and what is expected of it, by their places among the detector's signals.
struct ResidualPair {
  std::size_t measured = 0;
  std::size_t estimate = 0;
  std::string signal = {};  // path of what is measured
  Spread usual{0.0, 1.0};   // of measured less estimated, in the signal's unit
  double width = 1.0;       // of what the operating point doesn't explain, in usual widths

  bool known(const Row& row) const;
  /// Measured less estimated, in usual widths; NaN unless both are usable.
  double off(const Row& row) const;
  double estimated(const Row& row) const;  // NaN unless usable
  /// Of what the operating point leaves unexplained; `doubt` is the variance of that explanation.
  double standardised(double unexplained, double doubt) const;
};

/// A chart, and what its distances mean.
struct CalibratedChart {
  ResidualChart chart;
  Threshold threshold;

  /// 0 is what is usual, 1 the threshold.
  double score(double distance) const;
};

/// Residuals are what the operating point doesn't explain of the difference between measured and
/// estimated; they count for less where the plant was not run in training. The charts are given
/// their running medians, so that two wild rows are no evidence. Two charts gather them: one for
/// what comes at once, one for what creeps. The score of a row is the larger one's. A row of which
/// fewer than half of the pairs are known is not judged; with fewer than all, the finding is
/// degraded. Its drivers are the measured signals, by the larger chart. Threads: any; each run has
/// one owner.
class ResidualDetector final : public Detector {
 public:
  /// `gap_max`: after a longer silence the evidence is gathered anew.
  ResidualDetector(DetectorCard card, std::vector<ResidualPair> pairs, UsualError error,
                   std::vector<CalibratedChart> charts, Duration gap_max);

  const DetectorCard& card() const override { return card_; }
  std::unique_ptr<DetectorRun> start() const override;

 private:
  class Run;
  DetectorCard card_;
  std::vector<ResidualPair> pairs_;
  UsualError error_;
  std::vector<CalibratedChart> charts_;
  Duration gap_max_;
};

/// Pairs each estimate among the spec's signals with the signal that it speaks of. Those of which
/// the stretch knows too little are left out, and the card says so. What comes before anything is
/// estimated is no part of the stretch. Errors: InvalidInput when there are too few rows; the
/// message says how many are needed.
Result<std::shared_ptr<const Detector>> train_residuals(const Plant& plant,
                                                        const DetectorSpec& spec,
                                                        const DetectorSettings& settings,
                                                        const RowTable& rows, Duration row_period,
                                                        std::string version);

}  // namespace gemel::inference
