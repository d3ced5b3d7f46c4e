#pragma once
// Variables that are read or written together, as one row of numbers.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/description.hpp"
#include "fmu/instance.hpp"

namespace gemel::fmu {

/// The places of some variables in an instance: immutable, for any instance of the same FMU. An
/// array takes as many columns as it has elements, the last index running fastest.
///
/// Cost: read() and write() allocate nothing and make one call of the FMU for each stretch of
/// variables of one type.
class VariableRow {
 public:
  VariableRow() = default;
  /// Errors: Unsupported for what is no number.
  static Result<VariableRow> make(const ModelDescription& description,
                                  std::span<const Variable* const> variables);

  /// "speed", "Output[2,1]".
  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t size() const { return columns_.size(); }

  /// Shapes: `row` as columns().
  Result<void> read(Instance& instance, std::span<double> row) const;
  Result<void> write(Instance& instance, std::span<const double> row) const;

 private:
  /// Variables of one type, one after the other.
  struct Stretch {
    Type type = Type::Float64;
    std::vector<ValueReference> references;
    std::size_t first = 0, values = 0;
  };
  std::vector<Stretch> stretches_;
  std::vector<std::string> columns_;
};

/// Not String and Binary; nor a clock, which ticks in events and has no value between them.
bool is_number(Type type);

/// The names of a variable's elements: its own, or "name[i,j]" counted from one.
std::vector<std::string> element_names(const ModelDescription& description,
                                       const Variable& variable);

/// Sets a variable from what a person wrote: "2.5", "true", "1 2 3" for an array.
/// Errors: InvalidInput with the value and what would fit.
Result<void> set_from_text(Instance& instance, const Variable& variable, std::string_view text);

/// The same of several, by name.
Result<void> set_from_texts(Instance& instance,
                            std::span<const std::pair<std::string, std::string>> values);

}  // namespace gemel::fmu
