#pragma once
// The plainest look at a window: where it lies, how much it moves, how rough it is; and whether its
// newest value was to be expected.

#include <array>
#include <vector>

#include "inference/linear_forecast.hpp"
#include "inference/robust.hpp"
#include "inference/series_judge.hpp"

namespace gemel::inference {

/// Three opinions: the mean of the window, the logarithm of its deviation, and that of its
/// roughness (mean absolute difference of neighbours), each as distance from what is usual in
/// training, in robust deviations of it. Cost: constant, whatever the length.
class WindowStatistics final : public SeriesJudge {
 public:
  /// Shapes: at least `length` + 1 values, finite.
  WindowStatistics(std::span<const double> training, std::size_t length);

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return length_; }
  double grain(std::size_t opinion) const override;
  std::unique_ptr<SeriesRun> start() const override;

 private:
  class Run;
  std::size_t length_;
  double scale_;
  std::array<Spread, 3> usual_;
};

/// Two opinions: how far the newest value is from what those before it lead one to expect (ridge
/// regression on up to 64 of them), and the root mean square of that over the window.
class ForecastError final : public SeriesJudge {
 public:
  /// Shapes: at least 2 · length + 3 values, finite.
  ForecastError(std::span<const double> training, std::size_t length);

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return length_; }
  double grain(std::size_t opinion) const override;
  std::size_t delay(std::size_t opinion) const override { return opinion == 0 ? 0 : length_ / 2; }
  std::unique_ptr<SeriesRun> start() const override;

 private:
  class Run;
  std::size_t length_;
  double middle_, width_, scale_;  // of the training values
  LinearForecast forecast_;
};

}  // namespace gemel::inference
