#pragma once
// The ensemble that is solved by us and by a peer: Lorenz's equations from (1, 0, 0) over a unit of
// time, for as many ρ between 0 and 21.
// Source: Lorenz, "Deterministic nonperiodic flow", J. Atmos. Sci. 20, 1963.

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace gemel::bench {

inline constexpr double kSigma = 10.0;
inline constexpr double kBeta = 8.0 / 3.0;
inline double rho_of(std::size_t i, std::size_t count) {
  return 21.0 * static_cast<double>(i) / static_cast<double>(count - 1);
}

using LorenzState = std::array<double, 3>;

/// The same by ARKODE's explicit pair of order 5(4), Dormand and Prince's, and of order 8(7),
/// Fehlberg's: one solver, begun anew for each trajectory. Nothing where it was not built in or
/// fails.
struct ArkodeAnswer {
  std::vector<LorenzState> ends;
  double seconds = 0.0;
};
std::optional<ArkodeAnswer> lorenz_by_arkode(std::size_t count, double tolerance, bool order_8);

}  // namespace gemel::bench
