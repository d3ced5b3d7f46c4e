#include "base/csv_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace gemel {
namespace {

constexpr std::size_t kRecordMax = 1u << 20;
constexpr std::size_t kFirstBuffer = 64u << 10;
constexpr std::size_t kNone = std::string_view::npos;

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

char detect_separator(std::string_view header) {
  constexpr std::array<char, 4> kCandidates{',', ';', '\t', '|'};
  std::array<std::size_t, 4> counts{};
  bool quoted = false;
  for (const char c : header) {
    if (c == '"') quoted = !quoted;
    const auto candidate = std::find(kCandidates.begin(), kCandidates.end(), c);
    if (!quoted && candidate != kCandidates.end())
      ++counts[static_cast<std::size_t>(candidate - kCandidates.begin())];
  }
  return kCandidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                              counts.begin())];
}

CsvReader::CsvReader(std::string name, char separator, Refill refill)
    : name_(std::move(name)),
      separator_(separator),
      refill_(std::move(refill)),
      buffer_(kFirstBuffer) {}

Result<bool> CsvReader::next() {
  skip_byte_order_mark();
  for (;;) {
    const auto line_end = find_line_end();
    if (line_end == kNone) return skip_line("the line is longer than 1 MiB; is this a CSV file?");
    const auto line = unread().substr(0, line_end);
    if (line.empty() && at_end_ && begin_ == end_) return false;
    if (without_return(line).empty()) {
      consume(line_end + 1);
      continue;
    }
    if (separator_ == 0) separator_ = detect_separator(line);
    line_ = next_line_;
    if (line.find('"') == kNone) {
      split_plain(without_return(line));
      consume(line_end + 1);
      return true;
    }
    bool closed = false;
    const auto record_end = find_record_end(closed);
    if (!closed)
      return skip_line("a quote is not closed within 1 MiB; close it or double it (\"\")");
    split_quoted(without_return(unread().substr(0, record_end)));
    consume(record_end + 1);
    return true;
  }
}

std::string CsvReader::place(std::size_t cell) const {
  std::size_t column = 1;
  if (cell < cells_.size() && record_start_ != nullptr) {
    // A cell in quotes has been copied away; then the sum of those before it is near enough.
    const auto* start = cells_[cell].data();
    const bool in_place = start >= buffer_.data() && start < buffer_.data() + buffer_.size();
    if (in_place) {
      column = static_cast<std::size_t>(start - record_start_) + 1;
    } else {
      for (std::size_t i = 0; i < cell; ++i) column += cells_[i].size() + 1;
    }
  }
  return name_ + ":" + std::to_string(line_) + ":" + std::to_string(column);
}

/// Brings in more bytes behind the unread ones. False at the end of the file or when a record has
/// no more room.
bool CsvReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (buffer_.size() > kRecordMax) return false;
    buffer_.resize(buffer_.size() * 2);
  }
  const auto got = refill_(std::span(buffer_).subspan(end_));
  end_ += got;
  at_end_ = got == 0;
  return got > 0;
}

void CsvReader::skip_byte_order_mark() {
  if (started_) return;
  started_ = true;
  while (unread().size() < 3 && fill()) {
  }
  if (unread().starts_with("\xEF\xBB\xBF")) begin_ += 3;
}

/// Where the first unread line ends: its LF, or the end of the file. None when it is too long.
std::size_t CsvReader::find_line_end() {
  std::size_t searched = 0;
  for (;;) {
    const auto found = unread().find('\n', searched);
    if (found != kNone) return found <= kRecordMax ? found : kNone;
    searched = unread().size();
    if (searched > kRecordMax) return kNone;
    if (!fill() && at_end_) return unread().size();
  }
}

/// As find_line_end(), but line ends in quotes don't count.
std::size_t CsvReader::find_record_end(bool& closed) {
  bool quoted = false;
  bool cell_start = true;
  for (std::size_t i = 0; i <= kRecordMax; ++i) {
    while (i >= unread().size()) {
      if (fill()) continue;
      closed = !quoted && at_end_;
      return unread().size();
    }
    const char c = unread()[i];
    if (c == '\n' && !quoted) {
      closed = true;
      return i;
    }
    // A quote opens a cell only at its start, and while open, "" toggles twice: just as well.
    if (c == '"' && (quoted || cell_start)) {
      quoted = !quoted;
      cell_start = !quoted;
    } else {
      cell_start = !quoted && c == separator_;
    }
  }
  closed = false;
  return kRecordMax;
}

void CsvReader::split_plain(std::string_view record) {
  cells_.clear();
  record_start_ = record.data();
  for (;;) {
    const auto* at =
        static_cast<const char*>(std::memchr(record.data(), separator_, record.size()));
    if (at == nullptr) break;
    const auto length = static_cast<std::size_t>(at - record.data());
    cells_.push_back(record.substr(0, length));
    record.remove_prefix(length + 1);
    if (record.empty()) break;
  }
  cells_.push_back(record);
}

void CsvReader::split_quoted(std::string_view record) {
  cells_.clear();
  record_start_ = record.data();
  unquoted_.clear();
  unquoted_.reserve(record.size());  // views into it must stay
  for (std::size_t i = 0;;) {
    if (i < record.size() && record[i] == '"') {
      const auto start = unquoted_.size();
      bool open = true;  // once closed, what follows until the separator is taken as it stands
      for (++i; i < record.size() && (open || record[i] != separator_); ++i) {
        const bool doubled = open && record.substr(i).starts_with("\"\"");
        if (record[i] != '"' || doubled || !open) {
          unquoted_ += record[i];
          i += doubled ? 1 : 0;
        } else {
          open = false;
        }
      }
      cells_.push_back(std::string_view(unquoted_).substr(start));
    } else {
      const auto end = std::min(record.find(separator_, i), record.size());
      cells_.push_back(record.substr(i, end - i));
      i = end;
    }
    if (i >= record.size()) return;
    ++i;  // the separator
  }
}

void CsvReader::consume(std::size_t bytes) {
  bytes = std::min(bytes, end_ - begin_);  // the last line may lack its LF
  next_line_ += static_cast<std::uint64_t>(
      std::count(buffer_.data() + begin_, buffer_.data() + begin_ + bytes, '\n'));
  begin_ += bytes;
  consumed_ += bytes;
}

/// Leaves the line that can't be read behind.
Error CsvReader::skip_line(std::string_view why) {
  line_ = next_line_;
  cells_.clear();
  Error error{ErrorCode::InvalidInput, place(0) + ": " + std::string(why)};
  for (;;) {
    const auto found = unread().find('\n');
    if (found != kNone) {
      consume(found + 1);
      return error;
    }
    consume(unread().size());
    if (!fill()) return error;
  }
}

}  // namespace gemel
