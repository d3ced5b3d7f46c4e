#pragma once
// Many initial value problems of one system, each with its own state, parameters and steps: eight
// at a time, side by side in the processor's registers. A trajectory that ends makes room for the
// next.

#include <cstddef>
#include <type_traits>
#include <variant>

#include "equations/batch.hpp"
#include "equations/chebyshev.hpp"
#include "equations/lanes.hpp"
#include "equations/runge_kutta.hpp"
#include "equations/spectral_radius.hpp"
#include "equations/trajectories.hpp"

namespace gemel::equations {

namespace detail {

template <class Batch>
GEMEL_WIDE_REGISTERS void run_batch(Batch& batch, const TimeSpan& span, std::size_t first,
                                    std::size_t last, Trajectories& work, bool go_on) {
  batch.run(span, first, last, work, go_on);
}

}  // namespace detail

/// Solves trajectories of one system again and again, with the same room for it, and remembers what
/// it has found of those that go on.
///
/// `System` has states(), parameters() and, for `Real` = Lanes,
/// derivatives(const Real& t, const Real* x, const Real* p, Real* dx); parameters are given by each
/// trajectory and stay as they are. One that remembers something of a lane (an iteration's last
/// answer) has begin(lane) as well, to forget it, and hold(const LaneMask&), to keep it as it is in
/// these lanes at all derivatives until the next hold().
/// Units: the system's. Threads: one at a time; the system lives as long as this does.
template <class System>
class EnsembleSolver {
 public:
  EnsembleSolver(System& system, const Tolerances& tolerances)
      : batch_(tolerances.method == Method::Chebyshev
                   ? Batches(std::in_place_type<Stabilised>, system, tolerances)
                   : Batches(std::in_place_type<Plain>, system, tolerances)) {}

  /// Trajectories `first` … `last` − 1, each with steps of its own, kept where the estimated
  /// error's root mean square is within the tolerances. A trajectory's answers don't depend on
  /// those beside it, bit for bit.
  void solve(const TimeSpan& span, std::size_t first, std::size_t last, Trajectories& work) {
    std::visit([&](auto& batch) { detail::run_batch(batch, span, first, last, work, false); },
               batch_);
  }

  /// The same, where trajectory `first` + k (k < kLanes) goes on from where the last call left its
  /// k-th: its state and parameters may have been moved a little in between, but it is the same
  /// one. The length of its steps, the spectral radius and what the system remembers are taken over
  /// from that call. Answers depend on the trajectory's own calls, not on those beside it.
  void go_on(const TimeSpan& span, std::size_t first, std::size_t last, Trajectories& work) {
    std::visit([&](auto& batch) { detail::run_batch(batch, span, first, last, work, true); },
               batch_);
  }

 private:
  using Plain = detail::Batch<System, DormandPrince<Lanes>>;
  using Stabilised = detail::Batch<System, Chebyshev>;
  using Batches = std::variant<Plain, Stabilised>;

  Batches batch_;
};

/// Solves trajectories `first` … `last` − 1 once; see EnsembleSolver.
/// Threads: any; calls share nothing but what they are given.
template <class System>
void solve_ensemble(System&& system, const TimeSpan& span, const Tolerances& tolerances,
                    std::size_t first, std::size_t last, Trajectories& work) {
  EnsembleSolver<std::remove_reference_t<System>>(system, tolerances)
      .solve(span, first, last, work);
}

}  // namespace gemel::equations
