#pragma once
// A function that is dear to ask, learnt from a few answers: the mean of what it may be between
// them, and how far off that may be.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "surrogates/prediction.hpp"

namespace gemel::surrogates {

/// A Gaussian process with Matérn's covariance of smoothness 5/2 and a length for each input, all
/// fitted by maximum likelihood; spreads are scaled so that of the answers, each left out in turn,
/// they cover what a normal error would. Inputs lie in the unit cube.
/// Sources: Rasmussen & Williams, "Gaussian Processes for Machine Learning", 2006, ch. 2, 4.2 and
/// 5.4.2. Immutable; threads: any.
class GaussianProcess {
 public:
  struct Settings {
    std::uint64_t seed = 1;
    int restarts = 2;               // of the search, from other lengths
    double noise_min = 1e-8;        // variance of the answers' own noise, of that of the answers
    std::vector<bool> even = {};    // of each answer: whether it fills the cube evenly, not chosen
                                    // for its place; only these scale the spreads. Empty: all do
    std::vector<double> from = {};  // lengths to begin at, beside the usual beginning
  };

  /// Shapes: `inputs` is answers × dimensions, row by row. Errors: InvalidInput (shapes, fewer than
  /// dimensions + 2 answers, more than 2 000, numbers that are not finite).
  static Result<GaussianProcess> fit(std::span<const double> inputs, std::size_t dimensions,
                                     std::span<const double> answers, const Settings& settings);
  static Result<GaussianProcess> fit(std::span<const double> inputs, std::size_t dimensions,
                                     std::span<const double> answers) {
    return fit(inputs, dimensions, answers, Settings());
  }

  Prediction predict(std::span<const double> input) const;
  /// Many at once, several times as fast each. Shapes: inputs is points × dimensions.
  void predict(std::span<const double> inputs, std::span<Prediction> out) const;

  std::size_t dimensions() const { return lengths_.size(); }
  const std::vector<double>& lengths() const { return lengths_; }

  /// What predict() computes with, for who writes it down. Shapes: points is answers × dimensions
  /// column by column, over lengths; root the lower triangle L of covariance⁻¹ = L Lᵀ by columns.
  struct Inside {
    std::span<const double> points, weights, root;
    double mean, variance, noise, spread_scale;
  };
  Inside inside() const {
    return {points_, weights_, root_, mean_, variance_, noise_, spread_scale_};
  }
  /// Root mean square error of the answers (the even ones), each predicted from all others.
  double left_out_error() const { return left_out_error_; }

 private:
  std::vector<double> lengths_;
  std::vector<double> points_;   // inputs over lengths, column by column: points × dimensions
  std::vector<double> weights_;  // of each point in the mean
  std::vector<double> root_;     // lower triangle L of covariance⁻¹ = L Lᵀ, by columns
  std::size_t count_ = 0;
  double mean_ = 0.0, variance_ = 1.0, noise_ = 0.0;
  double spread_scale_ = 1.0;
  double left_out_error_ = 0.0;
};

}  // namespace gemel::surrogates
