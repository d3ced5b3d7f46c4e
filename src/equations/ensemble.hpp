#pragma once
// Many initial value problems of one system, each with its own state, parameters and steps: eight
// at a time, side by side in the processor's registers. A trajectory that ends makes room for the
// next.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "equations/lanes.hpp"
#include "equations/runge_kutta.hpp"

namespace gemel::equations {

struct Tolerances {
  double relative = 1e-6;
  double absolute = 1e-9;
  double step_max = std::numeric_limits<double>::infinity();
  double step_first = 0.0;            // tried first; 0: one is guessed
  std::uint32_t steps_max = 100'000;  // tried, of a trajectory
};

enum class Ending : std::uint8_t {
  Reached,    // the end of its time
  NotFinite,  // a state or derivative is no number
  TooManySteps,
};

/// What an ensemble is made of and where its answers go. Trajectories are numbered; a number's
/// calls come in the order below, those of several interleave.
class Trajectories {
 public:
  virtual ~Trajectories() = default;
  /// Fills in the state that trajectory `i` starts from, and its parameters.
  virtual void begin(std::size_t i, std::span<double> state, std::span<double> parameters) = 0;
  /// The state at times[k].
  virtual void sample(std::size_t /*i*/, std::size_t /*k*/, std::span<const double> /*state*/) {}
  virtual void end(std::size_t i, Ending ending, std::span<const double> state) = 0;
};

/// Time that trajectories cover. Shapes: `times` ascending, within from … until.
struct TimeSpan {
  double from = 0.0;
  double until = 1.0;
  std::span<const double> times = {};  // at which states are asked for
};

namespace detail {

/// x to the power of −1/5 within a few per cent, for x > 0: what a step's length needs.
inline double rough_inverse_fifth_root(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const double y = std::bit_cast<double>(0x4cb8'0000'0000'0000ULL - bits / 5);
  return y * (6.0 - x * (y * y) * (y * y) * y) * 0.2;  // one step of Newton's method
}

/// One register's worth of trajectories underway.
template <class System>
class Batch {
 public:
  Batch(System& system, const TimeSpan& span, const Tolerances& tolerances, Trajectories& work)
      : system_(system),
        span_(span),
        tolerances_(tolerances),
        work_(work),
        n_(system.states()),
        x_(n_),
        p_(system.parameters()),
        rk_(n_),
        state_(n_),
        parameters_(p_.size()) {}

  [[gnu::always_inline]] void run(std::size_t first, std::size_t last) {
    next_ = first;
    last_ = last;
    t_ = span_.until;
    h_ = 0.0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) refill(lane);
    begin_steps();
    while (running_ > 0) advance();
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  /// Puts the next trajectory into a lane; without one the lane rests, its step being 0.
  void refill(std::size_t lane) {
    who_[lane] = kNone;
    h_.set(lane, 0.0);
    if (next_ == last_) return;
    who_[lane] = next_++;
    ++running_;
    fresh_ = true;
    if constexpr (requires { system_.begin(lane); }) system_.begin(lane);
    steps_[lane] = 0;
    asked_[lane] = 0;
    work_.begin(who_[lane], state_, parameters_);
    for (std::size_t i = 0; i < n_; ++i) x_[i].set(lane, state_[i]);
    for (std::size_t i = 0; i < parameters_.size(); ++i) p_[i].set(lane, parameters_[i]);
    t_.set(lane, span_.from);
    h_.set(lane, -1.0);  // to be found
    while (asked_[lane] < span_.times.size() && span_.times[asked_[lane]] <= span_.from)
      work_.sample(who_[lane], asked_[lane]++, state_);
  }

  /// First derivatives and a first length for lanes that have just been filled. A hundredth of the
  /// time in which the state changes by its own size; the control of errors does the rest.
  [[gnu::always_inline]] void begin_steps() {
    fresh_ = false;
    const LaneMask found = h_ >= 0.0;
    Lanes* const k1 = rk_.first();
    Lanes* const derivatives = rk_.next;
    system_.derivatives(t_, x_.data(), p_.data(), derivatives);
    Lanes size = 0.0, pace = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      k1[i] = choose(found, k1[i], derivatives[i]);
      const Lanes scale = 1.0 / (tolerances_.absolute + tolerances_.relative * abs(x_[i]));
      size = max(size, abs(x_[i]) * scale);
      pace = max(pace, abs(k1[i]) * scale);
    }
    const double span = span_.until - span_.from;
    const Lanes guess =
        choose(pace > 1e-10, 0.01 * max(size, 1e-3) / max(pace, 1e-10), 1e-3 * span);
    const Lanes first = tolerances_.step_first > 0.0 ? Lanes(tolerances_.step_first) : guess;
    h_ = choose(found, h_, min(min(first, tolerances_.step_max), span));
  }

  [[gnu::always_inline]] void advance() {
    const Lanes left = span_.until - t_;
    const LaneMask final = h_ >= left * (1.0 - 1e-12);
    const Lanes h = choose(final, left, h_);
    rk_.step(system_, t_, h, x_.data(), p_.data());
    Lanes worst = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      const Lanes scale =
          tolerances_.absolute + tolerances_.relative * max(abs(x_[i]), abs(rk_.next[i]));
      const Lanes share = h * rk_.error(i) / scale;
      worst += share * share;
    }
    worst = sqrt(worst * (1.0 / static_cast<double>(std::max<std::size_t>(n_, 1))));
    const LaneMask kept = worst <= 1.0;  // not so for what is no number
    const Lanes factor = each_lane(max(worst, 1e-5), rough_inverse_fifth_root);
    // A step that was cut short at the end says nothing of how long the next may be.
    h_ = min(max(min(factor * 0.9, 5.0), 0.2) * h, tolerances_.step_max);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (who_[lane] != kNone) tell(lane, kept[lane], final[lane], h[lane], worst[lane]);
    }
    const Lanes after = t_ + h;
    t_ = choose(kept, after, t_);
    for (std::size_t i = 0; i < n_; ++i) {
      x_[i] = choose(kept, rk_.next[i], x_[i]);
      rk_.first()[i] = choose(kept, rk_.last()[i], rk_.first()[i]);
    }
    if (ended_ == 0) return;
    ended_ = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (over_[lane]) refill(lane);
      over_[lane] = false;
    }
    if (fresh_) begin_steps();
  }

  /// Hands over what a lane's step brought: the states asked for within it, or its end.
  [[gnu::always_inline]] void tell(std::size_t lane, bool kept, bool final, double h,
                                   double worst) {
    if (++steps_[lane] > tolerances_.steps_max) return end(lane, Ending::TooManySteps);
    // Where the equations leave the numbers, shorter steps are tried; then it is over.
    if (!(worst <= std::numeric_limits<double>::max())) {
      h_.set(lane, 0.1 * h);
      const double least = 1e-14 * (span_.until - span_.from);
      if (!(h > least)) end(lane, Ending::NotFinite);
      return;
    }
    if (!kept) return;
    if (asked_[lane] < span_.times.size()) samples(lane, final, h);
    if (final) end(lane, Ending::Reached);
  }

  [[gnu::noinline]] void samples(std::size_t lane, bool final, double h) {
    const double after = final ? span_.until : t_[lane] + h;
    while (asked_[lane] < span_.times.size() && span_.times[asked_[lane]] <= after) {
      const double share = (span_.times[asked_[lane]] - t_[lane]) / h;
      for (std::size_t i = 0; i < n_; ++i)
        state_[i] = rk_.between(i, x_[i], Lanes(h), Lanes(share))[lane];
      work_.sample(who_[lane], asked_[lane]++, state_);
    }
  }

  [[gnu::noinline]] void end(std::size_t lane, Ending ending) {
    const Lanes* const from = ending == Ending::Reached ? rk_.next : x_.data();
    for (std::size_t i = 0; i < n_; ++i) state_[i] = from[i][lane];
    work_.end(who_[lane], ending, state_);
    --running_;
    ++ended_;
    over_[lane] = true;
  }

  System& system_;
  const TimeSpan span_;
  const Tolerances tolerances_;
  Trajectories& work_;
  const std::size_t n_;
  std::vector<Lanes> x_, p_;
  DormandPrince<Lanes> rk_;
  std::vector<double> state_, parameters_;
  Lanes t_{}, h_{};
  std::array<std::size_t, kLanes> who_{}, asked_{};
  std::array<std::uint32_t, kLanes> steps_{};
  std::array<bool, kLanes> over_{};
  std::size_t next_ = 0, last_ = 0, running_ = 0, ended_ = 0;
  bool fresh_ = false;
};

}  // namespace detail

/// Solves trajectories `first` … `last`-1 by Dormand and Prince's pair, each with steps of its own,
/// kept where the estimated error's root mean square is within the tolerances. For systems that are
/// not stiff. A trajectory's answers don't depend on those beside it, bit for bit.
///
/// `System` has states(), parameters() and, for `Real` = Lanes,
/// derivatives(const Real& t, const Real* x, const Real* p, Real* dx); parameters are given by each
/// trajectory and stay as they are. One that remembers something of a lane (an iteration's last
/// answer) has begin(lane) as well, to forget it.
/// Units: the system's. Threads: any; calls share nothing but what they are given.
template <class System>
GEMEL_WIDE_REGISTERS void solve_ensemble(System&& system, const TimeSpan& span,
                                         const Tolerances& tolerances, std::size_t first,
                                         std::size_t last, Trajectories& work) {
  detail::Batch<std::remove_reference_t<System>> batch(system, span, tolerances, work);
  batch.run(first, last);
}

}  // namespace gemel::equations
