#pragma once
// Monitors of drift: whether what a model meets, or how far it is off, is still as it was when it
// was trained.

#include <cstdint>
#include <span>
#include <vector>

namespace gemel::inference {

/// Page–Hinkley's test for a rise of the mean: the sum of what lies above the mean so far plus a
/// slack, against its own minimum. Values should be scaled, such as absolute residuals divided by
/// their usual size. Source: Page, Biometrika 1954; Mouss et al., ASCC 2004. Threads: one.
class PageHinkley {
 public:
  /// `slack`: a rise of the mean that is of no interest. `limit`: the sum that raises the alarm.
  PageHinkley(double slack, double limit) : slack_(slack), limit_(limit) {}

  /// True once when the sum passes the limit; then it starts anew.
  bool observe(double value);
  double sum() const { return sum_ - least_; }

 private:
  double slack_, limit_;
  double mean_ = 0.0, sum_ = 0.0, least_ = 0.0;
  std::uint64_t count_ = 0;
};

/// Population stability index of `now` against `then`, over ten bins of equal share of `then`:
/// below 0.1 little has changed, above 0.25 much has. Both reordered; neither may be empty.
/// Source: Siddiqi, "Credit Risk Scorecards", 2006.
double population_stability(std::span<double> then, std::span<double> now);

/// Kolmogorov and Smirnov's largest distance between two distributions, and the chance of one as
/// large when they are the same. Both reordered; neither may be empty.
/// Source: Stephens, J. R. Stat. Soc. B 1970 (the approximation of the chance).
struct DistributionTest {
  double distance = 0.0;
  double chance = 1.0;
};
DistributionTest kolmogorov_smirnov(std::span<double> then, std::span<double> now);

/// The squared maximum mean discrepancy between two sets of points under a Gaussian kernel as wide
/// as the median distance, unbiased: about 0 when they come from one distribution, also where each
/// signal alone looks the same. Shapes: rows of `width` numbers; at least two rows each.
/// Source: Gretton et al., JMLR 2012. Cost: the square of the rows.
double mean_discrepancy(std::span<const double> then, std::span<const double> now,
                        std::size_t width);

}  // namespace gemel::inference
