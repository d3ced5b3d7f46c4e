#pragma once
// SUNDIALS' CVODE, one internal step at a time, with roots.

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace gemel::fmu::detail {

/// What is solved. The functions return 0, 1 (not here; try a smaller step) or -1 (give up).
struct OdeProblem {
  std::size_t states = 0;  // at least one
  std::size_t roots = 0;
  std::function<int(double t, const double* y, double* derivatives)> derivatives;
  std::function<int(double t, const double* y, double* values)> root_values;
  /// Column by column; empty: by differences.
  std::function<int(double t, const double* y, double* jacobian)> jacobian;
  double tolerance_relative = 1e-6;
  double step_max = 0.0;  // 0: any
};

/// Backward differentiation of orders 1 to 5 with Newton's method.
/// Source: Hindmarsh et al., "SUNDIALS: Suite of nonlinear and differential/algebraic equation
/// solvers", ACM TOMS 31 (2005). Threads: its owner's.
class OdeSolver {
 public:
  enum class Found { Step, Root };

  /// Errors: Capacity. `problem` is kept.
  static Result<std::unique_ptr<OdeSolver>> make(OdeProblem problem);
  virtual ~OdeSolver() = default;

  /// From here on, as if nothing had been before. Shapes: one absolute tolerance a state.
  virtual Result<void> restart(double t, std::span<const double> y,
                               std::span<const double> tolerances) = 0;
  /// One step of its own choice, not beyond `stop`; to the first root in it, if there is one.
  /// Errors: Unavailable with CVODE's reason.
  virtual Result<Found> step(double stop) = 0;
  virtual double time() const = 0;
  virtual std::span<const double> state() const = 0;
};

}  // namespace gemel::fmu::detail
