#pragma once
// Inputs over time, from a table.

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "fmu/description.hpp"
#include "fmu/instance.hpp"
#include "fmu/variable_row.hpp"

namespace gemel::fmu {

/// Rows of input values with rising times. Two rows of one time are a jump: before and after it.
///
/// Continuous inputs are interpolated linearly, others keep the value of the row before; before the
/// first row and after the last one all keep theirs. A clock ticks at the very time of a row that
/// holds 1 for it. Immutable. Threads: any.
class InputTable {
 public:
  /// A CSV file: a header with the time first and then names of variables that may be set, "u" or
  /// "u[2,1]" for one element of an array (then all of them are needed).
  /// Errors: InvalidInput with file, line, value and remedy.
  static Result<InputTable> read(const std::filesystem::path& file,
                                 const ModelDescription& description);
  static Result<InputTable> parse(std::string_view text, std::string_view name,
                                  const ModelDescription& description);

  /// Inputs that may be set at any time, and those that may be set in events alone.
  const VariableRow& continuous() const { return continuous_; }
  const VariableRow& discrete() const { return discrete_; }
  std::size_t size() const { return source_.size(); }

  enum class Side { Before, After };
  /// Shapes: `row` as continuous(), then discrete(). Cost: a search; allocates nothing.
  void at(double time_s, Side side, std::span<double> row) const;
  /// The first time above `after_s` at which something jumps or ticks.
  std::optional<double> next_event(double after_s) const;
  /// Clocks that tick at that very time.
  std::vector<ValueReference> ticks(double time_s) const;

 private:
  Result<void> take_header(std::span<const std::string_view> cells, std::string_view name,
                           const ModelDescription& description);
  void find_events();

  VariableRow continuous_, discrete_;
  std::vector<std::size_t> source_;  // the file's column of each: continuous ones, then the others
  std::vector<std::pair<std::size_t, ValueReference>> clocks_;  // column of the file
  std::size_t width_ = 0;                                       // of the file, without the time
  std::vector<double> times_;
  std::vector<double> values_;  // rows of width_
  std::vector<double> events_;
};

}  // namespace gemel::fmu
