#pragma once
// What simulations give, as CSV; and what is set before they start.

#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/run.hpp"

namespace gemel::app {

/// Rows as CSV, to a file or to standard output.
class CsvRows final : public fmu::RowSink {
 public:
  /// Empty or "-": standard output. Errors: Unavailable.
  static Result<CsvRows> open(const std::string& path);
  CsvRows(CsvRows&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;
  CsvRows& operator=(CsvRows&&) = delete;
  ~CsvRows() override;

  Result<void> columns(std::span<const std::string> names) override;
  Result<void> row(double time_s, std::span<const double> values) override;
  /// Errors: Unavailable when not all could be written.
  Result<void> close();

 private:
  explicit CsvRows(std::FILE* file) : file_(file) {}
  Result<void> line_end();
  std::FILE* file_;
};

/// "name=value" of each --set. Errors: InvalidInput.
Result<std::vector<std::pair<std::string, std::string>>> start_values_of(
    const std::vector<std::string>& set);

}  // namespace gemel::app
