#pragma once
// Filters whose belief is a mean and a covariance: extended and unscented.

#include <Eigen/Dense>

#include "estimation/filter.hpp"

namespace gemel::estimation::detail {

/// What both kinds share: the belief, its sigma points, and Kalman's gain.
class GaussianFilter final : public Filter {
 public:
  GaussianFilter(Propagator& propagator, const Gaussian& start, double from,
                 FilterSettings settings);

  Result<void> forecast(double until) override;
  Result<Innovation> update(const Measurement& measurement) override;
  double time() const override { return time_; }
  std::vector<double> mean() const override;
  std::vector<double> spread() const override;
  std::vector<double> draw(std::uint64_t number) const override;

 private:
  bool unscented() const { return settings_.kind == FilterKind::Unscented; }
  /// Points about the mean, in pairs to both sides, the mean first. Shape: states × 2 n + 1.
  Eigen::MatrixXd points() const;
  /// What the belief expects of a measurement: its mean and covariance (measurement's error
  /// included), and the covariance of states and values.
  struct Expected {
    Eigen::VectorXd mean;
    Eigen::MatrixXd spread, together;
  };
  Expected expect(const Measurement& measurement, const Eigen::VectorXd& noise) const;
  /// Lets go, before the measurement is used, of what explains that it was not expected: states are
  /// moved, as if they had changed when the last measurement was taken; a value's error in `noise`
  /// is enlarged. Expects anew. Errors: those of the propagator.
  Result<Expected> let_go(const Measurement& measurement, Expected expected, Eigen::VectorXd& noise,
                          Innovation& told);
  /// States of when the last measurement was taken, each a column, at the present moment.
  Result<Eigen::MatrixXd> moved_on(Eigen::MatrixXd states);
  void stay_within_bounds();

  Propagator& propagator_;
  const FilterSettings settings_;
  Eigen::VectorXd low_, high_, sudden_;
  double time_before_;  // when the last measurement was taken, and what was believed then
  Eigen::VectorXd mean_before_;
  double time_;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd covariance_;
};

}  // namespace gemel::estimation::detail
