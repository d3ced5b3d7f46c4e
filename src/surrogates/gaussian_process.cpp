#include "surrogates/gaussian_process.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Dense>
#include <nlopt.h>

#include "base/random.hpp"
#include "surrogates/detail/loops.hpp"

namespace gemel::surrogates {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kLengthMin = 0.02, kLengthMax = 50.0;  // of the unit cube
constexpr double kNoiseMax = 0.5;

/// Matérn's covariance with ν = 5/2 at scaled distance r.
double matern(double r) {
  const double s = std::sqrt(5.0) * r;
  return (1.0 + s + s * s / 3.0) * std::exp(-s);
}

/// What maximum likelihood looks at: logarithms of the lengths and of noise; the variance has its
/// best value for them.
class Likelihood {
 public:
  Likelihood(MatrixXd inputs, VectorXd answers)
      : inputs_(std::move(inputs)), answers_(std::move(answers)) {}

  /// −log likelihood, but for a constant; fills its gradient where one is asked for.
  double at(const double* logs, double* gradient) {
    const Index n = inputs_.rows(), d = inputs_.cols();
    covariance(logs);
    const Eigen::LLT<MatrixXd> cholesky(covariance_);
    if (cholesky.info() != Eigen::Success) return 1e10;
    const VectorXd weights = cholesky.solve(answers_);
    const double variance = std::max(answers_.dot(weights) / static_cast<double>(n), 1e-300);
    const double half_log_determinant = cholesky.matrixLLT().diagonal().array().log().sum();
    if (gradient != nullptr) {
      // Half the trace of (K⁻¹ − w wᵀ / σ²) dK.
      const MatrixXd inner =
          cholesky.solve(MatrixXd::Identity(n, n)) - weights * weights.transpose() / variance;
      std::fill(gradient, gradient + d, 0.0);
      for (Index j = 0; j < n; ++j) {
        for (Index i = 0; i < j; ++i) {  // stands for both halves of the symmetric trace
          const double s = std::sqrt(5.0) * distance_(i, j);
          const double factor = inner(i, j) * 5.0 / 3.0 * (1.0 + s) * std::exp(-s);
          for (Index k = 0; k < d; ++k) {
            const double apart = inputs_(i, k) - inputs_(j, k);
            gradient[k] += factor * apart * apart;
          }
        }
      }
      for (Index k = 0; k < d; ++k) gradient[k] *= std::exp(-2.0 * logs[k]);
      gradient[d] = 0.5 * inner.trace() * std::exp(logs[d]);
    }
    return 0.5 * static_cast<double>(n) * std::log(variance) + half_log_determinant;
  }

  const MatrixXd& covariance(const double* logs) {
    const Index n = inputs_.rows(), d = inputs_.cols();
    MatrixXd scaled = inputs_;
    for (Index k = 0; k < d; ++k) scaled.col(k) *= std::exp(-logs[k]);
    distance_.resize(n, n);
    covariance_.resize(n, n);
    for (Index j = 0; j < n; ++j) {
      for (Index i = 0; i <= j; ++i) {
        distance_(i, j) = (scaled.row(i) - scaled.row(j)).norm();
        covariance_(i, j) = covariance_(j, i) = matern(distance_(i, j));
      }
    }
    covariance_.diagonal().array() += std::exp(logs[d]);
    return covariance_;
  }

 private:
  const MatrixXd inputs_;
  const VectorXd answers_;  // about 0
  MatrixXd distance_, covariance_;
};

/// Logarithms of the lengths and the noise, by NLopt's L-BFGS from several beginnings.
std::vector<double> most_likely(Likelihood& likelihood, std::size_t dimensions,
                                const GaussianProcess::Settings& settings) {
  const auto count = static_cast<unsigned>(dimensions + 1);
  std::vector<double> low(count, std::log(kLengthMin)), high(count, std::log(kLengthMax));
  low.back() = std::log(settings.noise_min);
  high.back() = std::log(kNoiseMax);
  std::vector<double> best;
  double least = std::numeric_limits<double>::infinity();
  Random random(settings.seed);
  const int first = settings.from.size() == dimensions ? -1 : 0;
  for (int start = first; start <= settings.restarts; ++start) {
    std::vector<double> logs(count, std::log(0.5 * std::sqrt(static_cast<double>(dimensions))));
    if (start < 0) {
      for (std::size_t k = 0; k < dimensions; ++k) logs[k] = std::log(settings.from[k]);
    } else if (start > 0) {
      for (auto& each : logs) each += random.uniform(-1.5, 1.5);
    }
    logs.back() = std::log(std::max(settings.noise_min, 1e-5));
    for (unsigned k = 0; k < count; ++k) logs[k] = std::clamp(logs[k], low[k], high[k]);
    const auto asked = [](unsigned, const double* at, double* gradient, void* of) {
      return static_cast<Likelihood*>(of)->at(at, gradient);
    };
    nlopt_opt search = nlopt_create(NLOPT_LD_LBFGS, count);
    nlopt_set_lower_bounds(search, low.data());
    nlopt_set_upper_bounds(search, high.data());
    nlopt_set_min_objective(search, asked, &likelihood);
    nlopt_set_ftol_abs(search, 1e-4);
    nlopt_set_maxeval(search, 80);
    double found = 0.0;
    nlopt_optimize(search, logs.data(), &found);  // where it gives up, its last point is as good
    nlopt_destroy(search);
    found = likelihood.at(logs.data(), nullptr);
    if (best.empty() || found < least) {
      best = logs;
      least = found;
    }
  }
  return best;
}

}  // namespace

Result<GaussianProcess> GaussianProcess::fit(std::span<const double> inputs, std::size_t dimensions,
                                             std::span<const double> answers,
                                             const Settings& settings) {
  const auto count = answers.size();
  const bool any_even = settings.even.empty() || std::ranges::count(settings.even, true) > 1;
  if (dimensions == 0 || inputs.size() != count * dimensions || count < dimensions + 2 ||
      count > 2'000 || !any_even || (!settings.even.empty() && settings.even.size() != count)) {
    return Error{
        ErrorCode::InvalidInput,
        std::to_string(count) + " answers to " + std::to_string(inputs.size()) + " inputs in " +
            std::to_string(dimensions) +
            " dimensions; a surrogate is learnt from at least two answers more than it has "
            "dimensions, and at most 2000"};
  }
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::all_of(inputs.begin(), inputs.end(), finite) ||
      !std::all_of(answers.begin(), answers.end(), finite))
    return Error{ErrorCode::InvalidInput, "an answer or its inputs are no finite numbers"};

  const auto n = static_cast<Index>(count), d = static_cast<Index>(dimensions);
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const MatrixXd places = Eigen::Map<const Rows>(inputs.data(), n, d);
  VectorXd values = Eigen::Map<const VectorXd>(answers.data(), n);
  const double mean = values.mean();
  values.array() -= mean;
  const double scale = std::max(std::sqrt(values.squaredNorm() / static_cast<double>(n)), 1e-150);
  values /= scale;

  Likelihood likelihood(places, values);
  const auto logs = most_likely(likelihood, dimensions, settings);
  const MatrixXd inverse =
      Eigen::LLT<MatrixXd>(likelihood.covariance(logs.data())).solve(MatrixXd::Identity(n, n));
  const VectorXd weights = inverse * values;
  const double variance = std::max(values.dot(weights) / static_cast<double>(n), 1e-300);

  GaussianProcess made;
  made.count_ = count;
  for (std::size_t k = 0; k < dimensions; ++k) made.lengths_.push_back(std::exp(logs[k]));
  for (Index k = 0; k < d; ++k) {
    for (Index i = 0; i < n; ++i)
      made.points_.push_back(places(i, k) / made.lengths_[static_cast<std::size_t>(k)]);
  }
  made.mean_ = mean;
  made.variance_ = variance * scale * scale;
  made.noise_ = std::exp(logs.back());
  for (const double each : weights) made.weights_.push_back(each * scale);
  const MatrixXd root = Eigen::LLT<MatrixXd>(inverse).matrixL();
  made.root_.assign(root.data(), root.data() + root.size());

  // Left out, answer i is off by w_i / K⁻¹_ii and expected to be by sqrt(variance / K⁻¹_ii).
  std::vector<double> shares;
  double squares = 0.0;
  for (Index i = 0; i < n; ++i) {
    // Chosen places lie at the edges, where more is feared than comes; the midst would pay for it.
    if (!settings.even.empty() && !settings.even[static_cast<std::size_t>(i)]) continue;
    const double off = weights[i] / inverse(i, i);
    squares += off * off;
    shares.push_back(std::fabs(off) / std::sqrt(variance / inverse(i, i)));
  }
  made.left_out_error_ = scale * std::sqrt(squares / static_cast<double>(shares.size()));
  // As many as a normal error has within 1.645 spreads, nine of ten; what is interpolated too well
  // to be true is not believed beyond half.
  const auto tenth =
      shares.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(shares.size()));
  std::nth_element(shares.begin(), tenth, shares.end());
  made.spread_scale_ = std::clamp(*tenth / kNinety, 0.5, 10.0);
  return made;
}

Prediction GaussianProcess::predict(std::span<const double> input) const {
  Prediction out;
  predict(input, {&out, 1});
  return out;
}

void GaussianProcess::predict(std::span<const double> inputs, std::span<Prediction> out) const {
  detail::loops().predict({count_, lengths_.size(), points_.data(), lengths_.data(),
                           weights_.data(), root_.data(), mean_, variance_, noise_, spread_scale_},
                          inputs.data(), out.size(), out.data());
}

}  // namespace gemel::surrogates
