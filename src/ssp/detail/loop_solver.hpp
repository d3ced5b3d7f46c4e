#pragma once
// x = g(x), by Newton's method with a damped step.

#include <functional>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace gemel::ssp::detail {

struct LoopProblem {
  /// g(x). Shapes: both as x.
  std::function<Result<void>(std::span<const double> x, std::span<double> g)> evaluate;
  /// dg/dx at the x that was evaluated last, row by row. Shapes: n · n.
  std::function<Result<void>(std::span<const double> x, std::span<double> rows)> jacobian;
  /// A difference of x and g(x) below tolerance · scale is none. Shapes: as x.
  std::vector<double> scales;
  double tolerance = 1e-9;
  int iterations_max = 30;
};

struct LoopOutcome {
  bool converged = false;
  int iterations = 0;
  double residual = 0.0;  // the largest, over its scale
  std::size_t worst = 0;  // which one
};

/// Three rounds of x <- g(x) come first, for most loops are none: outputs rarely depend on all that
/// their FMU's silence allows for. Then Newton; a step that makes the residual larger is halved.
///
/// On return `x` is the last that was evaluated, converged or not. Errors: those of the functions.
Result<LoopOutcome> solve_loop(const LoopProblem& problem, std::vector<double>& x);

}  // namespace gemel::ssp::detail
