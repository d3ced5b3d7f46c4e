#pragma once
// What estimates are usually off by, as a function of where the plant is run: no model is right
// everywhere.

#include <span>
#include <vector>

#include "inference/soft_sensor.hpp"

namespace gemel::inference {

/// A Bayesian linear regression of each residual on the operating point (the estimates themselves,
/// their squares and products). Neighbouring rows err together, so a stretch counts for fewer
/// observations than it has rows; and where the plant was never run, the answer is doubtful.
/// Source: Kennedy and O'Hagan, "Bayesian calibration of computer models", J. Royal Statistical
/// Society B, 2001 (discrepancy); Bishop, "Pattern Recognition and Machine Learning", 2006, section
/// 3.3. Threads: any. Cost: of a look, the square of the terms; no allocation.
class UsualError {
 public:
  /// Learns from rows of estimates, in their units, and residuals, in units of their spread; rows
  /// with one that is not finite are left out. Shapes: both rows x width. `memory`: rows over which
  /// residuals hang together.
  UsualError(std::span<const double> estimates, std::span<const double> residuals,
             std::size_t width, double memory);

  /// Room for a look; one for each thread.
  std::vector<double> scratch() const { return std::vector<double>(terms_.width()); }

  /// Where these are the estimates (not finite: as usual), each residual is expected to be
  /// `expected`, give or take the root of what is returned. Units: of the residuals' spread.
  double look(std::span<const double> estimates, std::span<double> expected,
              std::vector<double>& scratch) const;

 private:
  RegressionTerms terms_;
  std::vector<double> coefficients_;  // residual after residual, terms_.width() each
  std::vector<double> covariance_;    // of the coefficients, terms x terms
};

}  // namespace gemel::inference
