#pragma once
// Small robust regressions that know how much they don't know.

#include <span>
#include <vector>

#include "base/random.hpp"

namespace gemel::simulation {

/// What is believed of a parameter before looking at data: mean and standard deviation. sd > 0.
struct Prior {
  double mean = 0.0;
  double sd = 1.0;
};

/// Parameters with their uncertainty, Gaussian.
struct Estimate {
  std::vector<double> value;
  std::vector<double> root;  // square, rows of value.size(): covariance = root · rootᵀ

  std::size_t size() const { return value.size(); }
  double sd(std::size_t i) const;
  /// Draws all parameters together. Takes exactly size() normals from `random`.
  std::vector<double> draw(Random& random) const;
};

/// y ≈ X b. Shapes: `x` holds rows of priors.size(), `y` one entry a row.
struct Regression {
  std::vector<double> x;
  std::vector<double> y;
  std::vector<Prior> priors;
  std::size_t rows_a_moment = 1;     // consecutive rows that belong to one moment
  std::size_t moments_a_block = 30;  // moments nearer than this may err together

  void add(std::initializer_list<double> row, double value);
  std::size_t rows() const { return y.size(); }
};

struct RegressionResult {
  Estimate estimate;
  std::vector<double> residuals;      // y − X b. Shapes: as y
  double residual_sd = 0.0;           // robust
  double rows_per_independent = 1.0;  // how many rows tell as much as one independent one
};

/// The most probable b, with Tukey's biweight against outliers (iteratively reweighted), and its
/// covariance. Neighbouring residuals that err together count for less: the data's precision is
/// divided by the variance of block sums over that of independent residuals, or by their memory if
/// that says more. Source: Huber & Ronchetti, Robust Statistics, 2nd ed., ch. 7; Kish, Survey
/// Sampling, 1965 (design effect).
RegressionResult regress(const Regression& regression);

/// 1.4826 × the median of |v − median(v)|: the standard deviation if v is Gaussian. Empty: 0.
double robust_sd(std::span<const double> v);
/// Middle value, the upper of two. Empty: 0.
double median(std::vector<double> v);

}  // namespace gemel::simulation
