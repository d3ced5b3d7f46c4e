#include "history/detail/keyframe.hpp"

#include <algorithm>
#include <span>

#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {
namespace {

// One outlier widens a column, so columns are short.
constexpr std::size_t kBeliefsPerColumn = 256;

constexpr std::int64_t kHasValue = 1;
constexpr std::int64_t kHasGap = 2;

std::int64_t flags_of(const Belief& belief) {
  return (belief.has_value() ? kHasValue : 0) |
         (belief.missing_since != Timestamp::min() ? kHasGap : 0);
}

void write_part(ByteWriter& out, std::span<const Belief> beliefs) {
  std::vector<std::int64_t> flags, times, lags, qualities, gap_times, gap_lags;
  std::vector<double> values;
  for (const auto& belief : beliefs) {
    flags.push_back(flags_of(belief));
    if (flags.back() & kHasValue) {
      times.push_back(belief.value_time.ns);
      lags.push_back(lag(belief.known_at, belief.value_time));
      qualities.push_back(packed(belief.value_quality));
      values.push_back(belief.value);
    }
    if (flags.back() & kHasGap) {
      gap_times.push_back(belief.missing_since.ns);
      gap_lags.push_back(lag(belief.missing_known_at, belief.missing_since));
    }
  }
  for (const auto* column : {&flags, &times, &lags, &qualities}) write_column(out, *column);
  write_values(out, values);
  for (const auto* column : {&gap_times, &gap_lags}) write_column(out, *column);
}

bool read_part(ByteReader& in, std::span<Belief> beliefs) {
  const auto flags = read_column(in, beliefs.size());
  const auto with = [&](std::int64_t flag) {
    return static_cast<std::size_t>(
        std::count_if(flags.begin(), flags.end(), [&](auto f) { return (f & flag) != 0; }));
  };
  const auto values_count = with(kHasValue);
  const auto times = read_column(in, values_count);
  const auto lags = read_column(in, values_count);
  const auto qualities = read_column(in, values_count);
  std::vector<double> values(values_count);
  read_values(in, values);
  const auto gap_times = read_column(in, with(kHasGap));
  const auto gap_lags = read_column(in, with(kHasGap));
  if (!in.ok()) return false;
  std::size_t v = 0, g = 0;
  for (std::size_t i = 0; i < beliefs.size(); ++i) {
    auto& belief = beliefs[i];
    if (flags[i] & kHasValue) {
      const auto quality = unpacked(qualities[v]);
      if (!quality) return false;
      belief.value = values[v];
      belief.value_time = {times[v]};
      belief.known_at = after(belief.value_time, lags[v]);
      belief.value_quality = *quality;
      ++v;
    }
    if (flags[i] & kHasGap) {
      belief.missing_since = {gap_times[g]};
      belief.missing_known_at = after(belief.missing_since, gap_lags[g]);
      ++g;
    }
  }
  return true;
}

}  // namespace

std::string encode_keyframe(const std::vector<Belief>& beliefs) {
  ByteWriter out;
  out.varint(beliefs.size());
  for (std::size_t i = 0; i < beliefs.size(); i += kBeliefsPerColumn) {
    write_part(out, std::span(beliefs).subspan(i, std::min(kBeliefsPerColumn, beliefs.size() - i)));
  }
  return sealed(out.take());
}

std::optional<std::vector<Belief>> decode_keyframe(std::string_view bytes) {
  ByteReader in(unsealed(bytes));
  const auto count = in.varint();
  // Even a column in which all are alike takes a byte for each kBeliefsPerColumn.
  if (!in.ok() || count > kColumnMax || count / kBeliefsPerColumn > in.left()) return std::nullopt;
  std::vector<Belief> beliefs(count);
  for (std::size_t i = 0; i < count; i += kBeliefsPerColumn) {
    const auto part =
        std::span(beliefs).subspan(i, std::min(kBeliefsPerColumn, beliefs.size() - i));
    if (!read_part(in, part)) return std::nullopt;
  }
  if (!in.finished()) return std::nullopt;
  return beliefs;
}

}  // namespace gemel::history::detail
