#include "change_points.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::bench {
namespace {

constexpr double kFound = 1.0;
constexpr double kFalse = -0.11;
constexpr double kMissed = -1.0;

/// From kFound at the beginning of the window to kFalse at its end.
double worth(double share_of_window) {
  constexpr double kHalf = 1.5707963267948966;
  const double x = kHalf * (2.0 * share_of_window - 1.0);
  const double falling = -std::tanh(x) / std::tanh(kHalf);  // 1 … -1
  return (kFound - kFalse) / 2.0 * falling + (kFound + kFalse) / 2.0;
}

}  // namespace

ChangePointScore& ChangePointScore::operator+=(const ChangePointScore& other) {
  sum += other.sum;
  of_nothing += other.of_nothing;
  of_all += other.of_all;
  return *this;
}

double ChangePointScore::score() const {
  return 100.0 * (sum - of_nothing) / (of_all - of_nothing);
}

ChangePointScore score_changes(std::span<const Timestamp> changes, std::span<const Timestamp> told,
                               Duration window) {
  ChangePointScore score;
  for (const auto change : changes) {
    const auto first = std::ranges::lower_bound(told, change);
    const bool found = first != told.end() && *first - change <= window;
    score.sum += found ? worth((*first - change).in_seconds() / window.in_seconds()) : kMissed;
    score.of_nothing += kMissed;
    score.of_all += kFound;
  }
  for (const auto at : told) {
    const auto after = std::ranges::upper_bound(changes, at);
    const bool inside = after != changes.begin() && at - *(after - 1) <= window;
    if (!inside) score.sum += kFalse;
  }
  return score;
}

}  // namespace gemel::bench
