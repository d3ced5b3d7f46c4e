#pragma once
// The ways of vehicles: points, and the shortest way from each to each.

#include <limits>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "core/flow.hpp"

namespace gemel::process_flow {

/// From a point to the next on a shortest way. `way` is a place in FlowLayout::ways, or kNoWay in a
/// plane.
struct Leg {
  static constexpr std::uint32_t kNoWay = UINT32_MAX;
  std::uint32_t to = 0;
  std::uint32_t way = kNoWay;
  double length = 0.0;  // m
};

/// Immutable. Threads: any.
class GuidePath {
 public:
  static constexpr double kUnreachable = std::numeric_limits<double>::infinity();
  static constexpr std::size_t kPointsMax = 1000;

  GuidePath() = default;
  /// Points that are reached straight from one another, along both axes.
  explicit GuidePath(std::vector<std::pair<double, double>> places) : places_(std::move(places)) {}
  /// Errors: InvalidInput, naming the point or way, the value and a remedy. Cost: one run of
  /// Dijkstra's algorithm a point; 16 bytes a pair of points.
  static Result<GuidePath> make(const FlowLayout& layout);

  /// Whether vehicles share ways; otherwise each goes as if it were alone.
  bool shared() const { return !ways_.empty(); }
  std::size_t points() const { return shared() ? holds_.size() : places_.size(); }
  /// m on the shortest way, kUnreachable if there is none. Of equally long ones the way described
  /// first.
  double distance(std::uint32_t from, std::uint32_t to) const;
  /// The first leg from `from` to another point `to` that can be reached.
  Leg leg(std::uint32_t from, std::uint32_t to) const;

  /// Vehicles that a point holds, kFlowUnlimited in a plane.
  std::uint32_t holds(std::uint32_t point) const {
    return shared() ? holds_[point] : kFlowUnlimited;
  }
  /// A point that holds any number: who stands there is in nobody's way.
  bool haven(std::uint32_t point) const { return holds(point) == kFlowUnlimited; }
  struct Way {
    std::uint32_t from, to;
    std::uint32_t vehicles;
    double length;
    bool both_ways;
  };
  const std::vector<Way>& ways() const { return ways_; }

 private:
  void find_shortest(std::uint32_t to);

  std::vector<std::pair<double, double>> places_;
  std::vector<std::uint32_t> holds_;
  std::vector<Way> ways_;
  std::vector<std::vector<std::uint32_t>> entering_;  // ways by the point that they lead to
  std::vector<double> distance_;                      // [to · points + from]
  std::vector<std::uint32_t> first_way_;              // likewise
};

}  // namespace gemel::process_flow
