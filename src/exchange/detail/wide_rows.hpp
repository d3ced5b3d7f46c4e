#pragma once
// Records of several signals side by side: one row a source time.

#include <vector>

#include "exchange/detail/record_windows.hpp"

namespace gemel::exchange::detail {

/// Goes through the window that `windows` holds, row by row. Cost: a heap's log of the signals for
/// each record.
class WideRows {
 public:
  explicit WideRows(const std::vector<std::vector<Record>>& records);

  /// False when the window is over.
  bool next();
  Timestamp time() const { return time_; }
  /// By signal; null where there is no record at this time.
  const std::vector<const Record*>& row() const { return row_; }

 private:
  struct Head {
    Timestamp time;
    std::size_t column;
    friend bool operator>(const Head& a, const Head& b) { return a.time > b.time; }
  };
  void push(std::size_t column);

  const std::vector<std::vector<Record>>& records_;
  std::vector<std::size_t> next_;  // by column
  std::vector<Head> heads_;        // a heap, the earliest on top
  std::vector<const Record*> row_;
  std::vector<std::size_t> filled_;  // columns of row_ that are not null
  Timestamp time_;
};

}  // namespace gemel::exchange::detail
