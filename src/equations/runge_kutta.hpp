#pragma once
// One step of the explicit Runge–Kutta pair of order 5(4), on doubles or on lanes.
// Source: Dormand & Prince, "A family of embedded Runge–Kutta formulae", J. Comp. Appl. Math. 6,
// 1980; dense output: Hairer, Nørsett & Wanner, "Solving Ordinary Differential Equations I", II.6.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "equations/lanes.hpp"
#include "equations/trajectories.hpp"

namespace gemel::equations {

namespace detail {

/// x to the power of −1/5 within a few per cent, for x > 0: what a step's length needs.
inline double rough_inverse_fifth_root(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const double y = std::bit_cast<double>(0x4cb8'0000'0000'0000ULL - bits / 5);
  return y * (6.0 - x * (y * y) * (y * y) * y) * 0.2;  // one step of Newton's method
}

}  // namespace detail

/// The stages of a step, and room for it. `Real` is double or Lanes.
template <class Real>
class DormandPrince {
 public:
  explicit DormandPrince(std::size_t states, const Tolerances& = {})
      : n_(states),
        room_(9 * states),
        next(room_.data() + 7 * states),
        scratch_(room_.data() + 8 * states) {}
  DormandPrince(const DormandPrince&) = delete;
  DormandPrince& operator=(const DormandPrince&) = delete;

  /// Another trajectory comes into a lane: nothing is known of any.
  void begin(std::size_t) {}

  Real* first() { return stage(0); }
  const Real* first() const { return stage(0); }
  const Real* last() const { return stage(6); }

  /// The length that a step of length `h` at most may have: it is for the errors to say.
  template <class System>
  [[gnu::always_inline]] Real within_reach(System&, const Real&, const Real& h, const Real*,
                                           const Real*) {
    return h;
  }

  /// From `x` at `t`, whose derivatives stand in first(), by `h`: fills `next` and last(), its
  /// derivatives.
  template <class System>
  [[gnu::always_inline]] void step(System& system, const Real& t, const Real& h, const Real* x,
                                   const Real* p) {
    Real *const k1 = stage(0), *const k2 = stage(1), *const k3 = stage(2), *const k4 = stage(3),
                *const k5 = stage(4), *const k6 = stage(5), *const k7 = stage(6);
    Real* const y = scratch_;
    for (std::size_t i = 0; i < n_; ++i) y[i] = x[i] + h * (k1[i] * (1.0 / 5));
    system.derivatives(t + h * (1.0 / 5), y, p, k2);
    for (std::size_t i = 0; i < n_; ++i)
      y[i] = x[i] + h * (k1[i] * (3.0 / 40) + k2[i] * (9.0 / 40));
    system.derivatives(t + h * (3.0 / 10), y, p, k3);
    for (std::size_t i = 0; i < n_; ++i)
      y[i] = x[i] + h * (k1[i] * (44.0 / 45) - k2[i] * (56.0 / 15) + k3[i] * (32.0 / 9));
    system.derivatives(t + h * (4.0 / 5), y, p, k4);
    for (std::size_t i = 0; i < n_; ++i) {
      y[i] = x[i] + h * (k1[i] * (19372.0 / 6561) - k2[i] * (25360.0 / 2187) +
                         k3[i] * (64448.0 / 6561) - k4[i] * (212.0 / 729));
    }
    system.derivatives(t + h * (8.0 / 9), y, p, k5);
    for (std::size_t i = 0; i < n_; ++i) {
      y[i] = x[i] + h * (k1[i] * (9017.0 / 3168) - k2[i] * (355.0 / 33) + k3[i] * (46732.0 / 5247) +
                         k4[i] * (49.0 / 176) - k5[i] * (5103.0 / 18656));
    }
    system.derivatives(t + h, y, p, k6);
    for (std::size_t i = 0; i < n_; ++i) {
      next[i] = x[i] + h * (k1[i] * (35.0 / 384) + k3[i] * (500.0 / 1113) + k4[i] * (125.0 / 192) -
                            k5[i] * (2187.0 / 6784) + k6[i] * (11.0 / 84));
    }
    system.derivatives(t + h, next, p, k7);
  }

  /// Of state `i`: by how much the step of order 4 would differ.
  [[gnu::always_inline]] Real error(std::size_t i, const Real&, const Real& h) const {
    return h * (stage(0)[i] * (71.0 / 57600) - stage(2)[i] * (71.0 / 16695) +
                stage(3)[i] * (71.0 / 1920) - stage(4)[i] * (17253.0 / 339200) +
                stage(5)[i] * (22.0 / 525) - stage(6)[i] * (1.0 / 40));
  }

  /// How much longer the next step may be, this one's error being `worst` of what is allowed.
  [[gnu::always_inline]] Real growth(const Real&, const Real& worst) const {
    const Real factor = each_lane(max(worst, 1e-5), detail::rough_inverse_fifth_root);
    return max(min(factor * 0.9, 5.0), 0.2);
  }

  /// State `i` at the share `s` of the step from `x` (0) to `next` (1), of order 4.
  Real between(std::size_t i, const Real& x, const Real& h, const Real& s) const {
    const Real rise = next[i] - x;
    const Real bend = h * stage(0)[i] - rise;
    const Real back = rise - h * stage(6)[i] - bend;
    const Real fifth =
        h *
        (stage(2)[i] * (87487479700.0 / 32700410799) - stage(0)[i] * (12715105075.0 / 11282082432) -
         stage(3)[i] * (10690763975.0 / 1880347072) +
         stage(4)[i] * (701980252875.0 / 199316789632) - stage(5)[i] * (1453857185.0 / 822651844) +
         stage(6)[i] * (69997945.0 / 29380423));
    const Real rest = 1.0 - s;
    return x + s * (rise + rest * (bend + s * (back + rest * fifth)));
  }

 private:
  Real* stage(std::size_t k) { return room_.data() + k * n_; }
  const Real* stage(std::size_t k) const { return room_.data() + k * n_; }

  const std::size_t n_;
  std::vector<Real> room_;

 public:
  Real* const next;  // the state after the step

 private:
  Real* const scratch_;
};

}  // namespace gemel::equations
