#include "inference/learned_detector.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

/// Drivers that explain less than this are left out of a finding.
constexpr double kContributionMin = 0.01;

std::size_t count_usable(const Row& row) {
  return static_cast<std::size_t>(
      std::ranges::count_if(row.qualities, [](Quality q) { return q.usable(); }));
}

}  // namespace

double CalibratedJudge::score(const PointMaker& points) const {
  const double raw = judge->score(points.point(view));
  return std::max(0.0, (raw - threshold.usual) / (threshold.threshold - threshold.usual));
}

std::string CalibratedJudge::name() const { return std::string(judge->name()); }

/// One stream's points and scratch.
class LearnedDetector::Run final : public DetectorRun {
 public:
  explicit Run(const LearnedDetector& detector)
      : detector_(detector),
        points_(detector.scaling_),
        weights_(detector.scaling_.shape.signals),
        place_(detector.scaling_.shape.signals) {}

  std::optional<Finding> observe(const Row& row) override {
    points_.take(row);
    const std::size_t usable = count_usable(row);
    if (2 * usable < row.values.size() || usable == 0) return std::nullopt;
    Finding finding;
    finding.time = row.time;
    finding.degraded = usable < row.values.size();
    const CalibratedJudge* worst = nullptr;
    for (const auto& judge : detector_.judges_) {
      const double score = judge.score(points_);
      if (worst == nullptr || score > finding.score) {
        worst = &judge;
        finding.score = score;
      }
    }
    finding.abnormal = finding.score >= 1.0;
    if (finding.abnormal) finding.drivers = drivers(*worst, row);
    return finding;
  }

  std::optional<Likeness> nearest_normal() const override {
    const auto& shape = detector_.scaling_.shape;
    const auto level = shape.per_signal() > 1 ? 1U : 0U;  // a window's mean, where there is one
    for (std::size_t s = 0; s < shape.signals; ++s) {
      const std::size_t f = s * shape.per_signal() + level;
      place_[s] = points_.features().known(f) ? points_.point(View::Absolute)[f]
                                              : std::numeric_limits<float>::quiet_NaN();
    }
    return detector_.normal_.nearest(place_);
  }

 private:
  std::vector<Driver> drivers(const CalibratedJudge& judge, const Row& row) {
    judge.judge->weigh(points_.point(judge.view), weights_);
    for (std::size_t s = 0; s < weights_.size(); ++s) {
      if (!row.qualities[s].usable()) weights_[s] = 0.0;
    }
    const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    std::vector<Driver> out;
    if (sum <= 0.0) return out;
    for (std::size_t s = 0; s < weights_.size(); ++s) {
      const double share = weights_[s] / sum;
      if (share < kContributionMin) continue;
      out.push_back({detector_.signal_paths_[s], share, row.values[s], points_.expected(s)});
    }
    std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
    return out;
  }

  const LearnedDetector& detector_;
  PointMaker points_;
  std::vector<double> weights_;
  mutable std::vector<float> place_;  // scratch of nearest_normal()
};

LearnedDetector::LearnedDetector(DetectorCard card, std::vector<std::string> signal_paths,
                                 Scaling scaling, std::vector<CalibratedJudge> judges,
                                 NormalGallery normal)
    : card_(std::move(card)),
      signal_paths_(std::move(signal_paths)),
      scaling_(std::move(scaling)),
      judges_(std::move(judges)),
      normal_(std::move(normal)) {
  GEMEL_CHECK(!judges_.empty() && signal_paths_.size() == scaling_.shape.signals);
}

std::unique_ptr<DetectorRun> LearnedDetector::start() const { return std::make_unique<Run>(*this); }

}  // namespace gemel::inference
