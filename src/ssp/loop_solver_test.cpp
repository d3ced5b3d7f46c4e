#include "ssp/detail/loop_solver.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gemel::ssp::detail {
namespace {

/// x = cos(2 y), y = 3 x - 1: rounds of x <- g(x) run away from its solution.
LoopProblem runaway(int& evaluations) {
  LoopProblem problem;
  problem.evaluate = [&evaluations](std::span<const double> x,
                                    std::span<double> g) -> Result<void> {
    ++evaluations;
    g[0] = std::cos(2.0 * x[1]);
    g[1] = 3.0 * x[0] - 1.0;
    return {};
  };
  problem.jacobian = [](std::span<const double> x, std::span<double> rows) -> Result<void> {
    rows[0] = 0.0;
    rows[1] = -2.0 * std::sin(2.0 * x[1]);
    rows[2] = 3.0;
    rows[3] = 0.0;
    return {};
  };
  problem.scales = {1.0, 1.0};
  return problem;
}

TEST(LoopSolver, FindsASolutionThatPlainRoundsRunAwayFrom) {
  int evaluations = 0;
  std::vector<double> x{0.4, 0.4};
  const auto outcome = solve_loop(runaway(evaluations), x);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->converged);
  EXPECT_GT(outcome->iterations, 0);
  EXPECT_NEAR(x[0], std::cos(2.0 * x[1]), 1e-8);
  EXPECT_NEAR(x[1], 3.0 * x[0] - 1.0, 1e-8);
}

TEST(LoopSolver, NeedsNoDerivativesWhereNothingDependsOnItself) {
  LoopProblem problem;
  problem.evaluate = [](std::span<const double> x, std::span<double> g) -> Result<void> {
    g[0] = 7.0;
    g[1] = 2.0 * x[0];
    return {};
  };
  problem.jacobian = [](std::span<const double>, std::span<double>) -> Result<void> {
    return {ErrorCode::Internal, "asked for derivatives"};
  };
  problem.scales = {1.0, 1.0};
  std::vector<double> x{0.0, 0.0};
  const auto outcome = solve_loop(problem, x);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->converged);
  EXPECT_EQ(x[1], 14.0);
}

TEST(LoopSolver, SaysThatThereIsNoSolutionAndWhereItIsWorst) {
  LoopProblem problem;
  problem.evaluate = [](std::span<const double> x, std::span<double> g) -> Result<void> {
    g[0] = x[0];
    g[1] = x[1] + 1.0;
    return {};
  };
  problem.jacobian = [](std::span<const double>, std::span<double> rows) -> Result<void> {
    rows[0] = rows[3] = 1.0;
    rows[1] = rows[2] = 0.0;
    return {};
  };
  problem.scales = {1.0, 1.0};
  std::vector<double> x{0.0, 0.0};
  const auto outcome = solve_loop(problem, x);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->converged);
  EXPECT_EQ(outcome->worst, 1u);
}

}  // namespace
}  // namespace gemel::ssp::detail
