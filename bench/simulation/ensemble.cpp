// Adaptive ensembles, one core: trajectories a second and how far their ends are from the truth.

#include "equations/ensemble.hpp"

#include <cmath>
#include <cstdio>

#include "lorenz.hpp"
#include "parts.hpp"

namespace gemel::bench {
namespace {

struct Lorenz {
  static constexpr std::size_t states() { return 3; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = kSigma * (x[1] - x[0]);
    dx[1] = x[0] * (p[0] - x[2]) - x[1];
    dx[2] = x[0] * x[1] - kBeta * x[2];
  }
};

struct Ends final : equations::Trajectories {
  std::vector<LorenzState> states;
  explicit Ends(std::size_t count) : states(count) {}
  void begin(std::size_t i, std::span<double> x, std::span<double> p) override {
    x[0] = 1.0;
    x[1] = x[2] = 0.0;
    p[0] = rho_of(i, states.size());
  }
  void end(std::size_t i, equations::Ending ending, std::span<const double> x) override {
    for (std::size_t k = 0; k < 3; ++k)
      states[i][k] = ending == equations::Ending::Reached ? x[k] : NAN;
  }
};

Ends solve(std::size_t count, double tolerance) {
  Ends ends(count);
  equations::solve_ensemble(Lorenz{}, {.until = 1.0},
                            {.relative = tolerance, .absolute = tolerance}, 0, count, ends);
  return ends;
}

double worst_error(const std::vector<LorenzState>& ends, const std::vector<LorenzState>& truth) {
  double worst = 0.0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      const double error = std::fabs(ends[i][k] - truth[i][k]);
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

}  // namespace

std::vector<Measurement> measure_ensemble(const Options& options) {
  constexpr double kTolerance = 1e-8;
  const std::size_t count = options.quick ? 20'000 : 100'000, few = count / 20;
  const double rate = best_rate(options.quick ? 3 : 7, static_cast<double>(count),
                                [&] { solve(count, kTolerance); });
  // The truth: ten thousand times as strict.
  const auto truth = solve(few, 1e-13);
  const auto ours = solve(few, kTolerance);
  Measurement speed{.name = "Lorenz ensemble, adaptive at 1e-8, one core",
                    .value = rate,
                    .unit = "trajectories/s",
                    .better = "higher",
                    .peer = {},
                    .peer_value = {},
                    .aim = 1e5};
  Measurement error{.name = "  worst error of their ends",
                    .value = worst_error(ours.states, truth.states),
                    .unit = "",
                    .better = "lower",
                    .peer = {},
                    .peer_value = {},
                    .aim = 1e-6};
  std::vector<Measurement> rows;
  for (const bool order_8 : {false, true}) {
    const auto peer = lorenz_by_arkode(few, kTolerance, order_8);
    if (!peer) continue;
    speed.peer = error.peer = order_8 ? "ARKODE, order 8(7)" : "ARKODE, order 5(4)";
    speed.peer_value = static_cast<double>(few) / peer->seconds;
    error.peer_value = worst_error(peer->ends, truth.states);
    rows.push_back(speed);
    rows.push_back(error);
  }
  if (rows.empty()) rows = {speed, error};
  return rows;
}

#ifndef GEMEL_BENCH_ARKODE
std::optional<ArkodeAnswer> lorenz_by_arkode(std::size_t, double, bool) {
  std::fprintf(stderr, "ARKODE is not here to compare with: apt-get install libsundials-dev\n");
  return std::nullopt;
}
#endif

}  // namespace gemel::bench
