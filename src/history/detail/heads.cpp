#include "history/detail/heads.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "history/detail/columns.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {
namespace {

using Column = std::vector<std::int64_t>;

/// How many whole numbers are said of each, beside those of its summary.
constexpr std::size_t kWholes = 8;

std::array<std::int64_t, kWholes> wholes_of(const ChunkInfo& head) {
  return {
      head.count,       head.size,
      head.first.ns,    lag(head.last, head.first),
      head.first_frame, head.last_frame - head.first_frame,
      head.gaps,        (head.distinct ? 1 : 0) | static_cast<std::int64_t>(head.summary.bad) << 1};
}

bool fits(std::int64_t n) { return n >= 0 && n <= UINT32_MAX; }

/// False when the numbers describe no stretch.
bool take_wholes(ChunkInfo& head, const std::array<std::int64_t, kWholes>& n) {
  const auto [count, size, first, span, first_frame, frames, gaps, flags] = n;
  if (!fits(count) || !fits(size) || !fits(first_frame) || !fits(frames) || !fits(gaps))
    return false;
  if (count == 0 || count > static_cast<std::int64_t>(kColumnMax) || gaps > count || span < 0 ||
      first_frame + frames > UINT32_MAX || !fits(flags >> 1))
    return false;
  head.count = static_cast<std::uint32_t>(count);
  head.size = static_cast<std::uint32_t>(size);
  head.first = {first};
  head.last = after(head.first, span);
  head.first_frame = static_cast<std::uint32_t>(first_frame);
  head.last_frame = static_cast<std::uint32_t>(first_frame + frames);
  head.gaps = static_cast<std::uint32_t>(gaps);
  head.distinct = (flags & 1) != 0;
  head.summary.bad = static_cast<std::uint32_t>(flags >> 1);
  head.summary.count = head.count - head.gaps;
  return head.last >= head.first && head.summary.bad <= head.summary.count;
}

constexpr std::array kNumbers{&Summary::first, &Summary::min, &Summary::max, &Summary::last};

// A sum of decimals is none itself, by its rounding. As the mean's distance from the first value it
// takes four bytes, and is off by less than 1e-7 of that distance.
float offset_of_mean(const Summary& summary) {
  const double offset = summary.sum / summary.count - summary.first;
  constexpr double kMost = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(offset, -kMost, kMost));
}
double sum_of(const Summary& summary, float offset) {
  return (summary.first + static_cast<double>(offset)) * summary.count;
}

}  // namespace

void write_heads(ByteWriter& out, std::span<const ChunkInfo> heads) {
  std::array<Column, kWholes> wholes;
  for (const auto& head : heads) {
    const auto numbers = wholes_of(head);
    for (std::size_t i = 0; i < kWholes; ++i) wholes[i].push_back(numbers[i]);
  }
  for (const auto& column : wholes) write_column(out, column);
  for (const auto number : kNumbers) {
    std::vector<double> values;
    for (const auto& head : heads) {
      if (head.summary.count > 0) values.push_back(head.summary.*number);
    }
    write_values(out, values);
  }
  for (const auto& head : heads) {
    if (head.summary.count > 0) out.fixed(offset_of_mean(head.summary));
  }
}

std::vector<ChunkInfo> read_heads(ByteReader& in, std::size_t count) {
  if (count > kColumnMax) in.fail();
  if (!in.ok()) return {};
  std::array<Column, kWholes> wholes;
  for (auto& column : wholes) column = read_column(in, count);
  if (!in.ok()) return {};
  std::vector<ChunkInfo> heads(count);
  std::size_t with_values = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::int64_t, kWholes> numbers;
    for (std::size_t k = 0; k < kWholes; ++k) numbers[k] = wholes[k][i];
    if (!take_wholes(heads[i], numbers)) in.fail();
    if (heads[i].summary.count > 0) ++with_values;
  }
  std::vector<double> values(with_values);
  for (const auto number : kNumbers) {
    if (!in.ok()) return {};
    read_values(in, values);
    std::size_t next = 0;
    for (auto& head : heads) {
      if (head.summary.count > 0) head.summary.*number = values[next++];
    }
  }
  for (auto& head : heads) {
    if (head.summary.count > 0) head.summary.sum = sum_of(head.summary, in.fixed<float>());
  }
  return heads;
}

}  // namespace gemel::history::detail
