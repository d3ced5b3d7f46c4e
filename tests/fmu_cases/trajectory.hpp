#pragma once
// A recorded run beside its reference.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "fmu/run.hpp"

namespace gemel::fmu {

/// Columns over time; two rows of one time are the values before and after an event.
struct Trajectory {
  std::vector<std::string> names;
  std::vector<double> times_s;
  std::vector<double> values;  // rows of names.size()

  double at(std::size_t row, std::size_t column) const {
    return values[row * names.size() + column];
  }
};

Result<Trajectory> read_trajectory(const std::filesystem::path& csv);
Trajectory trajectory_of(const Recording& recording);

/// The root mean square difference at the reference's rows, divided by the range of the
/// reference's signal; the worst signal counts.
///
/// Where the reference has an event (two rows of one time, or a row off the grid), the value before
/// or after our event nearest to it is taken, if there is one within `event_tolerance_s`: a jump a
/// nanosecond early is no error of the jump's height. Elsewhere rows are interpolated linearly.
struct Deviation {
  double worst = 0.0;
  std::string signal;
};
Result<Deviation> deviation(const Trajectory& ours, const Trajectory& reference,
                            double event_tolerance_s);

}  // namespace gemel::fmu
