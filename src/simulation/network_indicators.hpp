#pragma once
// What a network's futures come to as single numbers: the indicators of its description.

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "core/simulator.hpp"
#include "equations/network.hpp"

namespace gemel::simulation {

/// Gathers the futures of one what-if. Threads: take() of different draws from any.
class NetworkIndicators {
 public:
  /// Errors: NotFound (a quantity, with the nearest name).
  static Result<NetworkIndicators> of(const equations::Network& network,
                                      std::span<const NetworkIndicator> described,
                                      std::size_t draws);

  /// Observables that it looks at, in the order of take().
  const std::vector<std::size_t>& observables() const { return observables_; }
  /// A draw's next moment, `step_s` after the one before. Shape: observables().
  void take(std::size_t draw, std::span<const double> shown, double step_s);
  /// Of the first `draws`.
  std::vector<Indicator> tell(std::size_t draws) const;

 private:
  struct Sum {
    std::vector<std::size_t> places;  // in observables_
    double of(std::span<const double> shown) const;
  };
  struct One {
    NetworkIndicator described;
    Sum of, per;
  };
  struct Gathered {
    double integral = 0.0, per = 0.0, time = 0.0, lowest = 0.0, highest = 0.0, last = 0.0;
  };

  Result<Sum> sum_of(const equations::Network& network, const std::vector<std::string>& names);
  static double value_of(const One& one, const Gathered& gathered);

  std::vector<One> all_;
  std::vector<std::size_t> observables_;
  std::vector<Gathered> gathered_;  // draws × indicators
};

/// The same as the plant's gauges saw it: those indicators all of whose quantities a signal is
/// bound to. What has holes for more than a fifth of the range is left out. Errors: those of the
/// history.
Result<std::vector<Indicator>> measured_indicators(const Plant& plant, const SimulatorSpec& spec,
                                                   const HistoryReader& history, TimeRange range);

}  // namespace gemel::simulation
