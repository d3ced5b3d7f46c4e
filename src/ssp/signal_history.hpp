#pragma once
// The last values of signals, and polynomials through them.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace gemel::ssp {

/// The values of all sources at the last communication points. A plain value: copied to try a step
/// and to go back. Threads: its owner's.
class SignalHistory {
 public:
  static constexpr std::size_t kPointsMax = 3;

  explicit SignalHistory(std::size_t signals = 0) : values_(kPointsMax * signals) {}

  /// Later than the last point, of all signals.
  void add(double time_s, std::span<const double> values);
  /// What was before a jump is no guide to what comes.
  void clear() { points_ = 0; }
  std::size_t points() const { return points_; }

  /// At `time_s`, the polynomial of at most `order` through the newest points of a signal.
  double extrapolated(std::size_t signal, std::size_t order, double time_s) const;
  /// The same through a point at `end_s` that is known already, and the newest ones before it.
  double interpolated(std::size_t signal, std::size_t order, double end_s, double end_value,
                      double time_s) const;

 private:
  double at(std::size_t signal, std::size_t back) const {
    return values_[back * (values_.size() / kPointsMax) + signal];
  }

  std::vector<double> values_;  // rows of signals, the newest first
  std::array<double, kPointsMax> times_s_{};
  std::size_t points_ = 0;
};

}  // namespace gemel::ssp
