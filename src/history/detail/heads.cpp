#include "history/detail/heads.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "history/detail/columns.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {
namespace {

using Column = std::vector<std::int64_t>;

constexpr std::int64_t kDistinct = 1;
constexpr std::int64_t kPlain = 2;
constexpr std::int64_t kOnTime = 4;
constexpr unsigned kFlagBits = 3;

/// How many whole numbers are said of each, beside those of its summary.
constexpr std::size_t kWholes = 8;

std::array<std::int64_t, kWholes> wholes_of(const ChunkInfo& head) {
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
bool take_wholes(ChunkInfo& head, const std::array<std::int64_t, kWholes>& n) {
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

void read_decimals(ByteReader& in, std::span<ChunkInfo* const> heads, double power) {
  std::array<Column, kNumbers.size() + 1> columns;
  for (auto& column : columns) column = read_column(in, heads.size());
  if (!in.ok()) return;
  // Whatever damaged bytes say, the sums must not overflow.
  const auto number = [](std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  };
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

void read_summaries(ByteReader& in, std::span<ChunkInfo* const> heads) {
  const auto decimals = in.fixed<std::uint8_t>();
  if (decimals <= kDecimalsMax) return read_decimals(in, heads, kPowers[decimals]);
  if (decimals != kAsDoubles) in.fail();
  std::vector<double> values(heads.size());
  for (const auto number : kNumbers) {
    read_values(in, values);
    if (!in.ok()) return;
    for (std::size_t i = 0; i < heads.size(); ++i) heads[i]->summary.*number = values[i];
  }
  for (auto* head : heads) head->summary.sum = sum_of(head->summary, in.fixed<float>());
}

template <class Head>
std::vector<Head*> with_values(std::span<Head> heads) {
  std::vector<Head*> found;
  for (auto& head : heads) {
    if (head.summary.count > 0) found.push_back(&head);
  }
  return found;
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

std::vector<ChunkInfo> read_heads(ByteReader& in, std::size_t count) {
  if (count > kColumnMax) in.fail();
  if (!in.ok()) return {};
  std::array<Column, kWholes> wholes;
  for (auto& column : wholes) column = read_column(in, count);
  if (!in.ok()) return {};
  std::vector<ChunkInfo> heads(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::int64_t, kWholes> numbers;
    for (std::size_t k = 0; k < kWholes; ++k) numbers[k] = wholes[k][i];
    if (!take_wholes(heads[i], numbers)) in.fail();
  }
  if (!in.ok()) return {};
  const auto summed = with_values(std::span(heads));
  if (!summed.empty()) read_summaries(in, summed);
  return heads;
}

}  // namespace gemel::history::detail
