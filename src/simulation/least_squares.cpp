#include "simulation/least_squares.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace gemel::simulation {
namespace {

constexpr int kRounds = 12;
constexpr double kTukey = 4.685;  // 95 % efficient on Gaussian data
constexpr double kTinySd = 1e-12;
constexpr double kMemoryMax = 0.98;

/// A symmetric positive definite system in unknowns scaled by their priors: unit prior precision on
/// the diagonal.
class Normal {
 public:
  explicit Normal(std::size_t n) : n_(n), matrix_(n * n), right_(n) {
    for (std::size_t i = 0; i < n; ++i) matrix_[i * n + i] = 1.0;
  }

  void add(const std::vector<double>& row, double value, double weight) {
    for (std::size_t i = 0; i < n_; ++i) {
      right_[i] += weight * row[i] * value;
      for (std::size_t j = 0; j <= i; ++j) matrix_[i * n_ + j] += weight * row[i] * row[j];
    }
  }

  /// Cholesky in place; the identity that the priors add keeps it positive definite.
  void factorise() {
    for (std::size_t j = 0; j < n_; ++j) {
      for (std::size_t i = j; i < n_; ++i) {
        double sum = matrix_[i * n_ + j];
        for (std::size_t k = 0; k < j; ++k) sum -= matrix_[i * n_ + k] * matrix_[j * n_ + k];
        matrix_[i * n_ + j] =
            i == j ? std::sqrt(std::max(sum, kTinySd)) : sum / matrix_[j * n_ + j];
      }
    }
  }

  std::vector<double> solve() const {
    auto u = right_;
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t k = 0; k < i; ++k) u[i] -= matrix_[i * n_ + k] * u[k];
      u[i] /= matrix_[i * n_ + i];
    }
    return backward(std::move(u));
  }

  /// L⁻ᵀ, whose product with its transpose is the inverse. Rows of n.
  std::vector<double> inverse_root() const {
    std::vector<double> root(n_ * n_);
    for (std::size_t c = 0; c < n_; ++c) {
      std::vector<double> unit(n_);
      unit[c] = 1.0;
      unit = backward(std::move(unit));
      for (std::size_t i = 0; i < n_; ++i) root[i * n_ + c] = unit[i];
    }
    return root;
  }

 private:
  std::vector<double> backward(std::vector<double> u) const {
    for (std::size_t i = n_; i-- > 0;) {
      for (std::size_t k = i + 1; k < n_; ++k) u[i] -= matrix_[k * n_ + i] * u[k];
      u[i] /= matrix_[i * n_ + i];
    }
    return u;
  }

  std::size_t n_;
  std::vector<double> matrix_;
  std::vector<double> right_;
};

/// The regression in unknowns u = (b − prior mean) / prior sd.
class Scaled {
 public:
  explicit Scaled(const Regression& r) : r_(r), n_(r.priors.size()), row_(n_), u_(n_) {}

  void reweigh(const std::vector<double>& weights, double variance) {
    Normal normal(n_);
    for (std::size_t i = 0; i < r_.rows(); ++i) {
      normal.add(scaled_row(i), offset_value(i), weights[i] / variance);
    }
    normal.factorise();
    u_ = normal.solve();
    root_ = normal.inverse_root();
  }

  std::vector<double> residuals() {
    std::vector<double> out(r_.rows());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = offset_value(i);
      const auto& row = scaled_row(i);
      for (std::size_t j = 0; j < n_; ++j) out[i] -= row[j] * u_[j];
    }
    return out;
  }

  Estimate estimate() const {
    Estimate e{std::vector<double>(n_), std::vector<double>(n_ * n_)};
    for (std::size_t i = 0; i < n_; ++i) {
      e.value[i] = r_.priors[i].mean + r_.priors[i].sd * u_[i];
      for (std::size_t j = 0; j < n_; ++j) e.root[i * n_ + j] = r_.priors[i].sd * root_[i * n_ + j];
    }
    return e;
  }

 private:
  const std::vector<double>& scaled_row(std::size_t i) {
    for (std::size_t j = 0; j < n_; ++j) row_[j] = r_.x[i * n_ + j] * r_.priors[j].sd;
    return row_;
  }
  double offset_value(std::size_t i) const {
    double y = r_.y[i];
    for (std::size_t j = 0; j < n_; ++j) y -= r_.x[i * n_ + j] * r_.priors[j].mean;
    return y;
  }

  const Regression& r_;
  std::size_t n_;
  std::vector<double> row_;
  std::vector<double> u_;
  std::vector<double> root_;
};

double biweight(double residual, double sd) {
  const double z = residual / (kTukey * sd);
  const double left = 1.0 - z * z;
  return left > 0.0 ? left * left : 0.0;
}

/// Variance of sums over blocks, relative to what independent residuals would give; at least 1.
double by_blocks(const std::vector<double>& residuals, const std::vector<double>& weights,
                 std::size_t block) {
  double sums = 0.0, squares = 0.0;
  for (std::size_t from = 0; from < residuals.size(); from += block) {
    double sum = 0.0;
    for (std::size_t i = from; i < std::min(from + block, residuals.size()); ++i) {
      sum += weights[i] * residuals[i];
      squares += weights[i] * weights[i] * residuals[i] * residuals[i];
    }
    sums += sum * sum;
  }
  return squares > 0.0 ? std::max(sums / squares, 1.0) : 1.0;
}

/// The same if residuals forget geometrically: (1 + ρ) / (1 − ρ). Sees memories longer than a
/// block.
double by_memory(const std::vector<double>& residuals, const std::vector<double>& weights,
                 std::size_t lag) {
  double products = 0.0, squares = 0.0;
  for (std::size_t i = lag; i < residuals.size(); ++i) {
    const double now = weights[i] * residuals[i], before = weights[i - lag] * residuals[i - lag];
    products += now * before;
    squares += 0.5 * (now * now + before * before);
  }
  const double rho = squares > 0.0 ? std::clamp(products / squares, 0.0, kMemoryMax) : 0.0;
  return (1.0 + rho) / (1.0 - rho);
}

}  // namespace

double Estimate::sd(std::size_t i) const {
  double variance = 0.0;
  for (std::size_t j = 0; j < size(); ++j) variance += root[i * size() + j] * root[i * size() + j];
  return std::sqrt(variance);
}

std::vector<double> Estimate::draw(Random& random) const {
  std::vector<double> normals(size());
  for (auto& z : normals) z = random.normal();
  auto drawn = value;
  for (std::size_t i = 0; i < size(); ++i) {
    for (std::size_t j = 0; j < size(); ++j) drawn[i] += root[i * size() + j] * normals[j];
  }
  return drawn;
}

void Regression::add(std::initializer_list<double> row, double value) {
  GEMEL_CHECK(row.size() == priors.size());
  x.insert(x.end(), row);
  y.push_back(value);
}

RegressionResult regress(const Regression& regression) {
  GEMEL_CHECK(regression.x.size() == regression.rows() * regression.priors.size() &&
              regression.moments_a_block > 0 && regression.rows_a_moment > 0);
  Scaled scaled(regression);
  std::vector<double> weights(regression.rows(), 1.0);
  RegressionResult result;
  double variance = 1.0;
  for (const auto& p : regression.priors) GEMEL_CHECK(p.sd > 0.0);
  // The first round has no idea of the noise; a tiny one lets the data speak before the priors.
  const double spread = robust_sd(regression.y) + kTinySd;
  variance = 1e-4 * spread * spread;
  for (int round = 0; round < kRounds; ++round) {
    scaled.reweigh(weights, variance);
    result.residuals = scaled.residuals();
    result.residual_sd = std::max(robust_sd(result.residuals), kTinySd);
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] = biweight(result.residuals[i], result.residual_sd);
    result.rows_per_independent = std::max(
        by_blocks(result.residuals, weights, regression.moments_a_block * regression.rows_a_moment),
        by_memory(result.residuals, weights, regression.rows_a_moment));
    variance = result.residual_sd * result.residual_sd * result.rows_per_independent;
  }
  scaled.reweigh(weights, variance);
  result.residuals = scaled.residuals();
  result.estimate = scaled.estimate();
  return result;
}

double median(std::vector<double> v) {
  if (v.empty()) return 0.0;
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle;
}

double robust_sd(std::span<const double> v) {
  std::vector<double> all(v.begin(), v.end());
  const double centre = median(all);
  for (auto& each : all) each = std::abs(each - centre);
  return 1.4826 * median(std::move(all));
}

}  // namespace gemel::simulation
