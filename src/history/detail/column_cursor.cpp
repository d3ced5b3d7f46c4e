#include "history/detail/column_cursor.hpp"

#include <algorithm>
#include <array>

namespace gemel::history::detail {

void ColumnCursor::next_words(Words out) {
  const auto& c = column_;
  const auto there = std::min(out.size(), c.body_count() - std::min(at_, c.body_count()));
  c.body_.unpack(at_, out.first(there));
  // Where the head holds the first numbers, the body ends before the column does.
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(there), out.end(), 0);
  for (; patch_ < c.patches_count_; ++patch_) {
    const auto entry = c.patches_[patch_];
    const auto position = (entry >> c.patch_width_) - at_;
    if (position >= there) break;
    out[position] += patched_high(entry & low_bits(c.patch_width_), c.patch_width_)
                     << c.body_.width;
  }
  at_ += there;
}

void ColumnCursor::next(std::span<std::int64_t> out) {
  // A signed number may be looked at as the unsigned one of its size.
  const Words words(reinterpret_cast<std::uint64_t*>(out.data()), out.size());
  const auto start = at_;
  if (column_.prediction_ != Prediction::Constant) next_words(words);
  switch (column_.prediction_) {
    case Prediction::Constant:
      std::fill(words.begin(), words.end(), column_.first_);
      break;
    case Prediction::Plain:
      for (auto& word : words) word = column_.first_ + column_.step_ * word;
      break;
    case Prediction::Level:
      add_surprises(words);
      break;
    case Prediction::Smooth1:
    case Prediction::Smooth2:
    case Prediction::Smooth3:
      add_surprises(words, smoothing(column_.prediction_));
      break;
    case Prediction::Difference:
      add_differences(words);
      break;
    case Prediction::Pace:
      add_pace(words, start);
  }
}

void ColumnCursor::add_surprises(Words words) {
  const auto first = column_.first_, step = column_.step_, base = column_.base_;
  auto number = number_;
  for (auto& word : words) {
    const auto surprise = base + word;
    word = first + step * number;
    number += surprise;
  }
  number_ = number;
}

void ColumnCursor::add_surprises(Words words, unsigned shift) {
  const auto first = column_.first_, step = column_.step_, base = column_.base_;
  auto number = number_, level = level_;
  for (auto& word : words) {
    const auto surprise = base + word;
    word = first + step * number;
    number = level + surprise;
    level += shifted(surprise, shift);
  }
  number_ = number;
  level_ = level;
}

void ColumnCursor::add_differences(Words words) {
  const auto first = column_.first_, step = column_.step_, base = column_.base_;
  auto number = number_, difference = level_;
  for (auto& word : words) {
    const auto surprise = base + word;
    word = first + step * number;
    number += difference;
    difference += surprise;
  }
  number_ = number;
  level_ = difference;
}

void ColumnCursor::add_pace(Words words, std::size_t start) {
  const auto& c = column_;
  const auto first = c.first_, step = c.step_, pace = c.pace_;
  const auto fraction = c.pace_fraction_;
  for (std::size_t i = 0; i < words.size();) {
    // As far as the next skip the places follow one another.
    auto end = words.size();
    for (; skip_ < c.skips_count_; ++skip_) {
      const auto position = static_cast<std::size_t>(c.skips_[skip_] >> c.skip_width_);
      if (position <= start + i) continue;
      end = std::min(end, position - start);
      break;
    }
    const auto skipped = skip_ == 0 ? 0 : skip_ + (c.skips_[skip_ - 1] & low_bits(c.skip_width_));
    for (auto at = (start + i + skipped) * pace; i < end; ++i, at += pace)
      words[i] = first + step * (shifted(at, fraction) + words[i]);
  }
}

std::uint64_t ColumnCursor::level_at(std::size_t i) {
  std::array<std::uint64_t, kBlock> block;
  // x(i) = level(i - 1) + surprise(i - 1), and the level is a sum: no number waits for another.
  const auto shift = smoothing(column_.prediction_);
  std::uint64_t level = 0, surprise = 0;
  for (std::size_t from = 0; from < i; from += kBlock) {
    const auto words = Words(block).first(std::min(kBlock, i - from));
    next_words(words);
    if (shift == 0)
      for (const auto word : words) level += column_.base_ + word;
    else
      for (const auto word : words) level += shifted(column_.base_ + word, shift);
    surprise = column_.base_ + words.back();
  }
  return level - shifted(surprise, shift) + surprise;
}

}  // namespace gemel::history::detail
