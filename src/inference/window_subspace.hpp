#pragma once
// Principal components of windows: what the usual windows are mixtures of, and what is left over.

#include <vector>

#include "inference/series_judge.hpp"
#include "inference/window_shape.hpp"

namespace gemel::inference {

/// Two opinions: how far along the directions that windows vary in (Hotelling's T, the root of T²),
/// and how far off them (root mean square of the residual). Windows keep their level, and are cut
/// into at most 48 parts. Directions are kept until they hold 90 % of the variance.
/// Source: singular spectrum analysis, Golyandina et al., 2001; Jackson, Mudholkar, Technometrics
/// 1979 (T² and Q); sub-PCA in Liu, Paparrizos, "TSB-AD", NeurIPS 2024.
class WindowSubspace final : public SeriesJudge {
 public:
  /// Shapes: at least `length` + 1 values, finite.
  WindowSubspace(std::span<const double> training, std::size_t length);

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return shape_.length(); }
  double grain(std::size_t opinion) const override;
  std::unique_ptr<SeriesRun> start() const override;

  /// How many directions are kept.
  std::size_t kept() const { return inverse_deviation_.size(); }

 private:
  class Run;
  WindowShape shape_;
  double scale_;
  std::vector<double> mean_;
  std::vector<double> directions_;  // kept rows of parts
  std::vector<double> inverse_deviation_;
};

}  // namespace gemel::inference
