#include "inference/half_space_detector.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/text.hpp"

namespace gemel::inference {
namespace {

constexpr double kContributionMin = 0.01;

PointTable last_of(const PointTable& points, std::size_t count) {
  PointTable last{{}, points.width};
  const auto values = std::min(count, points.rows()) * points.width;
  last.values.assign(points.values.end() - static_cast<std::ptrdiff_t>(values),
                     points.values.end());
  return last;
}

}  // namespace

class HalfSpaceDetector::Run final : public DetectorRun {
 public:
  explicit Run(const HalfSpaceDetector& detector)
      : detector_(detector),
        points_(detector.scaling_),
        trees_(detector.trees_, detector.last_),
        weights_(detector.scaling_.shape.signals) {}

  std::optional<Finding> observe(const Row& row) override {
    points_.take(row);
    const auto usable = static_cast<std::size_t>(
        std::ranges::count_if(row.qualities, [](Quality q) { return q.usable(); }));
    if (2 * usable < row.values.size() || usable == 0) return std::nullopt;
    const auto point = points_.point(View::Absolute);
    const double raw = trees_.score(point);
    const auto& threshold = detector_.threshold_;
    Finding finding;
    finding.time = row.time;
    finding.degraded = usable < row.values.size();
    finding.score =
        std::max(0.0, (raw - threshold.usual) / (threshold.threshold - threshold.usual));
    finding.abnormal = finding.score >= 1.0;
    abnormal_rows_ = finding.abnormal ? abnormal_rows_ + 1 : 0;
    if (!finding.abnormal || abnormal_rows_ > detector_.trees_.options().window) trees_.take(point);
    if (finding.abnormal) finding.drivers = drivers(row);
    return finding;
  }

 private:
  std::vector<Driver> drivers(const Row& row) {
    trees_.weigh(points_.point(View::Absolute), weights_);
    for (std::size_t s = 0; s < weights_.size(); ++s) {
      if (!row.qualities[s].usable()) weights_[s] = 0.0;
    }
    const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    std::vector<Driver> out;
    for (std::size_t s = 0; s < weights_.size() && sum > 0.0; ++s) {
      const double share = weights_[s] / sum;
      if (share < kContributionMin) continue;
      out.push_back({detector_.signal_paths_[s], share, row.values[s], points_.expected(s)});
    }
    std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
    return out;
  }

  const HalfSpaceDetector& detector_;
  PointMaker points_;
  HalfSpaceTrees::Run trees_;
  std::vector<double> weights_;
  std::size_t abnormal_rows_ = 0;
};

HalfSpaceDetector::HalfSpaceDetector(DetectorCard card, std::vector<std::string> signal_paths,
                                     Scaling scaling, const PointTable& fit,
                                     const PointTable& calibration, const ThresholdWish& wish,
                                     const HalfSpaceOptions& options)
    : card_(std::move(card)),
      signal_paths_(std::move(signal_paths)),
      scaling_(std::move(scaling)),
      trees_(fit, options),
      last_(last_of(calibration, options.window)) {
  HalfSpaceTrees::Run run(trees_, fit);
  std::vector<double> scores;
  for (std::size_t i = 0; i < calibration.rows(); ++i)
    scores.push_back(run.take(calibration.row(i)));
  threshold_ = calibrate(scores, wish);
  card_.summary = "learnt from " + std::to_string(fit.rows()) +
                  " rows; half-space trees: threshold " + text::rounded(threshold_.threshold, 3) +
                  " (usual " + text::rounded(threshold_.usual, 3) + "), " + threshold_.words;
}

std::unique_ptr<DetectorRun> HalfSpaceDetector::start() const {
  return std::make_unique<Run>(*this);
}

}  // namespace gemel::inference
