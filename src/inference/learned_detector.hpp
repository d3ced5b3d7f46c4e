#pragma once
// A detector that learnt what is usual: features, judges and the thresholds that give their scores
// a meaning.

#include <memory>
#include <string>
#include <vector>

#include "core/detector.hpp"
#include "core/plant.hpp"
#include "inference/conformal.hpp"
#include "inference/features.hpp"
#include "inference/judge.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {

/// A judge and what its scores mean.
struct CalibratedJudge {
  std::unique_ptr<const Judge> judge;
  Threshold threshold;

  /// 0 is what is usual, 1 the threshold.
  double score(std::span<const float> point) const;
};

/// How rows become the points that judges see.
struct Scaling {
  FeatureShape shape;
  Duration gap_max;             // a longer silence empties the feature window
  std::vector<Spread> spreads;  // of each feature

  /// Shapes: `point` as many as features. A feature that is not known becomes 0, what is usual.
  void apply(const FeatureMaker& features, std::span<float> point) const;
};

/// The score of a row is the largest of its judges'. A row of which fewer than half of the signals
/// are usable is not judged; with fewer than all, the finding is degraded. Threads: any; each run
/// has one owner.
class LearnedDetector final : public Detector {
 public:
  LearnedDetector(DetectorCard card, std::vector<std::string> signal_paths, Scaling scaling,
                  std::vector<CalibratedJudge> judges);

  const DetectorCard& card() const override { return card_; }
  std::unique_ptr<DetectorRun> start() const override;

 private:
  class Run;
  DetectorCard card_;
  std::vector<std::string> signal_paths_;
  Scaling scaling_;
  std::vector<CalibratedJudge> judges_;
};

}  // namespace gemel::inference
