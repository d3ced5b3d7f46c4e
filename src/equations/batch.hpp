#pragma once
// One register's worth of trajectories: what fills its lanes, keeps or drops steps and tells of
// them, whatever way steps are made.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "equations/lanes.hpp"
#include "equations/trajectories.hpp"

namespace gemel::equations::detail {

/// Tells a system that remembers something of a lane to keep it as it is in those of `lanes`: their
/// derivatives are not used.
template <class System, class Mask>
[[gnu::always_inline]] inline void hold(System& system, const Mask& lanes) {
  if constexpr (requires { system.hold(lanes); }) system.hold(lanes);
}

/// Trajectories underway. `Scheme` makes their steps: DormandPrince<Lanes> or Chebyshev.
template <class System, class Scheme>
class Batch {
 public:
  Batch(System& system, const Tolerances& tolerances)
      : system_(system),
        tolerances_(tolerances),
        n_(system.states()),
        x_(n_),
        p_(system.parameters()),
        rk_(n_, tolerances),
        state_(n_),
        parameters_(p_.size()) {}

  /// Runs trajectories `first` … `last` − 1. With `go_on`, those that are filled in at once go on
  /// where the last ones in their lanes have ended: what is known of these is not forgotten.
  [[gnu::always_inline]] void run(const TimeSpan& span, std::size_t first, std::size_t last,
                                  Trajectories& work, bool go_on = false) {
    span_ = span;
    work_ = &work;
    next_ = first;
    last_ = last;
    going_on_ = go_on;
    t_ = span_.until;
    h_ = 0.0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) refill(lane);
    going_on_ = false;
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
    if (!going_on_) {
      if constexpr (requires { system_.begin(lane); }) system_.begin(lane);
      rk_.begin(lane);
      known_[lane] = 0.0;
    }
    steps_[lane] = 0;
    asked_[lane] = 0;
    work_->begin(who_[lane], state_, parameters_);
    for (std::size_t i = 0; i < n_; ++i) x_[i].set(lane, state_[i]);
    for (std::size_t i = 0; i < parameters_.size(); ++i) p_[i].set(lane, parameters_[i]);
    t_.set(lane, span_.from);
    h_.set(lane, -1.0);  // to be found
    while (asked_[lane] < span_.times.size() && span_.times[asked_[lane]] <= span_.from)
      work_->sample(who_[lane], asked_[lane]++, state_);
  }

  /// First derivatives and a first length for lanes that have just been filled. A hundredth of the
  /// time in which the state changes by its own size; the control of errors does the rest.
  [[gnu::always_inline]] void begin_steps() {
    fresh_ = false;
    const LaneMask found = h_ >= 0.0;
    Lanes* const k1 = rk_.first();
    Lanes* const derivatives = rk_.next;
    hold(system_, found);
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
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (!found[lane] && known_[lane] > 0.0) h_.set(lane, std::min(known_[lane], span));
    }
  }

  [[gnu::always_inline]] void advance() {
    const Lanes left = span_.until - t_;
    h_ = rk_.within_reach(system_, t_, h_, x_.data(), p_.data());
    const LaneMask final = h_ >= left * (1.0 - 1e-12);
    const Lanes h = choose(final, left, h_);
    hold(system_, !(h > 0.0));
    rk_.step(system_, t_, h, x_.data(), p_.data());
    Lanes worst = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      const Lanes scale =
          tolerances_.absolute + tolerances_.relative * max(abs(x_[i]), abs(rk_.next[i]));
      const Lanes share = rk_.error(i, x_[i], h) / scale;
      worst += share * share;
    }
    worst = sqrt(worst * (1.0 / static_cast<double>(std::max<std::size_t>(n_, 1))));
    const LaneMask kept = worst <= 1.0;  // not so for what is no number
    // A step that was cut short at the end says nothing of how long the next may be.
    h_ = min(rk_.growth(h, worst) * h, tolerances_.step_max);
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
      work_->sample(who_[lane], asked_[lane]++, state_);
    }
  }

  [[gnu::noinline]] void end(std::size_t lane, Ending ending) {
    const Lanes* const from = ending == Ending::Reached ? rk_.next : x_.data();
    for (std::size_t i = 0; i < n_; ++i) state_[i] = from[i][lane];
    work_->end(who_[lane], ending, state_);
    known_[lane] = ending == Ending::Reached ? h_[lane] : 0.0;
    --running_;
    ++ended_;
    over_[lane] = true;
  }

  System& system_;
  TimeSpan span_;
  const Tolerances tolerances_;
  Trajectories* work_ = nullptr;
  const std::size_t n_;
  std::vector<Lanes> x_, p_;
  Scheme rk_;
  std::vector<double> state_, parameters_;
  Lanes t_{}, h_{};
  std::array<std::size_t, kLanes> who_{}, asked_{};
  std::array<std::uint32_t, kLanes> steps_{};
  std::array<bool, kLanes> over_{};
  std::array<double, kLanes> known_{};  // length of the step after its last; 0: none
  std::size_t next_ = 0, last_ = 0, running_ = 0, ended_ = 0;
  bool fresh_ = false, going_on_ = false;
};

}  // namespace gemel::equations::detail
