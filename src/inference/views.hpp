#pragma once
// Ways to look at a row: at the values themselves, and at the levels that they keep to.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "core/detector.hpp"
#include "inference/features.hpp"
#include "inference/levels.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {

/// Absolute: values and short windows against what was usual in training. The others are levels
/// (levels.hpp): Level of the values, Step of what they differ by from one row to the next,
/// Movement of how much that is (what stays away, what goes away, what became restless or frozen);
/// Change and Unrest of what values and movements have lately come from.
enum class View : std::uint8_t { Absolute, Level, Step, Movement, Change, Unrest };

struct LevelView {
  View view;
  LevelLook look;
};
constexpr std::array kLevelViews{LevelView{View::Level, {LevelOf::Value, LevelFrom::Learnt}},
                                 LevelView{View::Step, {LevelOf::Step, LevelFrom::Learnt}},
                                 LevelView{View::Movement, {LevelOf::Movement, LevelFrom::Learnt}},
                                 LevelView{View::Change, {LevelOf::Value, LevelFrom::Lately}},
                                 LevelView{View::Unrest, {LevelOf::Movement, LevelFrom::Lately}}};

/// How rows become the points that judges see.
struct Scaling {
  FeatureShape shape;
  Duration gap_max;              // a longer silence empties the feature window
  std::vector<Spread> absolute;  // of each feature
  std::array<LevelScaling, kLevelViews.size()> levels = {};  // as kLevelViews; empty: not looked at
};

/// One stream's points. A value: a copy goes on as the original would. Lifetime: the scaling
/// outlives it. Threads: one.
class PointMaker {
 public:
  explicit PointMaker(const Scaling& scaling);

  void take(const Row& row);
  /// The next row is of another time than the last.
  void restart();

  /// Scratch that the next take() fills anew. A feature that is not known is 0, what is usual.
  std::span<float> point(View view);
  std::span<const float> point(View view) const;
  const FeatureMaker& features() const { return features_; }
  /// What the signal would be if nothing were wrong. Units: the signal's.
  double expected(std::size_t signal) const;

 private:
  const Scaling* scaling_;
  FeatureMaker features_;
  std::vector<Levels> levels_;  // as kLevelViews
  std::vector<float> absolute_;
};

/// (value - middle) / width, within what floats and distances can hold.
/// Where a view of levels is in kLevelViews; their number for other views.
std::size_t level_place(View view);

float scaled(double value, const Spread& spread);

}  // namespace gemel::inference
