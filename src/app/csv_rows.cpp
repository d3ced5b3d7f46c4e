#include "app/csv_rows.hpp"

#include "base/text.hpp"

namespace gemel::app {
namespace {

Error full() { return {ErrorCode::Unavailable, "rows can't be written; is the disk full?"}; }

}  // namespace

Result<CsvRows> CsvRows::open(const std::string& path) {
  if (path.empty() || path == "-") return CsvRows(stdout);
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr)
    return Error{ErrorCode::Unavailable,
                 path + " can't be written; name a file in a folder that is there"};
  return CsvRows(file);
}

CsvRows::~CsvRows() { (void)close(); }

Result<void> CsvRows::columns(std::span<const std::string> names) {
  std::fputs("time", file_);
  for (const auto& name : names) {
    const bool quoted = name.find_first_of(",\"\n") != std::string::npos;
    std::string cell;
    for (const char c : name) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
    std::fprintf(file_, quoted ? ",\"%s\"" : ",%s", cell.c_str());
  }
  return line_end();
}

Result<void> CsvRows::row(double time_s, std::span<const double> values) {
  std::fputs(text::number(time_s).c_str(), file_);
  for (const double value : values) std::fprintf(file_, ",%s", text::number(value).c_str());
  return line_end();
}

Result<void> CsvRows::close() {
  if (file_ == nullptr) return {};
  std::FILE* file = std::exchange(file_, nullptr);
  const bool fine = (file == stdout ? std::fflush(file) : std::fclose(file)) == 0;
  return fine ? Result<void>() : full();
}

Result<void> CsvRows::line_end() {
  if (std::fputc('\n', file_) == EOF) return full();
  return {};
}

Result<std::vector<std::pair<std::string, std::string>>> start_values_of(
    const std::vector<std::string>& set) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& each : set) {
    const auto equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::InvalidInput,
                   "--set " + each + ": write name=value, such as --set mass=2.5"};
    }
    values.emplace_back(each.substr(0, equals), each.substr(equals + 1));
  }
  return values;
}

}  // namespace gemel::app
