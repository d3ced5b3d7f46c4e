#pragma once
// One CSV file with its header, read row by row.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv_reader.hpp"
#include "base/result.hpp"
#include "connectors/payload/field.hpp"
#include "core/sample.hpp"

namespace gemel::connectors::files {

/// What could not be read of a file; the first few are told in the log, the others counted.
struct CsvTally {
  std::uint64_t rows = 0;
  std::uint64_t skipped = 0;  // rows without a readable time, records that are none
  std::uint64_t faults = 0;   // cells that hold no value of their signal
};

/// Order:   open(), bind(), then advance() until it is false; in between time() and read_row().
/// Threads: one.
class CsvFile {
 public:
  /// Reads the header. `time_column` empty: the first. Errors: NotFound (file, time column),
  /// Unavailable, InvalidInput.
  static Result<std::unique_ptr<CsvFile>> open(const std::string& path, char separator,
                                               std::string_view time_column);
  ~CsvFile();
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  const std::string& path() const { return path_; }
  /// The columns' names, without blanks around them.
  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t time_column() const { return time_column_; }
  std::uint64_t size_bytes() const { return size_bytes_; }
  std::uint64_t read_bytes() const { return reader_.bytes(); }
  const CsvTally& tally() const { return tally_; }

  void bind(std::size_t column, payload::Field field) {
    bound_.push_back({column, std::move(field)});
  }

  /// Goes to the next row that has a time. False at the end of the file.
  bool advance();
  Timestamp time() const { return time_; }
  /// Appends the samples of the current row.
  void read_row(std::vector<Sample>& samples);

 private:
  struct Bound {
    std::size_t column;
    payload::Field field;
  };
  CsvFile(std::string path, int fd, char separator, std::uint64_t size_bytes);
  Result<void> read_header(std::string_view time_column);
  std::optional<double> value_of(const payload::Field& field, std::string_view cell);
  void complain(std::string_view sentence);

  const std::string path_;
  const int fd_;
  const std::uint64_t size_bytes_;
  CsvReader reader_;
  std::vector<std::string> columns_;
  std::size_t time_column_ = 0;
  std::vector<Bound> bound_;
  Timestamp time_;
  CsvTally tally_;
  std::uint64_t complaints_ = 0;
  std::string decimal_;  // a cell whose decimal comma has become a point
};

}  // namespace gemel::connectors::files
