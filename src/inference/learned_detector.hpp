#pragma once
// A detector that learnt what is usual: views, judges and the thresholds that give their scores a
// meaning.

#include <memory>
#include <string>
#include <vector>

#include "core/detector.hpp"
#include "core/plant.hpp"
#include "inference/conformal.hpp"
#include "inference/judge.hpp"
#include "inference/nearest_normal.hpp"
#include "inference/views.hpp"

namespace gemel::inference {

/// A judge, what it looks at and what its scores mean.
struct CalibratedJudge {
  std::unique_ptr<const Judge> judge;
  View view = View::Absolute;
  Threshold threshold;

  /// 0 is what is usual, 1 the threshold.
  double score(const PointMaker& points) const;
  /// "components"
  std::string name() const;
};

/// The score of a row is the largest of its judges'. A row of which fewer than half of the signals
/// are usable is not judged; with fewer than all, the finding is degraded. Threads: any; each run
/// has one owner.
class LearnedDetector final : public Detector {
 public:
  LearnedDetector(DetectorCard card, std::vector<std::string> signal_paths, Scaling scaling,
                  std::vector<CalibratedJudge> judges, NormalGallery normal);

  const DetectorCard& card() const override { return card_; }
  std::unique_ptr<DetectorRun> start() const override;

 private:
  class Run;
  DetectorCard card_;
  std::vector<std::string> signal_paths_;
  Scaling scaling_;
  std::vector<CalibratedJudge> judges_;
  NormalGallery normal_;
};

}  // namespace gemel::inference
