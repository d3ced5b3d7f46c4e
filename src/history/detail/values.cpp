// Columns of doubles: decimals as whole numbers, anything else by its bits.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include "history/detail/column_cursor.hpp"
#include "history/detail/columns.hpp"

namespace gemel::history::detail {
namespace {

constexpr unsigned kDecimalsMax = 12;  // more are noise in a double
constexpr unsigned kAsBits = 13;       // not decimals: each value's bits, in the values' order
constexpr unsigned kExceptionsFlag = 0x80;
constexpr unsigned kSingleAsBits = 0xff;

constexpr std::array<double, kDecimalsMax + 1> kPowers{1,   1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                                       1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

// Between 2^52 and 2^53 doubles are the whole numbers, and their lowest bits are those of the
// number: adding it rounds, and its bits convert, both without a branch or a library call.
constexpr double kRounder = 0x1.8p52;
constexpr auto kRounderBits = std::bit_cast<std::uint64_t>(kRounder);

/// The way back, of numbers that the rounder holds; of any others it is another number.
constexpr double from_whole(std::int64_t n) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(n) + kRounderBits) - kRounder;
}

/// A value as a whole number of its last decimal place, and whether that gives it back.
struct Whole {
  std::int64_t number;
  std::uint64_t wrong;  // 0 when every bit comes back
};

/// Not a number never does, nor does -0.0, whose sign a whole number lacks.
inline Whole whole_of(double value, double power) {
  const double rounded = value * power + kRounder;
  const auto bits = std::bit_cast<std::uint64_t>(rounded);
  const double back = (rounded - kRounder) / power;
  // The exponent is the rounder's as long as the number is one that the rounder holds.
  const auto too_large = (bits ^ kRounderBits) >> 52;
  return {static_cast<std::int64_t>(bits - kRounderBits),
          too_large | (std::bit_cast<std::uint64_t>(back) ^ std::bit_cast<std::uint64_t>(value))};
}

bool is_decimal(double value, unsigned decimals) {
  return whole_of(value, kPowers[decimals]).wrong == 0;
}

/// The fewest decimals, from `least` on, that the value is made of.
std::optional<unsigned> decimals_of(double value, unsigned least = 0) {
  for (unsigned decimals = least; decimals <= kDecimalsMax; ++decimals) {
    if (is_decimal(value, decimals)) return decimals;
  }
  return std::nullopt;
}

/// Bits in the values' order, so that values near to each other are numbers near to each other.
/// Its own inverse.
constexpr std::int64_t ordered(std::int64_t bits) {
  return bits ^ static_cast<std::int64_t>(static_cast<std::uint64_t>(bits >> 63) >> 1);
}

/// The values as whole numbers; true when every one of them comes back.
bool scale(std::span<const double> values, unsigned decimals, std::span<std::int64_t> numbers) {
  const double power = kPowers[decimals];
  std::uint64_t wrong = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto whole = whole_of(values[i], power);
    numbers[i] = whole.number;
    wrong |= whole.wrong;
  }
  return wrong == 0;
}

/// Few values that are no decimals like the others don't spoil them: they are kept apart.
struct Scaled {
  unsigned decimals = 0;
  std::vector<std::size_t> exceptions;
};

/// How many decimals some of the values have; nothing when most of them have no end.
std::optional<unsigned> guess(std::span<const double> values) {
  constexpr std::size_t kGuesses = 8;
  unsigned decimals = 0;
  std::size_t asked = 0, endless = 0;
  const auto stride = std::max<std::size_t>(values.size() / kGuesses, 1);
  for (std::size_t i = 0; i < values.size() && asked < kGuesses; i += stride, ++asked) {
    if (const auto more = decimals_of(values[i], decimals))
      decimals = *more;
    else if (++endless > kGuesses / 2)
      return std::nullopt;
  }
  return decimals;
}

std::optional<Scaled> scale(std::span<const double> values, std::span<std::int64_t> numbers) {
  const auto guessed = guess(values);
  if (!guessed) return std::nullopt;
  Scaled scaled{*guessed, {}};
  while (!scale(values, scaled.decimals, numbers)) {
    std::optional<unsigned> more;
    scaled.exceptions.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_decimal(values[i], scaled.decimals)) continue;
      scaled.exceptions.push_back(i);
      if (!more) more = decimals_of(values[i], scaled.decimals);
      if (more && scaled.exceptions.size() > values.size() / 32) break;
      if (scaled.exceptions.size() > values.size() / 8) return std::nullopt;
    }
    if (more && scaled.exceptions.size() > values.size() / 32) {
      scaled.decimals = *more;
      continue;
    }
    // An exception's place in the column repeats its neighbour, which costs least.
    for (const auto i : scaled.exceptions) numbers[i] = numbers[i == 0 ? 1 : i - 1];
    return scaled;
  }
  scaled.exceptions.clear();
  return scaled;
}

void write_exceptions(ByteWriter& out, std::span<const double> values, const Scaled& scaled) {
  const auto& exceptions = scaled.exceptions;
  out.varint(exceptions.size() - 1);
  BitPacker positions(out, exceptions.size(), position_width(values.size()));
  for (const auto i : exceptions) positions.put(i);
  positions.finish();
  for (const auto i : exceptions) out.fixed(values[i]);
}

}  // namespace

void write_values(ByteWriter& out, std::span<const double> values) {
  if (values.empty()) return;
  std::array<std::int64_t, 512> few;
  std::vector<std::int64_t> many(values.size() > few.size() ? values.size() : 0);
  const auto numbers = many.empty() ? std::span(few).first(values.size()) : std::span(many);
  if (const auto scaled = scale(values, numbers)) {
    const bool exceptions = !scaled->exceptions.empty();
    out.fixed(static_cast<std::uint8_t>(scaled->decimals | (exceptions ? kExceptionsFlag : 0)));
    if (exceptions) write_exceptions(out, values, *scaled);
  } else {
    out.fixed(static_cast<std::uint8_t>(kAsBits));
    std::transform(values.begin(), values.end(), numbers.begin(),
                   [](double value) { return ordered(std::bit_cast<std::int64_t>(value)); });
  }
  write_column(out, numbers);
}

ValuesView ValuesView::open(ByteReader& in, std::size_t count) {
  ValuesView view;
  if (count > kColumnMax) in.fail();
  if (count == 0 || !in.ok()) return view;
  const unsigned tag = in.fixed<std::uint8_t>();
  view.decimals_ = tag & ~kExceptionsFlag;
  if (view.decimals_ > kAsBits) in.fail();
  if ((tag & kExceptionsFlag) != 0 && in.ok()) {
    view.exceptions_count_ = static_cast<std::size_t>(in.varint()) + 1;
    if (view.exceptions_count_ > count) in.fail();
    view.exceptions_ = PackedBits::open(in, view.exceptions_count_, position_width(count));
    view.exception_bits_ = PackedBits::open(in, view.exceptions_count_, 64);
  }
  view.column_ = ColumnView::open(in, count);
  if (!in.ok()) view = {};
  return view;
}

double ValuesView::at(std::size_t i) const {
  if (exceptions_count_ > 0) {
    const auto exception = exceptions_.lower_bound(exceptions_count_, i);
    if (exception < exceptions_count_ && exceptions_[exception] == i)
      return std::bit_cast<double>(exception_bits_[exception]);
  }
  const auto n = column_.at(i);
  return decimals_ == kAsBits ? std::bit_cast<double>(ordered(n))
                              : from_whole(n) / kPowers[decimals_];
}

void ValuesView::decode(std::span<double> out) const {
  ColumnCursor cursor(column_);
  std::array<std::int64_t, ColumnCursor::kBlock> block;
  for (std::size_t i = 0; i < out.size(); i += block.size()) {
    const auto size = std::min(block.size(), out.size() - i);
    cursor.next(std::span(block).first(size));
    if (decimals_ == kAsBits) {
      for (std::size_t j = 0; j < size; ++j) out[i + j] = std::bit_cast<double>(ordered(block[j]));
    } else if (decimals_ == 0) {
      for (std::size_t j = 0; j < size; ++j) out[i + j] = from_whole(block[j]);
    } else {
      // Dividing, for no multiplication gives back the same double.
      const double power = kPowers[decimals_];
      for (std::size_t j = 0; j < size; ++j) out[i + j] = from_whole(block[j]) / power;
    }
  }
  for (std::size_t e = 0; e < exceptions_count_; ++e) {
    const auto i = static_cast<std::size_t>(exceptions_[e]);
    if (i >= out.size()) break;
    out[i] = std::bit_cast<double>(exception_bits_[e]);
  }
}

void read_values(ByteReader& in, std::span<double> values, std::size_t total) {
  if (values.size() > total) in.fail();
  const auto view = ValuesView::open(in, total);
  if (in.ok()) view.decode(values);
}

void write_double(ByteWriter& out, double value) {
  const auto decimals = decimals_of(value);
  out.fixed(static_cast<std::uint8_t>(decimals.value_or(kSingleAsBits)));
  if (decimals)
    out.signed_varint(whole_of(value, kPowers[*decimals]).number);
  else
    out.fixed(value);
}

double read_double(ByteReader& in) {
  const unsigned decimals = in.fixed<std::uint8_t>();
  if (decimals == kSingleAsBits) return in.fixed<double>();
  if (decimals > kDecimalsMax) in.fail();
  return in.ok() ? from_whole(in.signed_varint()) / kPowers[decimals] : 0.0;
}

}  // namespace gemel::history::detail
