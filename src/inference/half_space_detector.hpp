#pragma once
// Half-space trees at work on the rows of an asset: the one detector that goes on learning by
// itself.

#include <memory>
#include <string>
#include <vector>

#include "core/detector.hpp"
#include "inference/conformal.hpp"
#include "inference/half_space_trees.hpp"
#include "inference/learned_detector.hpp"

namespace gemel::inference {

/// What has lasted a window of the trees is usual from then on; the threshold stays as calibrated.
/// Rows that are abnormal are not learnt from, unless they go on for a whole window: then this is
/// how the plant is run. A row of which fewer than half of the signals are usable is not judged.
/// Threads: any; each run has one owner.
class HalfSpaceDetector final : public Detector {
 public:
  /// `calibration` points are scored and taken in the order of time, after those that the trees and
  /// their first masses, `fit`, are made of. Shapes: as many spreads as features.
  HalfSpaceDetector(DetectorCard card, std::vector<std::string> signal_paths, Scaling scaling,
                    const PointTable& fit, const PointTable& calibration, const ThresholdWish& wish,
                    const HalfSpaceOptions& options);

  const DetectorCard& card() const override { return card_; }
  std::unique_ptr<DetectorRun> start() const override;

 private:
  class Run;
  DetectorCard card_;
  std::vector<std::string> signal_paths_;
  Scaling scaling_;
  HalfSpaceTrees trees_;
  PointTable last_;  // points before the first row: the first reference
  Threshold threshold_;
};

}  // namespace gemel::inference
