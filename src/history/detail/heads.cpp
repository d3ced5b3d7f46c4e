#include "history/detail/heads.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "history/detail/column_cursor.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {
namespace {

using Column = std::vector<std::int64_t>;

constexpr std::int64_t kDistinct = 1;
constexpr std::int64_t kPlain = 2;
constexpr std::int64_t kOnTime = 4;
constexpr unsigned kFlagBits = 3;

/// The whole numbers that are said of each, beside those of its summary: which of them is which.
enum Whole : std::size_t {
  kCount,
  kSize,
  kFirst,
  kSpan,
  kFirstFrame,
  kFrames,
  kGaps,
  kFlags,
  kWholes
};
using Wholes = std::array<std::int64_t, kWholes>;

Wholes wholes_of(const ChunkInfo& head) {
  return {head.count,
          head.size,
          head.first.ns,
          lag(head.last, head.first),
          head.first_frame,
          head.last_frame - head.first_frame,
          head.gaps,
          (head.distinct ? kDistinct : 0) | (head.plain ? kPlain : 0) |
              (head.on_time ? kOnTime : 0) |
              static_cast<std::int64_t>(head.summary.bad) << kFlagBits};
}

bool fits(std::int64_t n) { return n >= 0 && n <= UINT32_MAX; }

/// False when the numbers describe no stretch.
bool take_wholes(ChunkInfo& head, const Wholes& n) {
  const auto [count, size, first, span, first_frame, frames, gaps, flags] = n;
  if (!fits(count) || !fits(size) || !fits(first_frame) || !fits(frames) || !fits(gaps))
    return false;
  if (count == 0 || count > static_cast<std::int64_t>(kColumnMax) || gaps > count || span < 0 ||
      first_frame + frames > UINT32_MAX || !fits(flags >> kFlagBits))
    return false;
  head.count = static_cast<std::uint32_t>(count);
  head.size = static_cast<std::uint32_t>(size);
  head.first = {first};
  head.last = after(head.first, span);
  head.first_frame = static_cast<std::uint32_t>(first_frame);
  head.last_frame = static_cast<std::uint32_t>(first_frame + frames);
  head.gaps = static_cast<std::uint32_t>(gaps);
  head.distinct = (flags & kDistinct) != 0;
  head.plain = (flags & kPlain) != 0;
  head.on_time = (flags & kOnTime) != 0;
  head.summary.bad = static_cast<std::uint32_t>(flags >> kFlagBits);
  head.summary.count = head.count - head.gaps;
  return head.last >= head.first && head.summary.bad <= head.summary.count;
}

// --- Summaries

constexpr std::array kNumbers{&Summary::first, &Summary::min, &Summary::max, &Summary::last};
constexpr unsigned kDecimalsMax = 6;
constexpr std::uint8_t kAsDoubles = 0xff;
constexpr std::array<double, kDecimalsMax + 1> kPowers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
constexpr double kWholeMax = 1e15;

/// The number in units of the last decimal; empty when it is none of those.
std::optional<std::int64_t> scaled(double value, double power) {
  if (!(std::abs(value) * power < kWholeMax)) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(std::nearbyint(value * power));
  const double again = static_cast<double>(whole) / power;
  if (std::bit_cast<std::uint64_t>(again) != std::bit_cast<std::uint64_t>(value))
    return std::nullopt;
  return whole;
}

/// Of each number its distance from the first value, and of the sum that from count times it: these
/// are small, and of decimals exact. Empty when one is no such decimal.
std::optional<std::array<Column, kNumbers.size() + 1>> as_decimals(
    std::span<const ChunkInfo* const> heads, double power) {
  std::array<Column, kNumbers.size() + 1> columns;
  for (const auto* head : heads) {
    const auto& summary = head->summary;
    const auto first = scaled(summary.first, power);
    if (!first) return std::nullopt;
    columns[0].push_back(*first);
    for (std::size_t i = 1; i < kNumbers.size(); ++i) {
      const auto number = scaled(summary.*kNumbers[i], power);
      if (!number) return std::nullopt;
      columns[i].push_back(*number - *first);
    }
    const auto sum = std::nearbyint(summary.sum * power);
    if (!(std::abs(sum) < kWholeMax)) return std::nullopt;
    columns.back().push_back(static_cast<std::int64_t>(sum) - *first * summary.count);
  }
  return columns;
}

// Of others the sum is kept as the mean's distance from the first value: four bytes, and off by
// less than 1e-7 of that distance.
float offset_of_mean(const Summary& summary) {
  const double offset = summary.sum / summary.count - summary.first;
  constexpr double kMost = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(offset, -kMost, kMost));
}
double sum_of(const Summary& summary, float offset) {
  return (summary.first + static_cast<double>(offset)) * summary.count;
}

void write_summaries(ByteWriter& out, std::span<const ChunkInfo* const> heads) {
  for (unsigned decimals = 0; decimals <= kDecimalsMax; ++decimals) {
    const auto columns = as_decimals(heads, kPowers[decimals]);
    if (!columns) continue;
    out.fixed(static_cast<std::uint8_t>(decimals));
    for (const auto& column : *columns) write_column(out, column);
    return;
  }
  out.fixed(kAsDoubles);
  for (const auto number : kNumbers) {
    std::vector<double> values;
    for (const auto* head : heads) values.push_back(head->summary.*number);
    write_values(out, values);
  }
  for (const auto* head : heads) out.fixed(offset_of_mean(head->summary));
}

/// Numbers `first`, `first` + 1, … of a column.
Column some_of(const ColumnView& column, std::size_t first, std::size_t count) {
  Column some(count);
  if (count == 1) {
    some[0] = column.at(first);
    return some;
  }
  Column until(first + count);
  column.decode(until);
  std::copy(until.begin() + static_cast<std::ptrdiff_t>(first), until.end(), some.begin());
  return some;
}

/// The columns of summaries, to be looked into.
class SummariesView {
 public:
  SummariesView(ByteReader& in, std::size_t count) : kind_(in.fixed<std::uint8_t>()) {
    if (kind_ <= kDecimalsMax) {
      for (auto& column : wholes_) column = ColumnView::open(in, count);
    } else if (kind_ == kAsDoubles) {
      for (auto& column : values_) column = ValuesView::open(in, count);
      offsets_ = in.raw(in.ok() ? count * sizeof(float) : 0);
    } else {
      in.fail();
    }
  }

  /// Those from number `first` on.
  void read(std::size_t first, std::span<ChunkInfo* const> heads) const {
    if (kind_ <= kDecimalsMax)
      read_decimals(first, heads, kPowers[kind_]);
    else
      read_doubles(first, heads);
  }

 private:
  void read_decimals(std::size_t from, std::span<ChunkInfo* const> heads, double power) const {
    // Whatever damaged bytes say, the sums must not overflow.
    const auto number = [](std::int64_t a, std::int64_t b) {
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) +
                                       static_cast<std::uint64_t>(b));
    };
    std::array<Column, kNumbers.size() + 1> columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
      columns[i] = some_of(wholes_[i], from, heads.size());
    for (std::size_t k = 0; k < heads.size(); ++k) {
      auto& summary = heads[k]->summary;
      const auto first = columns[0][k];
      summary.first = static_cast<double>(first) / power;
      for (std::size_t i = 1; i < kNumbers.size(); ++i)
        summary.*kNumbers[i] = static_cast<double>(number(first, columns[i][k])) / power;
      const auto rest = static_cast<double>(columns.back()[k]);
      summary.sum = (rest + static_cast<double>(first) * summary.count) / power;
    }
  }

  void read_doubles(std::size_t from, std::span<ChunkInfo* const> heads) const {
    for (std::size_t k = 0; k < heads.size(); ++k) {
      auto& summary = heads[k]->summary;
      for (std::size_t i = 0; i < kNumbers.size(); ++i)
        summary.*kNumbers[i] = values_[i].at(from + k);
      ByteReader offset(offsets_.substr((from + k) * sizeof(float)));
      summary.sum = sum_of(summary, offset.fixed<float>());
    }
  }

  std::uint8_t kind_;
  std::array<ColumnView, kNumbers.size() + 1> wholes_;
  std::array<ValuesView, kNumbers.size()> values_;
  std::string_view offsets_;  // of the means, four bytes each
};

template <class Head>
std::vector<Head*> with_values(std::span<Head> heads) {
  std::vector<Head*> found;
  for (auto& head : heads) {
    if (head.summary.count > 0) found.push_back(&head);
  }
  return found;
}

std::array<ColumnView, kWholes> open_wholes(ByteReader& in, std::size_t count) {
  std::array<ColumnView, kWholes> columns;
  for (auto& column : columns) column = ColumnView::open(in, count);
  return columns;
}

void pass_over_rest(ByteReader& in) { in.raw(in.left()); }

/// Those without a value have no summary: how many have one, before number `first` and in all.
struct Summed {
  std::size_t before, all;
};
Summed count_summed(const std::array<ColumnView, kWholes>& columns, std::size_t count,
                    std::size_t first) {
  if (columns[kGaps].all_zero()) return {first, count};
  const auto counts = some_of(columns[kCount], 0, count), gaps = some_of(columns[kGaps], 0, count);
  Summed summed{0, 0};
  for (std::size_t i = 0; i < count; ++i) {
    if (counts[i] <= gaps[i]) continue;
    ++summed.all;
    if (i < first) ++summed.before;
  }
  return summed;
}

template <std::size_t... k>
std::array<ColumnCursor, kWholes> cursors_of(const std::array<ColumnView, kWholes>& columns,
                                             std::index_sequence<k...>) {
  return {ColumnCursor(columns[k])...};
}

}  // namespace

void write_heads(ByteWriter& out, std::span<const ChunkInfo> heads) {
  std::array<Column, kWholes> wholes;
  for (const auto& head : heads) {
    const auto numbers = wholes_of(head);
    for (std::size_t i = 0; i < kWholes; ++i) wholes[i].push_back(numbers[i]);
  }
  for (const auto& column : wholes) write_column(out, column);
  const auto summed = with_values(heads);
  if (!summed.empty()) write_summaries(out, summed);
}

void read_heads(ByteReader& in, std::vector<ChunkInfo>& heads, std::size_t count,
                Summaries summaries) {
  heads.clear();
  if (count > kColumnMax) in.fail();
  if (!in.ok()) return;
  // Columns are walked through side by side, and nothing is allocated but the heads.
  const auto columns = open_wholes(in, count);
  if (!in.ok()) return;
  heads.resize(count);
  std::array<std::array<std::int64_t, ColumnCursor::kBlock>, kWholes> blocks;
  auto cursors = cursors_of(columns, std::make_index_sequence<kWholes>());
  for (std::size_t i = 0; i < count; i += ColumnCursor::kBlock) {
    const auto size = std::min(ColumnCursor::kBlock, count - i);
    for (std::size_t k = 0; k < kWholes; ++k) cursors[k].next(std::span(blocks[k]).first(size));
    for (std::size_t j = 0; j < size; ++j) {
      Wholes numbers;
      for (std::size_t k = 0; k < kWholes; ++k) numbers[k] = blocks[k][j];
      if (!take_wholes(heads[i + j], numbers)) return in.fail();
    }
  }
  if (summaries == Summaries::None) return pass_over_rest(in);
  const auto summed = static_cast<std::size_t>(
      std::count_if(heads.begin(), heads.end(), [](const auto& h) { return h.summary.count > 0; }));
  if (summed == 0) return;
  const SummariesView view(in, summed);
  if (in.ok()) view.read(0, with_values(std::span(heads)));
}

void read_some_heads(ByteReader& in, std::size_t count, std::size_t first,
                     std::span<ChunkInfo> heads, Summaries summaries) {
  if (count > kColumnMax || first > count || heads.size() > count - first) in.fail();
  const auto columns = open_wholes(in, in.ok() ? count : 0);
  if (!in.ok()) return;
  std::uint64_t offset = 0;
  const auto sizes = some_of(columns[kSize], 0, first + heads.size());
  for (std::size_t i = 0; i < first; ++i) offset += static_cast<std::uint32_t>(sizes[i]);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    Wholes numbers;
    for (std::size_t k = 0; k < kWholes; ++k) numbers[k] = columns[k].at(first + i);
    if (!take_wholes(heads[i], numbers)) return in.fail();
    heads[i].offset = offset;
    offset += heads[i].size;
  }
  if (summaries == Summaries::None) return pass_over_rest(in);
  const auto [before, summed] = count_summed(columns, count, first);
  if (summed == 0) return;
  const SummariesView view(in, summed);
  const auto wanted = with_values(heads);
  // Whatever damaged bytes say, no column must be asked for more than it has.
  if (wanted.size() > summed - before) in.fail();
  if (in.ok()) view.read(before, wanted);
}

}  // namespace gemel::history::detail
