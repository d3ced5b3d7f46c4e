#pragma once
// k-means on windows: far from every kind of window that was learnt.

#include <cstdint>
#include <vector>

#include "inference/series_judge.hpp"
#include "inference/window_shape.hpp"

namespace gemel::inference {

struct ClusterOptions {
  std::size_t length = 64;
  WindowView view = WindowView::Shape;
  std::size_t clusters = 20;
  std::uint64_t seed = 1;
};

/// The opinion is the distance to the nearest of the centres, root mean square over the window's
/// parts. Centres are seeded apart (k-means++) and moved by Lloyd's rule until they rest, at most
/// 30 times, over at most 4,000 windows. Units: the series', for shapes none.
/// Source: Arthur, Vassilvitskii, SODA 2007; as a detector of windows Yairi et al., 2001.
class WindowClusters final : public SeriesJudge {
 public:
  /// Shapes: at least `length` values, finite.
  WindowClusters(std::span<const double> training, const ClusterOptions& options);

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return shape_.length(); }
  double grain(std::size_t opinion) const override;
  std::unique_ptr<SeriesRun> start() const override;

  std::size_t clusters() const { return centres_.size() / shape_.parts(); }

 private:
  class Run;
  /// Squared, and whose.
  struct Nearest {
    double distance;
    std::size_t cluster;
  };
  Nearest nearest(std::span<const double> point) const;
  void seed(std::span<const double> points, std::size_t clusters, std::uint64_t seed);
  bool move_centres(std::span<const double> points, std::vector<std::size_t>& owner);

  WindowShape shape_;
  WindowView view_;
  double scale_;
  std::vector<double> centres_;
};

}  // namespace gemel::inference
