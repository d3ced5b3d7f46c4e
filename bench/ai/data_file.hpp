#pragma once
// The files of the public data sets: tables of numbers, some of them packed by zstd.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gemel::bench {

/// Row after row. Shapes: values = rows x width.
struct NumberTable {
  std::vector<double> values;
  std::size_t width = 0;

  std::size_t rows() const { return width == 0 ? 0 : values.size() / width; }
  std::span<const double> row(std::size_t i) const { return {&values[i * width], width}; }
  double at(std::size_t row, std::size_t column) const { return values[row * width + column]; }
  std::vector<double> column(std::size_t i) const;
};

/// The bytes; of "NAME.zst" what `zstd -dc` makes of them. Where only "PATH.zst" is there, that is
/// taken. Errors: NotFound; Unavailable when there is no zstd to be run.
Result<std::string> read_bytes(const std::filesystem::path& path);

struct TableFormat {
  std::string separators = " \t";  // any number of them between two cells
  std::size_t skip_lines = 0;      // headers
  std::size_t skip_columns = 0;    // names or times before the numbers
};

/// A cell that is empty or no number is NaN when the separator is one character; every row has as
/// many cells as the first. Errors: those of read_bytes(); Corruption naming file and line.
Result<NumberTable> read_table(const std::filesystem::path& path, const TableFormat& format = {});

}  // namespace gemel::bench
