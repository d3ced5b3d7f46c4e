#include "equations/chebyshev_stages.hpp"

#include <utility>

namespace gemel::equations {
namespace {

constexpr double kDamping = 2.0 / 13.0;

/// A Chebyshev polynomial of the first kind and its derivatives at one place.
struct Polynomial {
  double value = 1.0, slope = 0.0, bend = 0.0;
};

/// Those of degrees 0 … `degree` at w.
std::vector<Polynomial> polynomials(std::size_t degree, double w) {
  std::vector<Polynomial> t(degree + 1);
  t[1] = {w, 1.0, 0.0};
  for (std::size_t j = 2; j <= degree; ++j) {
    const auto &one = t[j - 1], &two = t[j - 2];
    t[j] = {2 * w * one.value - two.value, 2 * (one.value + w * one.slope) - two.slope,
            2 * (2 * one.slope + w * one.bend) - two.bend};
  }
  return t;
}

/// Source: Verwer, Hundsdorfer & Sommeijer, "Convergence properties of the Runge–Kutta–Chebyshev
/// method", Numer. Math. 57, 1990; the choice of b_0 and b_1: Sommeijer, Shampine & Verwer 1998.
std::vector<ChebyshevStage> stages_of(std::size_t s) {
  const double w0 = 1.0 + kDamping / static_cast<double>(s * s);
  const auto t = polynomials(s, w0);
  const double w1 = t[s].slope / t[s].bend;
  std::vector<double> b(s + 1);
  for (std::size_t j = 2; j <= s; ++j) b[j] = t[j].bend / (t[j].slope * t[j].slope);
  b[0] = b[2];
  b[1] = 1.0 / w0;
  std::vector<ChebyshevStage> stages(s);
  stages[0].slope = stages[0].at = b[1] * w1;
  for (std::size_t j = 2; j <= s; ++j) {
    auto& stage = stages[j - 1];
    stage.before = 2 * w0 * b[j] / b[j - 1];
    stage.second = -b[j] / b[j - 2];
    stage.start = 1 - stage.before - stage.second;
    stage.slope = 2 * w1 * b[j] / b[j - 1];
    stage.first = -(1 - b[j - 1] * t[j - 1].value) * stage.slope;
    // Time goes as a state does whose derivative is 1.
    stage.at = stage.before * stages[j - 2].at + (j > 2 ? stage.second * stages[j - 3].at : 0.0) +
               stage.slope + stage.first;
  }
  return stages;
}

}  // namespace

const ChebyshevStage* ChebyshevStages::of(std::size_t stages) {
  auto& known = known_[stages];
  if (known.empty()) known = stages_of(stages);
  return known.data();
}

}  // namespace gemel::equations
