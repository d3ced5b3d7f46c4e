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

namespace gemel::inference {

/// A signal and what is expected of it, by their places among the detector's signals.
struct ResidualPair {
  std::size_t measured = 0;
  std::size_t estimate = 0;
  std::string signal = {};  // path of what is measured
  Spread usual = {};        // of measured less estimated, in the signal's unit
  double reach = 5.0;       // in usual widths; a residual counts for no more than this

  /// In usual widths; NaN unless both are usable.
  double residual(const Row& row) const;
};

/// A chart, and what its distances mean.
struct CalibratedChart {
  ResidualChart chart;
  Threshold threshold;

  /// 0 is what is usual, 1 the threshold.
  double score(double distance) const;
};

/// Two charts of the same residuals: one for what comes at once, one for what creeps. The score of
/// a row is the larger one's. Residuals are cut at their reach, so that one wild row is no
/// evidence. A row of which fewer than half of the pairs are known is not judged; with fewer than
/// all, the finding is degraded. Its drivers are the measured signals, by the larger chart.
/// Threads: any; each run has one owner.
class ResidualDetector final : public Detector {
 public:
  /// `gap_max`: after a longer silence the evidence is gathered anew.
  ResidualDetector(DetectorCard card, std::vector<ResidualPair> pairs,
                   std::vector<CalibratedChart> charts, Duration gap_max);

  const DetectorCard& card() const override { return card_; }
  std::unique_ptr<DetectorRun> start() const override;

 private:
  class Run;
  DetectorCard card_;
  std::vector<ResidualPair> pairs_;
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
