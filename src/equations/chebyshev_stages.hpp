#pragma once
// Coefficients of the stabilised method, for any number of stages.

#include <cstddef>
#include <vector>

namespace gemel::equations {

/// Stage j of s: Y_j = start·Y_0 + before·Y_{j−1} + second·Y_{j−2} + h·(slope·F_{j−1} + first·F_0),
/// at the share `at` of the step. Stage 1 has `slope` and `at` alone, with `start` 1.
struct ChebyshevStage {
  double start = 1.0, before = 0.0, second = 0.0, slope = 0.0, first = 0.0, at = 0.0;
};

/// Threads: one at a time.
class ChebyshevStages {
 public:
  static constexpr std::size_t kMin = 2, kMax = 200;
  /// Steps are stable as long as h times the spectral radius is within this.
  static double reach(std::size_t stages) {
    return 0.653 * static_cast<double>(stages * stages - 1);
  }

  /// Shape: `stages`, within kMin … kMax; stays where it is.
  const ChebyshevStage* of(std::size_t stages);

 private:
  std::vector<std::vector<ChebyshevStage>> known_ =
      std::vector<std::vector<ChebyshevStage>>(kMax + 1);
};

}  // namespace gemel::equations
