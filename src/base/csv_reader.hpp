#pragma once
// Records and cells out of the bytes of a CSV file.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gemel {

/// The separator that a header line uses: the most frequent of , ; tab and | outside quotes; comma
/// when there is none.
char detect_separator(std::string_view header);

/// Splits bytes into records of cells (RFC 4180): any separator, lines ended by LF or CR LF, cells
/// in quotes that may hold separators, line ends and doubled quotes. Empty lines and a byte order
/// mark are skipped.
///
/// Limits:  1 MiB a record; a longer one, or one whose quote is never closed, is reported and
/// skipped. Threads: one. Cost: allocates nothing once it has seen a record as long.
class CsvReader {
 public:
  /// Fills a buffer from the front and returns how much it has put there; 0 at the end.
  using Refill = std::function<std::size_t(std::span<char>)>;

  /// `name` stands in errors. `separator` 0: found out from the first line.
  CsvReader(std::string name, char separator, Refill refill);

  /// Goes to the next record. False at the end. Errors: InvalidInput with file:line:column; the
  /// record is skipped and next() may be called again.
  Result<bool> next();

  /// Of the current record; valid until next().
  std::span<const std::string_view> cells() const { return cells_; }
  std::uint64_t line() const { return line_; }
  /// "pump.csv:17:3", the place of a cell in the file, for people.
  std::string place(std::size_t cell) const;

  char separator() const { return separator_; }
  /// Bytes that have been read as records.
  std::uint64_t bytes() const { return consumed_; }

 private:
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
  bool fill();
  void skip_byte_order_mark();
  std::size_t find_line_end();
  std::size_t find_record_end(bool& closed);
  void split_plain(std::string_view record);
  void split_quoted(std::string_view record);
  void consume(std::size_t bytes);
  Error skip_line(std::string_view why);

  const std::string name_;
  char separator_;
  const Refill refill_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  bool started_ = false;
  std::vector<std::string_view> cells_;
  std::string unquoted_;  // the text of cells that were in quotes
  const char* record_start_ = nullptr;
  std::uint64_t line_ = 0;       // of the current record, from 1
  std::uint64_t next_line_ = 1;  // of the first unread byte
  std::uint64_t consumed_ = 0;
};

}  // namespace gemel
