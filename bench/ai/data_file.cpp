#include "data_file.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <memory>
#include <sstream>

#include "base/text.hpp"

namespace gemel::bench {
namespace {

Result<std::string> unpacked(const std::filesystem::path& path) {
  // The name comes from this program, not from outside; single quotes hold any but themselves.
  const auto command = "zstd -dcq -- '" + path.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"),
                                                   [](FILE* file) { return pclose(file); });
  std::string bytes;
  char part[1 << 16];
  while (pipe) {
    const auto size = std::fread(part, 1, sizeof(part), pipe.get());
    if (size == 0) break;
    bytes.append(part, size);
  }
  if (!bytes.empty()) return bytes;
  return Error{ErrorCode::Unavailable,
               path.string() + " can't be unpacked; is zstd installed (apt-get install zstd)?"};
}

double number_in(std::string_view cell) {
  if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
  double value = 0.0;
  const auto [end, failed] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  const bool whole = failed == std::errc() && end == cell.data() + cell.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::string_view> cells_of(std::string_view line, const TableFormat& format) {
  std::vector<std::string_view> cells;
  const bool runs = format.separators.size() > 1;  // of blanks
  while (!line.empty()) {
    const auto end = std::min(line.find_first_of(format.separators), line.size());
    if (end > 0 || !runs) cells.push_back(line.substr(0, end));
    const bool ends_with_separator = end + 1 == line.size();
    line.remove_prefix(std::min(end + 1, line.size()));
    if (ends_with_separator && !runs) cells.push_back(line);  // the last cell is empty
  }
  return cells;
}

}  // namespace

std::vector<double> NumberTable::column(std::size_t i) const {
  std::vector<double> column(rows());
  for (std::size_t row = 0; row < column.size(); ++row) column[row] = at(row, i);
  return column;
}

Result<std::string> read_bytes(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path.extension() == ".zst") {
    if (std::filesystem::exists(path, ignored)) return unpacked(path);
    return Error{ErrorCode::NotFound, path.string() + " is not there; set GEMEL_DATA"};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return read_bytes(path.string() + ".zst");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

Result<NumberTable> read_table(const std::filesystem::path& path, const TableFormat& format) {
  GEMEL_ASSIGN(const auto bytes, read_bytes(path));
  NumberTable table;
  std::string_view rest = bytes;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (number <= format.skip_lines || line.empty()) continue;
    auto cells = cells_of(line, format);
    if (cells.size() <= format.skip_columns) {
      return Error{ErrorCode::Corruption, path.string() + ":" + std::to_string(number) +
                                              ": no numbers, only '" + std::string(line) + "'"};
    }
    cells.erase(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(format.skip_columns));
    if (table.width == 0) table.width = cells.size();
    if (cells.size() != table.width) {
      return Error{ErrorCode::Corruption, path.string() + ":" + std::to_string(number) + ": " +
                                              std::to_string(cells.size()) + " numbers, not " +
                                              std::to_string(table.width) + " as before"};
    }
    for (const auto cell : cells) table.values.push_back(number_in(cell));
  }
  if (table.width == 0) return Error{ErrorCode::Corruption, path.string() + " holds no numbers"};
  return table;
}

}  // namespace gemel::bench
