#include "ssp/detail/loop_solver.hpp"

#include <cmath>

#include <Eigen/LU>

namespace gemel::ssp::detail {
namespace {

constexpr int kRounds = 3;
constexpr int kHalvingsMax = 8;

class Solver {
 public:
  Solver(const LoopProblem& problem, std::vector<double>& x)
      : problem_(problem), x_(x), g_(x.size()) {}

  Result<LoopOutcome> solve() {
    GEMEL_TRY(evaluate());
    auto best = x_;
    double least = outcome_.residual;
    for (int round = 0; round < kRounds && !outcome_.converged; ++round) {
      x_ = g_;
      GEMEL_TRY(evaluate());
      if (outcome_.residual > least) continue;
      least = outcome_.residual;
      best = x_;
    }
    if (!outcome_.converged && !(outcome_.residual <= least)) {
      x_ = best;  // it ran away: Newton begins where it was best
      GEMEL_TRY(evaluate());
    }
    while (!outcome_.converged && outcome_.iterations < problem_.iterations_max) {
      GEMEL_ASSIGN(const bool moved, step());
      if (!moved) break;
    }
    return outcome_;
  }

 private:
  Result<void> evaluate() {
    GEMEL_TRY(problem_.evaluate(x_, g_));
    outcome_.residual = 0.0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const double off = std::abs(g_[i] - x_[i]) / problem_.scales[i];
      // Also where it is no number: that is the one to name.
      if (!(off <= outcome_.residual)) {
        outcome_.residual = off;
        outcome_.worst = i;
      }
    }
    outcome_.converged = outcome_.residual <= problem_.tolerance;
    return {};
  }

  /// False where there is no way on.
  Result<bool> step() {
    ++outcome_.iterations;
    const auto n = static_cast<Eigen::Index>(x_.size());
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> matrix(n, n);
    GEMEL_TRY(problem_.jacobian(x_, {matrix.data(), x_.size() * x_.size()}));
    matrix = Eigen::MatrixXd::Identity(n, n) - matrix;
    Eigen::VectorXd right(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      right[i] = g_[k] - x_[k];
    }
    if (!matrix.allFinite() || !right.allFinite()) return false;
    const Eigen::FullPivLU<Eigen::MatrixXd> factors(matrix);
    if (!factors.isInvertible()) return false;
    const Eigen::VectorXd change = factors.solve(right);
    const auto from = x_;
    const double before = outcome_.residual;
    double share = 1.0;
    for (int i = 0; i < kHalvingsMax; ++i, share *= 0.5) {
      for (std::size_t k = 0; k < x_.size(); ++k)
        x_[k] = from[k] + share * change[static_cast<Eigen::Index>(k)];
      GEMEL_TRY(evaluate());
      if (outcome_.converged || outcome_.residual < before) return true;
    }
    return false;
  }

  const LoopProblem& problem_;
  std::vector<double>& x_;
  std::vector<double> g_;
  LoopOutcome outcome_;
};

}  // namespace

Result<LoopOutcome> solve_loop(const LoopProblem& problem, std::vector<double>& x) {
  return Solver(problem, x).solve();
}

}  // namespace gemel::ssp::detail
