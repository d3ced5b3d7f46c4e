#pragma once
// Evidence over time that something differs from what is expected of it: a multivariate chart of
// exponentially weighted means.

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace gemel::inference {

/// The median of the last five rows of each quantity, of those that are known; so two wild rows
/// leave no trace. Not known where the newest isn't. Threads: one.
class RunningMedians {
 public:
  explicit RunningMedians(std::size_t width);

  /// In place.
  void take(std::span<double> values);
  void restart();

 private:
  static constexpr std::size_t kRows = 5;
  std::vector<double> last_;  // quantity after quantity; NaN where not known
  std::size_t next_ = 0;
};

/// Weighted means of several quantities, each over what was known of it. Threads: one.
class RunningMeans {
 public:
  /// What is this many rows back weighs 1/e.
  RunningMeans(std::size_t width, double rows);

  /// The next row; what isn't finite is not known and leaves its mean as it is.
  void take(std::span<const double> values);
  void restart();

  /// Shapes: as many as quantities. Meaningless where known() is false.
  std::span<const double> values() const { return means_; }
  /// Whether what is behind the mean holds 70 % of the weight that it could.
  bool known(std::size_t i) const { return weight_[i] >= kKnown; }

 private:
  static constexpr double kKnown = 0.7;

  double take_up_;
  std::vector<double> sum_, weight_, means_;
};

/// How far running means are from where they are when all is well: Mahalanobis' distance under the
/// mean and covariance of the means themselves, so that residuals that wander or hang together are
/// expected to. Their correlations are shrunk towards none as far as the rows that they were learnt
/// from are too few, and no mean is taken to be steadier than white noise would be.
///
/// A quantity's share of the blame is what the squared distance loses without it. Means that are
/// not known are left out, and the distance of the rest is never larger than with them.
/// Source: Lowry, Woodall, Champ, Rigdon, "A multivariate exponentially weighted moving average
/// control chart", Technometrics 1992; Mason, Tracy, Young, "Decomposition of T² for multivariate
/// control chart interpretation", J. Quality Technology 1995 (shares).
/// Threads: any. Cost: the square of the quantities; its cube whenever other ones are known.
class ResidualChart {
 public:
  /// Learns from rows of standardised residuals (unit spread), in the order of time; NaN: not
  /// known. Shapes: values is rows x width. Fewer than two rows whose means are all known: the
  /// means are expected to be those of white noise.
  ResidualChart(std::span<const double> values, std::size_t width, double rows);

  std::size_t width() const { return middle_.size(); }
  /// Over which the chart gathers; see RunningMeans.
  double rows() const { return rows_; }

  /// The chart of one stream. Threads: one.
  class Run {
   public:
    explicit Run(const ResidualChart& chart);

    void take(std::span<const double> values) { means_.take(values); }
    void restart() { means_.restart(); }
    /// Nothing is known: 0.
    double distance();
    /// After distance(). Shapes: as many as quantities; not negative.
    void weigh(std::span<double> shares) const;

   private:
    const ResidualChart& chart_;
    RunningMeans means_;
    std::vector<char> known_;         // as `precision_` was made for
    std::vector<double> precision_;   // width x width; 0 where not known
    std::vector<double> off_, pull_;  // scratch: from the middle; precision x off
  };

 private:
  /// The inverse of the covariance of those that are known.
  void invert(std::span<const char> known, std::span<double> precision) const;

  double rows_;
  std::vector<double> middle_;
  std::vector<double> covariance_;  // width x width
};

}  // namespace gemel::inference
