#pragma once
// One step of the stabilised explicit Runge–Kutta–Chebyshev method of order 2: with s stages it is
// stable for time constants about 0.65 s² times shorter than the step.
// Source: Sommeijer, Shampine & Verwer, "RKC: an explicit solver for parabolic PDEs", J. Comp.
// Appl. Math. 88, 1998 (stages, error estimate, control of steps).

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "equations/batch.hpp"
#include "equations/chebyshev_stages.hpp"
#include "equations/lanes.hpp"
#include "equations/spectral_radius.hpp"
#include "equations/trajectories.hpp"

namespace gemel::equations {

namespace detail {

/// x to the power of −1/3 within a few parts of a million, for x > 0.
inline double rough_inverse_cube_root(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  double y = std::bit_cast<double>(0x553e'f100'0000'0000ULL - bits / 3);
  for (int step = 0; step < 2; ++step) y *= (4.0 - x * y * y * y) * (1.0 / 3);  // Newton's method
  return y;
}

}  // namespace detail

/// The stages of a step, and room for it. Each lane has as many stages as it needs; those with
/// fewer rest while the others end theirs, so that a lane doesn't depend on its neighbours.
class Chebyshev {
 public:
  Chebyshev(std::size_t states, const Tolerances& tolerances)
      : n_(states),
        room_(4 * states),
        next(room_.data() + 2 * states),
        before_(room_.data() + 3 * states),
        radius_(states, tolerances) {}
  Chebyshev(const Chebyshev&) = delete;
  Chebyshev& operator=(const Chebyshev&) = delete;

  /// Forgets a lane.
  void begin(std::size_t lane) {
    radius_.begin(lane);
    since_.set(lane, kLookAgain);
    length_before_.set(lane, 0.0);
  }

  Lanes* first() { return room_.data(); }
  const Lanes* first() const { return room_.data(); }
  const Lanes* last() const { return room_.data() + n_; }

  /// The length that a step of length `h` at most may have, so that the most stages suffice. Looks
  /// for the spectral radius where it is due; h = 0: a lane that rests.
  template <class System>
  [[gnu::always_inline]] Lanes within_reach(System& system, const Lanes& t, const Lanes& h,
                                            const Lanes* x, const Lanes* p) {
    const LaneMask due = (h > 0.0) & (since_ >= kLookAgain);
    if (any_of(due)) {
      radius_.find(system, t, x, first(), p, due);
      since_ = choose(due, Lanes(0.0), since_);
    }
    return min(h, ChebyshevStages::reach(ChebyshevStages::kMax) / radius_.radius());
  }

  /// From `x` at `t`, whose derivatives stand in first(), by `h`: fills `next` and last(), its
  /// derivatives.
  template <class System>
  [[gnu::always_inline]] void step(System& system, const Lanes& t, const Lanes& h, const Lanes* x,
                                   const Lanes* p) {
    const Lanes* const f0 = first();
    Lanes* const f = room_.data() + n_;
    const std::size_t most = choose_stages(h);
    Lanes at = gather(1).at;
    {
      const Lanes slope = h * gather(1).slope;
      for (std::size_t i = 0; i < n_; ++i) {
        before_[i] = x[i];
        next[i] = x[i] + slope * f0[i];
      }
    }
    for (std::size_t j = 2; j <= most; ++j) {
      const LaneMask done = stages_ < static_cast<double>(j);
      detail::hold(system, done);
      system.derivatives(t + at * h, next, p, f);
      const Stage stage = gather(j);
      const Lanes slope = h * stage.slope, start_slope = h * stage.first;
      for (std::size_t i = 0; i < n_; ++i) {
        const Lanes reached = stage.start * x[i] + stage.before * next[i] +
                              stage.second * before_[i] + slope * f[i] + start_slope * f0[i];
        before_[i] = choose(done, next[i], reached);
      }
      std::swap(before_, next);
      at = choose(done, at, stage.at);
    }
    detail::hold(system, !(h > 0.0));
    system.derivatives(t + h, next, p, f);
  }

  /// Of state `i`: the estimated error, from a comparison with order 3.
  [[gnu::always_inline]] Lanes error(std::size_t i, const Lanes& x, const Lanes& h) const {
    return 0.8 * (x - next[i]) + 0.4 * h * (first()[i] + last()[i]);
  }

  /// How much longer the next step may be, this one's error being `worst` of what is allowed: what
  /// the last error says and where errors are going, whichever is less.
  [[gnu::always_inline]] Lanes growth(const Lanes& h, const Lanes& worst) {
    const LaneMask kept = worst <= 1.0;
    const Lanes told = choose(worst <= std::numeric_limits<double>::max(), worst, 1e3);
    const Lanes root = each_lane(max(told, 1e-6), detail::rough_inverse_cube_root);
    const Lanes plain = 0.8 * root;
    const Lanes foretold = plain * (h / length_before_) * (root / root_before_);
    const LaneMask foretells = kept & (length_before_ > 0.0) & (h > 0.0);
    const Lanes factor = choose(foretells, min(plain, foretold), plain);
    // A step that fails may have been unstable: the radius is looked for once where it began.
    const LaneMask fresh = since_ <= 0.0;
    since_ = choose(kept, since_ + 1.0, choose(fresh, since_, kLookAgain));
    const LaneMask moved = kept & (h > 0.0);
    length_before_ = choose(moved, h, length_before_);
    root_before_ = choose(moved, root, root_before_);
    return max(min(factor, 10.0), 0.1);
  }

  /// State `i` at the share `s` of the step from `x` (0) to `next` (1): Hermite's cubic.
  Lanes between(std::size_t i, const Lanes& x, const Lanes& h, const Lanes& s) const {
    const Lanes rise = next[i] - x;
    const Lanes bend = h * first()[i] - rise;
    const Lanes back = rise - h * last()[i];
    const Lanes rest = 1.0 - s;
    return x + s * (rise + rest * (bend * rest + s * back));
  }

 private:
  static constexpr double kLookAgain = 25.0;  // steps

  /// ChebyshevStage of each lane.
  struct Stage {
    Lanes start, before, second, slope, first, at;
  };

  /// As many stages for each lane as keep a step of length `h` stable; the most of any.
  std::size_t choose_stages(const Lanes& h) {
    constexpr double least = ChebyshevStages::kMin, most = ChebyshevStages::kMax;
    std::size_t needed = ChebyshevStages::kMin;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double wish = std::sqrt(1.0 + h[lane] * radius_.radius()[lane] / 0.653);
      // Not so for what is no number either.
      const double count = wish >= least ? std::min(std::ceil(wish), most) : least;
      const auto stages = static_cast<std::size_t>(h[lane] > 0.0 ? count : least);
      stages_.set(lane, static_cast<double>(stages));
      rows_[lane] = table_.of(stages);
      needed = std::max(needed, stages);
    }
    return needed;
  }

  /// Stage `j` of each lane; of lanes that have fewer, their last.
  [[gnu::always_inline]] Stage gather(std::size_t j) const {
    Stage out;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto& one = rows_[lane][std::min(j, static_cast<std::size_t>(stages_[lane])) - 1];
      out.start.set(lane, one.start);
      out.before.set(lane, one.before);
      out.second.set(lane, one.second);
      out.slope.set(lane, one.slope);
      out.first.set(lane, one.first);
      out.at.set(lane, one.at);
    }
    return out;
  }

  const std::size_t n_;
  std::vector<Lanes> room_;  // first, last, next, before

 public:
  Lanes* next;  // the state after the step

 private:
  Lanes* before_;
  SpectralRadius<Lanes> radius_;
  ChebyshevStages table_;
  std::array<const ChebyshevStage*, kLanes> rows_{};
  Lanes stages_ = 0.0;
  Lanes since_ = kLookAgain;  // steps since the radius was looked for
  Lanes length_before_ = 0.0, root_before_ = 1.0;
};

}  // namespace gemel::equations
