#pragma once
// A what-if put to an FMU or a system of them: where its futures start, and what is other than now.

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulation/drawn_quantities.hpp"
#include "simulation/fmu_simulator.hpp"
#include "simulation/fmu_tracker.hpp"

namespace gemel::simulation {

/// A scenario in the FMU's terms.
struct FmuSimulator::Question {
  struct Move {
    const Quantity* input = nullptr;
    double from = 0.0, to = 0.0, rate = 0.0;  // per second; 0: at once
    double at(double t) const {
      if (!(rate > 0.0)) return to;
      const double way = std::min(std::abs(to - from), rate * t);
      return from + std::copysign(way, to - from);
    }
  };

  /// What is followed, drawn for each future, and what the scenario makes of it.
  struct Followed {
    const FmuFollowing::Followed* what = nullptr;
    const Quantity* quantity = nullptr;  // null: an element of an array
    FmuStart start;
  };
  struct FollowedChange {
    const Quantity* quantity = nullptr;
    double value = 0.0;
    How how = How::Set;
  };

  explicit Question(const Scenario& scenario) : drawn(scenario), seed(scenario.seed) {}
  std::map<const Quantity*, double> start;
  std::vector<Followed> followed;
  std::vector<FollowedChange> followed_changes;
  std::vector<Move> moves;
  std::vector<const Quantity*> uncertain;  // as scenario.uncertain
  DrawnQuantities drawn;
  std::uint64_t seed;
  std::vector<double> moments_s;
  double horizon_s = 0.0, step_s = 0.0, judged_from_s = 0.0;
  std::uint32_t draws = 0;
  std::vector<std::string> warnings;
};

/// Shapes: values [moment][output].
struct FmuSimulator::Future {
  std::vector<double> values;
  std::optional<Error> error;
};

}  // namespace gemel::simulation
