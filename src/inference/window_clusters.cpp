#include "inference/window_clusters.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "inference/window_moments.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kParts = 32;
constexpr std::size_t kWindows = 4000;
constexpr int kRounds = 30;

double squared_distance(const double* a, const double* b, std::size_t size) {
  double sum = 0.0;
  for (std::size_t i = 0; i < size; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

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
    scores[0] = std::sqrt(judge_.nearest(point_).distance / static_cast<double>(point_.size()));
  }

 private:
  const WindowClusters& judge_;
  LastValues last_;
  std::vector<double> point_;
};

WindowClusters::WindowClusters(std::span<const double> training, const ClusterOptions& options)
    : shape_(options.length, kParts, options.view, range_of(training)),
      view_(options.view),
      scale_(range_of(training)) {
  const auto points = shape_.points_of(training, kWindows);
  const auto count = points.size() / shape_.parts();
  // Fewer than ten windows are not a kind.
  seed(points, std::clamp<std::size_t>(count / 10, 1, options.clusters), options.seed);
  std::vector<std::size_t> owner(count, ~std::size_t{0});
  for (int round = 0; round < kRounds && move_centres(points, owner); ++round) {
  }
}

WindowClusters::Nearest WindowClusters::nearest(std::span<const double> point) const {
  Nearest best{std::numeric_limits<double>::infinity(), 0};
  for (std::size_t c = 0; c < clusters(); ++c) {
    const double d = squared_distance(point.data(), &centres_[c * point.size()], point.size());
    if (d < best.distance) best = {d, c};
  }
  return best;
}

void WindowClusters::seed(std::span<const double> points, std::size_t clusters,
                          std::uint64_t seed) {
  const auto width = shape_.parts(), count = points.size() / width;
  Random random(seed);
  std::vector<double> distance(count, std::numeric_limits<double>::infinity());
  auto chosen = random.below(count);
  while (true) {
    const auto centre = points.subspan(chosen * width, width);
    centres_.insert(centres_.end(), centre.begin(), centre.end());
    if (this->clusters() == clusters) return;
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      distance[i] =
          std::min(distance[i], squared_distance(&points[i * width], centre.data(), width));
      sum += distance[i];
    }
    if (sum <= 0.0) return;  // all windows are one of the centres
    double left = random.uniform() * sum;
    for (chosen = 0; chosen + 1 < count && left >= distance[chosen]; ++chosen)
      left -= distance[chosen];
  }
}

bool WindowClusters::move_centres(std::span<const double> points, std::vector<std::size_t>& owner) {
  const auto width = shape_.parts();
  std::vector<double> sums(centres_.size());
  std::vector<std::size_t> members(clusters());
  bool moved = false;
  for (std::size_t i = 0; i < owner.size(); ++i) {
    const auto point = points.subspan(i * width, width);
    const auto cluster = nearest(point).cluster;
    moved |= cluster != owner[i];
    owner[i] = cluster;
    ++members[cluster];
    for (std::size_t k = 0; k < width; ++k) sums[cluster * width + k] += point[k];
  }
  for (std::size_t c = 0; c < members.size(); ++c) {
    for (std::size_t k = 0; k < width && members[c] > 0; ++k)
      centres_[c * width + k] = sums[c * width + k] / static_cast<double>(members[c]);
  }
  return moved;
}

double WindowClusters::grain(std::size_t /*opinion*/) const {
  return view_ == WindowView::Shape ? 0.05 : 0.01 * scale_;
}
std::span<const std::string_view> WindowClusters::opinions() const {
  return std::span(kOpinions).subspan(static_cast<std::size_t>(view_), 1);
}
std::unique_ptr<SeriesRun> WindowClusters::start() const { return std::make_unique<Run>(*this); }

}  // namespace gemel::inference
