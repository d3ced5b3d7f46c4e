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

/// Which side of an event a reference's single row at that moment is from.
enum class RowsAtEvents { Before, After };

struct Comparison {
  double event_tolerance_s = 0.0;
  RowsAtEvents rows = RowsAtEvents::After;
  bool first_row_counts = true;
};

/// The root mean square difference at the reference's rows, divided by the range of the
/// reference's signal; the worst signal counts.
///
/// Where the reference has an event (two rows of one time, or a row off the grid), the value before
/// or after our event nearest to it is taken, if there is one within the tolerance: a jump a
/// nanosecond early is no error of the jump's height. Elsewhere rows are interpolated linearly.
struct Deviation {
  double worst = 0.0;
  std::string signal;
};
Result<Deviation> deviation(const Trajectory& ours, const Trajectory& reference,
                            const Comparison& comparison);

}  // namespace gemel::fmu
