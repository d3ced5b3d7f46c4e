#pragma once
// k-means: where points crowd, and how far a point is from the nearest crowd.

#include <cstdint>
#include <span>
#include <vector>

namespace gemel::inference {

struct PointClusterOptions {
  std::size_t clusters = 20;
  std::uint64_t seed = 1;
};

/// Centres are seeded apart (k-means++) and moved by Lloyd's rule until they rest, at most 30
/// times. Immutable. Threads: any. Source: Arthur, Vassilvitskii, SODA 2007.
class PointClusters {
 public:
  /// Shapes: points row after row, `width` each, at least one. Fewer than ten points a centre are
  /// too few: then there are fewer centres.
  PointClusters(std::span<const double> points, std::size_t width,
                const PointClusterOptions& options);

  /// To the nearest centre, root mean square over the features. Shapes: width() values.
  double distance(std::span<const double> point) const;

  std::size_t width() const { return width_; }
  std::size_t count() const { return centres_.size() / width_; }

 private:
  /// Squared, and whose.
  struct Nearest {
    double distance;
    std::size_t cluster;
  };
  Nearest nearest(std::span<const double> point) const;
  void seed(std::span<const double> points, std::size_t clusters, std::uint64_t seed);
  bool move_centres(std::span<const double> points, std::vector<std::size_t>& owner);

  std::size_t width_;
  std::vector<double> centres_;
};

}  // namespace gemel::inference
