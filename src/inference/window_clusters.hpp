#pragma once
// k-means on windows: far from every kind of window that was learnt.

#include <cstdint>
#include <vector>

#include "inference/point_clusters.hpp"
#include "inference/series_judge.hpp"
#include "inference/window_shape.hpp"

namespace gemel::inference {

struct ClusterOptions {
  std::size_t length = 64;
  WindowView view = WindowView::Shape;
  std::size_t clusters = 20;
  std::uint64_t seed = 1;
};

/// The opinion is the distance to the nearest of the centres (point_clusters.hpp) of at most 4,000
/// windows, root mean square over the window's parts. Units: the series', for shapes none.
/// Source: Yairi et al., "Fault Detection by Mining Association Rules from House-keeping Data",
/// 2001.
class WindowClusters final : public SeriesJudge {
 public:
  /// Shapes: at least `length` values, finite.
  WindowClusters(std::span<const double> training, const ClusterOptions& options);

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return shape_.length(); }
  double grain(std::size_t opinion) const override;
  std::unique_ptr<SeriesRun> start() const override;

  std::size_t clusters() const { return clusters_.count(); }

 private:
  class Run;
  WindowShape shape_;
  WindowView view_;
  double scale_;
  PointClusters clusters_;
};

}  // namespace gemel::inference
