#pragma once
// How fast a system's fastest part is: the spectral radius of its Jacobian, which is never formed.
// Source: Sommeijer, Shampine & Verwer, "RKC: an explicit solver for parabolic PDEs", J. Comp.
// Appl. Math. 88, 1998, sec. 3.3 (nonlinear power method); here in norms in which each state
// counts by its tolerance, as pressures and flows differ by many powers of ten.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "equations/batch.hpp"
#include "equations/lanes.hpp"
#include "equations/trajectories.hpp"

namespace gemel::equations {

/// Estimates, each of which begins with the direction that the last one found. `Real` is double or
/// Lanes.
template <class Real>
class SpectralRadius {
 public:
  SpectralRadius(std::size_t states, const Tolerances& tolerances)
      : n_(states),
        absolute_(tolerances.absolute),
        relative_(std::max(tolerances.relative, 1e-12)),
        far_(0.01 * std::max(1.0, 1e-6 / relative_)),
        direction_(states, Real(0.0)),
        tried_(states),
        slopes_(states) {}

  /// Forgets a lane.
  void begin(std::size_t lane) {
    radius_.set(lane, 0.0);
    for (auto& each : direction_) each.set(lane, 0.0);
  }

  /// An upper bound, as estimates go, of lanes that have been found. 1/s.
  const Real& radius() const { return radius_; }

  /// Finds it where `due`, at state `x`, whose derivatives are `f`. Never less than half of what it
  /// was: what was fast a moment ago (a ramp between its limits) will be so again.
  template <class System, class Mask>
  [[gnu::always_inline]] void find(System& system, const Real& t, const Real* x, const Real* f,
                                   const Real* p, const Mask& due) {
    if (n_ == 0) return;
    set_out(due);
    Mask settled = !due;
    Mask near = settled & !settled;
    Real found = 0.0, powers = 0.0;
    for (int iteration = 0; iteration < kIterationsMax && any_of(!settled); ++iteration) {
      for (std::size_t i = 0; i < n_; ++i) tried_[i] = x[i] + far_ * scale(x[i]) * direction_[i];
      detail::hold(system, settled);
      system.derivatives(t, tried_.data(), p, slopes_.data());
      for (std::size_t i = 0; i < n_; ++i) slopes_[i] = (slopes_[i] - f[i]) / (far_ * scale(x[i]));
      const Real now = size(slopes_);
      // Where derivatives are no numbers, or don't change: the last one is the best that is known.
      const Mask told = now <= std::numeric_limits<double>::max();
      const Mask turned = told & (now > 0.0) & !settled;
      const Real inverse = 1.0 / now;
      for (std::size_t i = 0; i < n_; ++i)
        direction_[i] = choose(turned, slopes_[i] * inverse, direction_[i]);
      const Mask again = abs(now - found) <= 0.01 * now;
      found = choose(settled | !told, found, now);
      settled = settled | (again & near) | !told;
      near = again;
      if (iteration >= kTurnsFrom) powers += log(max(found, 1e-300));
    }
    // A pair of complex eigenvalues doesn't settle: what it grows by goes around its modulus.
    const Real mean = exp(powers * (1.0 / (kIterationsMax - kTurnsFrom)));
    found = choose(settled, found, mean);
    radius_ = choose(due, max(kSafety * found, 0.5 * radius_), radius_);
  }

 private:
  static constexpr int kIterationsMax = 50, kTurnsFrom = 10;
  static constexpr double kSafety = 1.2;

  /// What counts as little in a state.
  [[gnu::always_inline]] Real scale(const Real& x) const { return absolute_ + relative_ * abs(x); }

  [[gnu::always_inline]] Real size(const std::vector<Real>& vector) const {
    Real sum = 0.0;
    for (const auto& each : vector) sum += each * each;
    return sqrt(sum * (1.0 / static_cast<double>(n_)));
  }

  /// The first direction: the last one found, with something of every state, as a part that was at
  /// rest then may now be the fastest.
  template <class Mask>
  [[gnu::always_inline]] void set_out(const Mask& due) {
    for (std::size_t i = 0; i < n_; ++i) {
      const double place = 0.618033988749895 * static_cast<double>(i + 1);
      const double some = (i % 2 == 0 ? 0.1 : -0.1) * (0.5 + place - std::floor(place));
      tried_[i] = direction_[i] + some;
    }
    const Real inverse = 1.0 / size(tried_);
    for (std::size_t i = 0; i < n_; ++i)
      direction_[i] = choose(due, tried_[i] * inverse, direction_[i]);
  }

  const std::size_t n_;
  const double absolute_, relative_;
  const double far_;  // how far is looked, in scales
  std::vector<Real> direction_, tried_, slopes_;
  Real radius_ = 0.0;
};

/// The spectral radius of a system's Jacobian at one state, a fifth too large rather than too
/// small: (until − from) · radius is the number of shortest time constants in a span of time. Where
/// that is beyond some hundreds and the answer is smooth, Method::Chebyshev is the faster one.
/// `Real` is double or Lanes; Unit: 1 / the system's unit of time.
template <class Real, class System>
Real spectral_radius(System&& system, const Real& t, const Real* x, const Real* p,
                     const Tolerances& tolerances = {}) {
  std::vector<Real> slopes(system.states());
  system.derivatives(t, x, p, slopes.data());
  SpectralRadius<Real> radius(system.states(), tolerances);
  const auto due = !(Real(1.0) < Real(0.0));
  radius.find(system, t, x, slopes.data(), p, due);
  return radius.radius();
}

}  // namespace gemel::equations
