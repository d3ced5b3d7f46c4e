#pragma once
// Filters whose belief is a number of members: ensemble Kalman filters and the particle filter.

#include <Eigen/Dense>

#include "base/random.hpp"
#include "estimation/filter.hpp"

namespace gemel::estimation::detail {

/// Members, how they move, and what can be told of them; a kind says how a measurement moves them.
class EnsembleFilter : public Filter {
 public:
  EnsembleFilter(Propagator& propagator, const Gaussian& start, double from,
                 FilterSettings settings);

  Result<void> forecast(double until) override;
  Result<Innovation> update(const Measurement& measurement) final;
  double time() const override { return time_; }
  std::vector<double> mean() const override;
  std::vector<double> spread() const override;
  std::vector<double> draw(std::uint64_t number) const override;

 protected:
  /// What members would show beside what was measured. Shapes: values × members.
  struct Shown {
    Eigen::VectorXd off;        // measured − weighted mean of what is shown
    Eigen::MatrixXd anomalies;  // shown − that mean
    Eigen::VectorXd noise;      // variances of the measurement
  };
  virtual void use(const Measurement& measurement, const Shown& shown) = 0;
  void tell_redrawn(std::span<const std::size_t> from) { propagator_.redrawn(from); }

  Eigen::Index count() const { return members_.cols(); }
  /// Shares of the members, that sum to 1.
  virtual Eigen::VectorXd weights() const {
    return Eigen::VectorXd::Constant(count(), 1.0 / static_cast<double>(count()));
  }
  Eigen::VectorXd centre() const { return members_ * weights(); }
  /// What a sum of squares by shares is multiplied with, its mean being the members' own.
  double unbiased() const {
    return static_cast<double>(count()) / static_cast<double>(count() - 1);
  }

  const FilterSettings settings_;
  Eigen::MatrixXd members_;  // states × members
  Random random_;

 private:
  Propagator& propagator_;
  double time_;
};

/// With perturbed measurements, or with half the gain for the members' distances from their mean.
class KalmanEnsemble final : public EnsembleFilter {
 public:
  using EnsembleFilter::EnsembleFilter;

 private:
  void use(const Measurement& measurement, const Shown& shown) override;
};

/// The ensemble transform filter: in the space of the members, for each state from the measurements
/// near it.
class TransformEnsemble final : public EnsembleFilter {
 public:
  using EnsembleFilter::EnsembleFilter;

 private:
  void use(const Measurement& measurement, const Shown& shown) override;
  /// The members' new weights, mean and all. Shape: members × members.
  Eigen::MatrixXd transform(const Shown& shown, const Eigen::VectorXd& precision) const;
  Eigen::MatrixXd rotation();
  double distance(double a, double b) const;
};

/// Weighted members, drawn anew when few of them carry the weight.
class ParticleEnsemble final : public EnsembleFilter {
 public:
  ParticleEnsemble(Propagator& propagator, const Gaussian& start, double from,
                   FilterSettings settings);

 private:
  void use(const Measurement& measurement, const Shown& shown) override;
  Eigen::VectorXd weights() const override { return weights_; }
  void resample();

  Eigen::VectorXd weights_;
};

}  // namespace gemel::estimation::detail
