#include "skab_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"

namespace gemel::bench {
namespace {

namespace fs = std::filesystem;

Result<SkabFile::Row> parse_row(std::string_view line) {
  const auto fields = text::split(line, ';');
  if (fields.size() < SkabFile::kSignals + 2) {
    return Error{ErrorCode::InvalidInput,
                 std::to_string(fields.size()) + " fields, expected at least 10"};
  }
  SkabFile::Row row;
  GEMEL_ASSIGN(row.time, parse_timestamp(fields[0]));
  for (std::size_t s = 0; s < SkabFile::kSignals; ++s) {
    if (!text::parse_number(fields[s + 1], row.values[s])) {
      return Error{ErrorCode::InvalidInput, "'" + std::string(fields[s + 1]) + "' is not a number"};
    }
  }
  double label = 0.0;
  if (!text::parse_number(fields[SkabFile::kSignals + 1], label))
    return Error{ErrorCode::InvalidInput, "no label"};
  row.anomalous = label > 0.5;
  double change = 0.0;
  row.changes = text::parse_number(fields[SkabFile::kSignals + 2], change) && change > 0.5;
  return row;
}

Result<SkabFile> read_file(const fs::path& path) {
  SkabFile file;
  file.name = path.parent_path().filename().string() + "/" + path.stem().string();
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);  // the header
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (text::trim(line).empty()) continue;
    auto row = parse_row(text::trim(line));
    if (!row) return row.error().within(path.string() + ":" + std::to_string(number));
    file.rows.push_back(*row);
  }
  return file;
}

}  // namespace

Result<std::vector<SkabFile>> read_skab(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const char* group : {"valve1", "valve2", "other"}) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(fs::path(folder) / "skab" / group, none)) {
      if (entry.path().extension() == ".csv") paths.push_back(entry.path());
    }
  }
  if (paths.empty())
    return Error{ErrorCode::NotFound, "no SKAB files below " + folder + "/skab; set GEMEL_DATA"};
  std::ranges::sort(paths);
  std::vector<SkabFile> files;
  for (const auto& path : paths) {
    GEMEL_ASSIGN(auto file, read_file(path));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace gemel::bench
