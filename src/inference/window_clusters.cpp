#include "inference/window_clusters.hpp"

#include <array>

#include "inference/window_moments.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kParts = 32;
constexpr std::size_t kWindows = 4000;

constexpr std::array<std::string_view, 3> kOpinions{
    "level of no known kind", "amplitude of no known kind", "shape of no known kind"};

}  // namespace

class WindowClusters::Run final : public SeriesRun {
 public:
  explicit Run(const WindowClusters& judge)
      : judge_(judge), last_(judge.length()), point_(judge.shape_.parts()) {}

  void take(double value, std::span<double> scores) override {
    last_.take(value);
    scores[0] = 0.0;
    if (!last_.full()) return;
    judge_.shape_.write(last_.older(), last_.newer(), point_);
    scores[0] = judge_.clusters_.distance(point_);
  }

 private:
  const WindowClusters& judge_;
  LastValues last_;
  std::vector<double> point_;
};

WindowClusters::WindowClusters(std::span<const double> training, const ClusterOptions& options)
    : shape_(options.length, kParts, options.view, range_of(training)),
      view_(options.view),
      scale_(range_of(training)),
      clusters_(shape_.points_of(training, kWindows), shape_.parts(),
                {.clusters = options.clusters, .seed = options.seed}) {}

double WindowClusters::grain(std::size_t /*opinion*/) const {
  return view_ == WindowView::Shape ? 0.05 : 0.01 * scale_;
}
std::span<const std::string_view> WindowClusters::opinions() const {
  return std::span(kOpinions).subspan(static_cast<std::size_t>(view_), 1);
}
std::unique_ptr<SeriesRun> WindowClusters::start() const { return std::make_unique<Run>(*this); }

}  // namespace gemel::inference
