#pragma once
// What scores one point of features, before a threshold gives the score its meaning.

#include <span>
#include <string_view>

namespace gemel::inference {

/// Points are scaled: 0 is what was usual in training, for every feature. So a feature that is not
/// known is set to 0 and neither accuses nor excuses. Immutable once fitted. Threads: any.
class Judge {
 public:
  virtual ~Judge() = default;

  /// For people: "forest".
  virtual std::string_view name() const = 0;

  /// The larger, the stranger. Shapes: as many features as it was fitted on.
  virtual double score(std::span<const float> point) const = 0;

  /// No point scores higher.
  virtual double highest() const = 0;

  /// The score that normal rows come to about once in so many rows, where theory knows; 0 where
  /// calibration has to tell.
  virtual double reached_once_in(double /*rows*/) const { return 0.0; }

  /// How much each signal has to do with the score; not negative, not all need be positive.
  /// Shapes: weights as many as signals; `point` is scratch and comes back as it was.
  virtual void weigh(std::span<float> point, std::span<double> weights) const = 0;
};

}  // namespace gemel::inference
