#include "connectors/files/csv_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "connectors/payload/moment.hpp"

namespace gemel::connectors::files {
namespace {

constexpr std::uint64_t kComplaintsTold = 5;

Error cannot_open(const std::string& path) {
  const auto code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable;
  return {code, "can't read '" + path + "' (" + std::strerror(errno) +
                    "); see whether it exists and may be read"};
}

std::string shown(std::string_view cell) {
  return "'" + std::string(cell.substr(0, 40)) + (cell.size() > 40 ? "…'" : "'");
}

}  // namespace

CsvFile::CsvFile(std::string path, int fd, char separator, std::uint64_t size_bytes)
    : path_(std::move(path)),
      fd_(fd),
      size_bytes_(size_bytes),
      reader_(path_, separator, [fd](std::span<char> to) -> std::size_t {
        for (;;) {
          const auto got = ::read(fd, to.data(), to.size());
          if (got < 0 && errno == EINTR) continue;
          return got > 0 ? static_cast<std::size_t>(got) : 0;
        }
      }) {}

CsvFile::~CsvFile() { ::close(fd_); }

Result<std::unique_ptr<CsvFile>> CsvFile::open(const std::string& path, char separator,
                                               std::string_view time_column) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return cannot_open(path);
  struct stat about{};
  const bool regular = fstat(fd, &about) == 0 && !S_ISDIR(about.st_mode);
  std::unique_ptr<CsvFile> file(
      new CsvFile(path, fd, separator, static_cast<std::uint64_t>(about.st_size)));
  if (!regular)
    return Error{ErrorCode::InvalidInput, "'" + path + "' is a folder; name its CSV files"};
  posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  GEMEL_TRY(file->read_header(time_column));
  return file;
}

Result<void> CsvFile::read_header(std::string_view time_column) {
  GEMEL_ASSIGN(const bool there, reader_.next());
  if (!there)
    return Error{ErrorCode::InvalidInput,
                 path_ + ":1:1: the file is empty; its first line must name the columns"};
  for (const auto cell : reader_.cells()) columns_.emplace_back(text::trim(cell));
  double number = 0;
  const bool no_names = std::all_of(columns_.begin(), columns_.end(), [&](const auto& name) {
    return text::parse_number(name, number) || payload::moment_of(name).has_value();
  });
  if (no_names) {
    return Error{ErrorCode::InvalidInput,
                 path_ + ":1:1: the first line, " + shown(columns_.front()) +
                     " …, holds values; put a line with the columns' names before it"};
  }
  if (time_column.empty()) return {};
  const auto found = std::find(columns_.begin(), columns_.end(), time_column);
  if (found == columns_.end()) {
    return Error{ErrorCode::NotFound, path_ + ":1:1: no column '" + std::string(time_column) +
                                          "' for the time" +
                                          text::did_you_mean(time_column, columns_)};
  }
  time_column_ = static_cast<std::size_t>(found - columns_.begin());
  return {};
}

bool CsvFile::advance() {
  for (;;) {
    const auto there = reader_.next();
    if (there && !*there) return false;
    if (!there) {
      ++tally_.skipped;
      complain(there.error().message);
      continue;
    }
    const auto cells = reader_.cells();
    const auto time =
        time_column_ < cells.size() ? payload::moment_of(cells[time_column_]) : std::nullopt;
    if (time) {
      time_ = *time;
      ++tally_.rows;
      return true;
    }
    ++tally_.skipped;
    const auto cell =
        time_column_ < cells.size() ? shown(cells[time_column_]) : std::string("nothing");
    complain(reader_.place(time_column_) + ": " + cell +
             " is not a time; write ISO 8601 or a number since 1970; the row is skipped");
  }
}

void CsvFile::read_row(std::vector<Sample>& samples) {
  const auto cells = reader_.cells();
  for (const auto& bound : bound_) {
    if (bound.column >= cells.size()) continue;
    const auto cell = text::trim(cells[bound.column]);
    if (cell.empty()) continue;
    if (const auto value = value_of(bound.field, cell)) {
      samples.push_back(payload::sample_of(bound.field, time_, *value));
      continue;
    }
    samples.push_back(payload::fault_of(bound.field, time_));
    ++tally_.faults;
    complain(reader_.place(bound.column) + ": " + shown(cell) + " is no value for '" +
             bound.field.name + "'; kept as a sensor fault");
  }
}

/// With a separator that is no comma, a single comma is a decimal one.
std::optional<double> CsvFile::value_of(const payload::Field& field, std::string_view cell) {
  if (const auto value = payload::value_of(field, cell)) return value;
  const auto comma = cell.find(',');
  if (reader_.separator() == ',' || comma == std::string_view::npos) return std::nullopt;
  decimal_.assign(cell);
  decimal_[comma] = '.';
  return payload::value_of(field, decimal_);
}

void CsvFile::complain(std::string_view sentence) {
  if (++complaints_ > kComplaintsTold) return;
  log::warning("csv", sentence);
  if (complaints_ == kComplaintsTold)
    log::warning("csv", "further troubles of this file are only counted", {{"file", path_}});
}

}  // namespace gemel::connectors::files
