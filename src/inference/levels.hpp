#pragma once
// The level of each signal over seconds to minutes, in units of how far a normal plant's level may
// be from where it was learnt: what gathers evidence of small changes that stay.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "core/detector.hpp"

namespace gemel::inference {

/// Weights of the newest row in the exponentially weighted means: memories of about 9, 39 and 99
/// rows.
constexpr std::array kLevelWeights{0.2, 0.05, 0.02};
/// Of what lies further back, 0.2 % is left in the slowest (5 % in what changes are judged by).
constexpr std::size_t kLevelMemoryRows = 300;

/// What a level is of. Step: what a value differs by from the row before, so that a signal that
/// wanders is judged by how fast it goes. Movement: how much that is, either way.
enum class LevelOf : std::uint8_t { Value, Step, Movement };

/// Learnt: how far a level is from where it was learnt. Lately: from a still slower one that takes
/// the place of the slowest, so that only a change stands out, and only until that has followed.
enum class LevelFrom : std::uint8_t { Learnt, Lately };

struct LevelLook {
  LevelOf of = LevelOf::Value;
  LevelFrom from = LevelFrom::Learnt;
};

/// How a signal's level scatters. Units: `mean` and `width` the signal's, variances in squared
/// widths.
struct SignalLevel {
  double mean = 0.0;
  double width = 1.0;                                  // of single values
  std::array<double, kLevelWeights.size()> scatter{};  // variance of each level, about the mean
  double walk = 0.0;  // what a row adds to the variance of a signal that wanders off
};

/// What is known of all signals' levels. An empty one is not looked at.
struct LevelScaling {
  std::vector<SignalLevel> signals;
  Timestamp until;          // of the stretch that was learnt from
  double rows = 0.0;        // in it
  double rows_per_s = 0.0;  // of it

  bool empty() const { return signals.empty(); }
};

/// The scatter comes from the differences of neighbouring blocks of 8, 16, 32 … rows (Allan's
/// variance): blocks of noise differ the less the longer they are, blocks of a signal that wanders
/// the more. So a noisy signal's level is known sharply and a drifting one's is not, and the longer
/// ago it was learnt the less: a temperature that always creeps is no news an hour later. The
/// scatter includes that of the mean itself. Shapes: values row after row, as many floors as
/// signals; at least 16 rows. Source: Allan, Proc. IEEE 54, 1966.
LevelScaling measure_levels(std::span<const double> values, std::span<const double> width_floors,
                            TimeRange stretch, const LevelLook& look);

/// How many times further from usual each signal's level went, on rows that were not measured, than
/// a normal one does; at least 1. Shapes: points of Levels, row after row.
std::vector<double> excess_of(std::span<const float> points, std::size_t signals);

/// Trusts each signal less by as much, so that one that strays does not dull the judgement of all.
void widen(LevelScaling& scaling, std::span<const double> times);

/// One stream's levels; of an empty scaling none. Threads: one. Lifetime: the scaling outlives it.
class Levels {
 public:
  Levels(const LevelScaling& scaling, const LevelLook& look);

  /// A value that is not usable leaves its signal's levels where they are.
  void take(const Row& row);
  /// What comes next is of another time: levels begin at what was learnt.
  void restart();
  /// Standard deviations from what was learnt, signal after signal, fastest first; 0 where the last
  /// value is not usable. Shapes: signals x kLevelWeights.size().
  std::span<float> point() { return point_; }
  std::span<const float> point() const { return point_; }

 private:
  void from_learnt(std::size_t signal, double x, double walked);
  void from_lately(std::size_t signal, double x);

  const LevelScaling* scaling_;
  LevelLook look_;
  std::vector<double> before_;  // the last usable value; NaN: none
  std::vector<double> levels_;  // in widths
  std::vector<double> seen_;    // how many values each signal's are made of
  std::vector<float> point_;
};

}  // namespace gemel::inference
