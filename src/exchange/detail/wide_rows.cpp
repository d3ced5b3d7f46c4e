#include "exchange/detail/wide_rows.hpp"

#include <algorithm>
#include <functional>

namespace gemel::exchange::detail {

WideRows::WideRows(const std::vector<std::vector<Record>>& records)
    : records_(records), next_(records.size(), 0), row_(records.size(), nullptr) {
  for (std::size_t column = 0; column < records.size(); ++column) push(column);
}

void WideRows::push(std::size_t column) {
  if (next_[column] == records_[column].size()) return;
  heads_.push_back({records_[column][next_[column]].source_time, column});
  std::push_heap(heads_.begin(), heads_.end(), std::greater<>());
}

bool WideRows::next() {
  for (const auto column : filled_) row_[column] = nullptr;
  filled_.clear();
  if (heads_.empty()) return false;
  time_ = heads_.front().time;
  while (!heads_.empty() && heads_.front().time == time_) {
    std::pop_heap(heads_.begin(), heads_.end(), std::greater<>());
    const auto column = heads_.back().column;
    heads_.pop_back();
    row_[column] = &records_[column][next_[column]++];
    filled_.push_back(column);
    push(column);
  }
  return true;
}

}  // namespace gemel::exchange::detail
