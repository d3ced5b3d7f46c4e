#pragma once
// A linear forecast: each of the next values from the last ones. What a network has to beat.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace gemel::inference {

struct LinearForecastOptions {
  std::size_t lookback = 336;  // values that a forecast is made from
  std::size_t horizon = 96;    // values that are forecast
  double ridge = 1.0;      // penalty on coefficients, for standardised values and per window / 1000
  bool from_last = false;  // levels are counted from the last value, otherwise from the mean
};

/// Ridge regression, in closed form, of the next `horizon` values on the last `lookback`; both are
/// counted from the level of the latter, so that a level never seen is no matter. One set of
/// coefficients for all series it was fitted on. Immutable. Threads: any. Source: Toner, Darlow,
/// "An Analysis of Linear Time Series Forecasting Models", ICML 2024.
class LinearForecast {
 public:
  /// Series in steps of one length, standardised, each longer than lookback + horizon; windows with
  /// a value that is not finite are left out. Cost: of fitting, windows · lookback².
  LinearForecast(std::span<const std::span<const double>> series,
                 const LinearForecastOptions& options);

  /// Shapes: `last` as many as lookback, `next` as many as horizon.
  void forecast(std::span<const double> last, std::span<double> next) const;

  const LinearForecastOptions& options() const { return options_; }

 private:
  double level_of(std::span<const double> last) const;

  LinearForecastOptions options_;
  std::vector<double> coefficients_;  // horizon rows of lookback + 1, the constant last
};

}  // namespace gemel::inference
