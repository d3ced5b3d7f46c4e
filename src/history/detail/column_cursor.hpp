#pragma once
// A walk through a column, block by block.

#include "history/detail/columns.hpp"

namespace gemel::history::detail {

class ColumnCursor {
 public:
  /// How many numbers a call takes; the packed ones are then read in whole bytes.
  static constexpr std::size_t kBlock = 128;

  explicit ColumnCursor(const ColumnView& column) : column_(column), level_(column.second_) {}
  /// The next kBlock numbers; fewer only in the last call.
  void next(std::span<std::int64_t> out);
  /// Of a column of levels: the i-th number's distance from the first, in steps. Takes a new
  /// cursor.
  std::uint64_t level_at(std::size_t i);

 private:
  using Words = std::span<std::uint64_t>;

  void next_words(Words out);
  void add_surprises(Words words);
  void add_surprises(Words words, unsigned shift);
  void add_differences(Words words);
  void add_pace(Words words, std::size_t start);

  const ColumnView& column_;
  std::size_t at_ = 0;                // in the body
  std::size_t patch_ = 0, skip_ = 0;  // the next
  std::uint64_t number_ = 0;          // the next, from the first, in steps
  std::uint64_t level_ =
      0;  // what the number after it follows from; Difference: how far away it is
};

}  // namespace gemel::history::detail
