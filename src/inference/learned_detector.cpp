#include "inference/learned_detector.hpp"

#include <algorithm>
#include <functional>
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

double CalibratedJudge::score(std::span<const float> point) const {
  const double raw = judge->score(point);
  return std::max(0.0, (raw - threshold.usual) / (threshold.threshold - threshold.usual));
}

void Scaling::apply(const FeatureMaker& features, std::span<float> point) const {
  GEMEL_CHECK(point.size() == spreads.size());
  for (std::size_t f = 0; f < point.size(); ++f) {
    const double scaled = (features.values()[f] - spreads[f].middle) / spreads[f].width;
    point[f] = features.known(f) ? static_cast<float>(std::clamp(scaled, -1e6, 1e6)) : 0.0F;
  }
}

/// One stream's feature window and scratch.
class LearnedDetector::Run final : public DetectorRun {
 public:
  explicit Run(const LearnedDetector& detector)
      : detector_(detector),
        features_(detector.scaling_.shape, detector.scaling_.gap_max),
        point_(detector.scaling_.shape.count()),
        weights_(detector.scaling_.shape.signals) {}

  std::optional<Finding> observe(const Row& row) override {
    features_.take(row);
    const std::size_t usable = count_usable(row);
    if (2 * usable < row.values.size() || usable == 0) return std::nullopt;
    detector_.scaling_.apply(features_, point_);
    Finding finding;
    finding.time = row.time;
    finding.degraded = usable < row.values.size();
    const CalibratedJudge* worst = nullptr;
    for (const auto& judge : detector_.judges_) {
      const double score = judge.score(point_);
      if (worst == nullptr || score > finding.score) {
        worst = &judge;
        finding.score = score;
      }
    }
    finding.abnormal = finding.score >= 1.0;
    if (finding.abnormal) finding.drivers = drivers(*worst->judge, row);
    return finding;
  }

 private:
  std::vector<Driver> drivers(const Judge& judge, const Row& row) {
    judge.weigh(point_, weights_);
    for (std::size_t s = 0; s < weights_.size(); ++s) {
      if (!row.qualities[s].usable()) weights_[s] = 0.0;
    }
    const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    std::vector<Driver> out;
    if (sum <= 0.0) return out;
    const auto& scaling = detector_.scaling_;
    for (std::size_t s = 0; s < weights_.size(); ++s) {
      const double share = weights_[s] / sum;
      if (share < kContributionMin) continue;
      const double expected = scaling.spreads[s * scaling.shape.per_signal()].middle;
      out.push_back({detector_.signal_paths_[s], share, row.values[s], expected});
    }
    std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
    return out;
  }

  const LearnedDetector& detector_;
  FeatureMaker features_;
  std::vector<float> point_;
  std::vector<double> weights_;
};

LearnedDetector::LearnedDetector(DetectorCard card, std::vector<std::string> signal_paths,
                                 Scaling scaling, std::vector<CalibratedJudge> judges)
    : card_(std::move(card)),
      signal_paths_(std::move(signal_paths)),
      scaling_(std::move(scaling)),
      judges_(std::move(judges)) {
  GEMEL_CHECK(!judges_.empty() && signal_paths_.size() == scaling_.shape.signals);
}

std::unique_ptr<DetectorRun> LearnedDetector::start() const { return std::make_unique<Run>(*this); }

}  // namespace gemel::inference
