#pragma once
// One line of a benchmark: what was measured, beside its peer and its aim.

#include <optional>
#include <string>
#include <vector>

namespace gemel::bench {

struct Measurement {
  std::string name;
  double value = 0.0;
  std::string unit;
  std::string better = "higher";
  std::string peer;  // empty: none
  std::optional<double> peer_value;
  std::optional<double> aim;
};

struct Options {
  bool quick = false;
  std::string data;  // folder of public data sets
};

std::vector<Measurement> measure_speed(const Options& options);
/// Empty, with a line that says so, when the data isn't there.
std::vector<Measurement> measure_skab(const Options& options);

/// Points a second of scikit-learn's IsolationForest on one core, or nothing with the reason in
/// `why_not`.
std::optional<double> peer_points_per_s(std::size_t trees, std::size_t features, std::size_t points,
                                        std::string& why_not);

}  // namespace gemel::bench
