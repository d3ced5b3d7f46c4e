#pragma once
// Ways to look at a row: at the values themselves, at what they differ by from where the plant has
// slowly gone, and at the levels that they keep to.

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

/// Absolute: against what was usual in training. Followed: against a baseline that follows each
/// signal slowly while all is calm, so that a plant which changes its operation over hours is not
/// news, while a change within minutes is. The others are levels (levels.hpp): Level of the values,
/// Step of what they differ by from one row to the next, Movement of how much that is (what stays
/// away, what goes away, what became restless or frozen); Change and Unrest of what values and
/// movements have lately come from.
enum class View : std::uint8_t { Absolute, Followed, Level, Step, Movement, Change, Unrest };

struct LevelView {
  View view;
  LevelLook look;
};
constexpr std::array kLevelViews{LevelView{View::Level, {LevelOf::Value, LevelFrom::Learnt}},
                                 LevelView{View::Step, {LevelOf::Step, LevelFrom::Learnt}},
                                 LevelView{View::Movement, {LevelOf::Movement, LevelFrom::Learnt}},
                                 LevelView{View::Change, {LevelOf::Value, LevelFrom::Lately}},
                                 LevelView{View::Unrest, {LevelOf::Movement, LevelFrom::Lately}}};

/// How the baseline follows. While something is abnormal, and for `hold` rows after, it follows
/// `slower` times as slowly, so that a fault which was noticed isn't learnt within hours, and a
/// plant that was moved to stay is not abnormal for ever. It never goes further than `reach` usual
/// spreads from what was learnt, so that a fault which grows too slowly to be noticed is in the
/// end.
struct Following {
  std::size_t rows = 0;  // time constant; 0: there is no followed view
  std::size_t hold = 10;
  double reach = 20.0;
  double slower = 20.0;
};

/// How rows become the points that judges see.
struct Scaling {
  FeatureShape shape;
  Duration gap_max;              // a longer silence empties the feature window
  std::vector<Spread> absolute;  // of each feature
  std::vector<Spread> followed;  // of each feature less its baseline; empty: not looked at
  Following following = {};
  std::array<LevelScaling, kLevelViews.size()> levels = {};  // as kLevelViews; empty: not looked at
};

/// The slow baseline of each signal: an exponentially weighted mean of its usable values, the plain
/// mean of the first. Threads: one.
class Baseline {
 public:
  Baseline(std::size_t signals, const Following& following);

  /// Shapes: one spread a signal; from then on the baseline keeps within reach of them.
  void bound(std::vector<Spread> usual);
  /// `share` of the usual step.
  void follow(const Row& row, double share = 1.0);
  /// Forgets: what comes next is of another time.
  void restart();
  bool known(std::size_t signal) const { return 2 * counts_[signal] >= following_.rows; }
  double operator[](std::size_t signal) const { return means_[signal]; }

 private:
  Following following_;
  std::vector<double> means_;
  std::vector<std::size_t> counts_;
  std::vector<Spread> usual_;
};

/// One stream's points. A value: a copy goes on as the original would. Lifetime: the scaling
/// outlives it. Threads: one.
class PointMaker {
 public:
  explicit PointMaker(const Scaling& scaling);

  void take(const Row& row);
  /// What was made of the last row by the judges, so that the baseline knows whether to follow it.
  void told(const Row& row, bool abnormal);

  /// The next row is of another time than the last.
  void restart();

  /// Scratch that the next take() fills anew. A feature that is not known is 0, what is usual.
  std::span<float> point(View view);
  std::span<const float> point(View view) const;
  const FeatureMaker& features() const { return features_; }
  /// What the signal would be if nothing were wrong. Units: the signal's.
  double expected(View view, std::size_t signal) const;

 private:
  const Scaling* scaling_;
  FeatureMaker features_;
  Baseline baseline_;
  std::vector<Levels> levels_;  // as kLevelViews
  std::size_t calm_;
  std::vector<float> absolute_;
  std::vector<float> followed_;
};

/// (value - middle) / width, within what floats and distances can hold.
/// Where a view of levels is in kLevelViews; their number for other views.
std::size_t level_place(View view);

float scaled(double value, const Spread& spread);

/// A feature less its signal's baseline; a spread has none.
double less_baseline(const FeatureShape& shape, std::size_t feature, double value,
                     const Baseline& baseline);

}  // namespace gemel::inference
