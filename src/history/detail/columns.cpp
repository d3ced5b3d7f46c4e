#include "history/detail/columns.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/check.hpp"

namespace gemel::history::detail {
namespace {

// Differences wrap around, so that no pair of times is too far apart; unsigned numbers make that
// well defined.
using Words = std::vector<std::uint64_t>;

constexpr unsigned kOrders = 3;  // values, differences, differences of differences
constexpr unsigned kTagsPerOrder =
    65;  // a column's first byte is order · 65 + width; widths are 0 … 64
constexpr unsigned kDecimalsMax = 12;  // more are noise in a double
constexpr std::uint8_t kAsBits =
    0xff;  // not decimals: each value's bits, combined with those before it

constexpr std::array<double, kDecimalsMax + 1> kPowers{1,   1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                                       1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

/// base + step · (0 … 2^width - 1)
struct Packing {
  std::uint64_t base = 0;
  std::uint64_t step = 1;
  unsigned width = 0;
};

Packing packing_of(std::span<const std::uint64_t> words) {
  Packing packing;
  if (words.empty()) return packing;
  const auto [low, high] =
      std::minmax_element(words.begin(), words.end(), [](std::uint64_t a, std::uint64_t b) {
        return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
      });
  packing.base = *low;
  std::uint64_t step = 0;
  for (const auto word : words) {
    step = std::gcd(step, word - packing.base);
    if (step == 1) break;
  }
  packing.step = std::max<std::uint64_t>(step, 1);
  packing.width = static_cast<unsigned>(std::bit_width((*high - packing.base) / packing.step));
  return packing;
}

std::size_t packed_bytes(std::size_t count, unsigned width) { return (count * width + 7) / 8; }

void write_bits(ByteWriter& out, std::span<const std::uint64_t> words, const Packing& packing) {
  if (packing.width == 0) return;
  std::string packed(packed_bytes(words.size(), packing.width), '\0');
  std::size_t at = 0;
  for (const auto word : words) {
    auto rest = (word - packing.base) / packing.step;
    for (unsigned left = packing.width; left > 0;) {
      const unsigned shift = at % 8;
      const unsigned now = std::min(left, 8 - shift);
      const auto piece = static_cast<std::uint8_t>((rest & ((1u << now) - 1)) << shift);
      packed[at / 8] = static_cast<char>(static_cast<std::uint8_t>(packed[at / 8]) | piece);
      rest >>= now;
      left -= now;
      at += now;
    }
  }
  out.raw(packed);
}

/// `width` bits from bit `at` on; up to nine bytes hold them.
std::uint64_t bits_at(const char* bytes, std::size_t at, unsigned width) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes + at / 8, sizeof(word));
  const unsigned shift = at % 8;
  word >>= shift;
  if (shift + width > 64) {
    word |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at / 8 + 8]))
            << (64 - shift);
  }
  return width == 64 ? word : word & ((std::uint64_t{1} << width) - 1);
}

void read_bits(std::string_view packed, const Packing& packing, std::span<std::int64_t> words) {
  std::size_t i = 0;
  // While nine bytes can be read at once.
  const std::size_t safe_bits = packed.size() >= 9 ? (packed.size() - 9) * 8 : 0;
  for (std::size_t at = 0; i < words.size() && at < safe_bits; ++i, at += packing.width) {
    words[i] = static_cast<std::int64_t>(packing.base +
                                         packing.step * bits_at(packed.data(), at, packing.width));
  }
  if (i == words.size()) return;
  const std::size_t first_byte = i * packing.width / 8;
  std::array<char, 64> tail{};  // what is left fits: at most nine bytes and one element's more
  std::copy(packed.begin() + static_cast<std::ptrdiff_t>(std::min(first_byte, packed.size())),
            packed.end(), tail.begin());
  for (; i < words.size(); ++i) {
    const auto at = i * packing.width - first_byte * 8;
    words[i] = static_cast<std::int64_t>(packing.base +
                                         packing.step * bits_at(tail.data(), at, packing.width));
  }
}

/// Replaces each word but the first by its distance from the one before.
void difference(std::span<std::uint64_t> words) {
  for (std::size_t i = words.size(); i-- > 1;) words[i] -= words[i - 1];
}

/// The way back.
void add_up(std::span<std::int64_t> values) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    values[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(values[i]) +
                                          static_cast<std::uint64_t>(values[i - 1]));
  }
}

struct Attempt {
  unsigned order = 0;
  Words words;
  Packing packing;
  std::size_t bytes = 0;
};

Attempt best_order(std::span<const std::int64_t> values) {
  Words words(values.begin(), values.end());
  std::optional<Attempt> best;
  for (unsigned order = 0; order < kOrders && order <= words.size(); ++order) {
    if (order > 0) difference(std::span(words).subspan(order - 1));
    const auto body =
        std::span<const std::uint64_t>(words).subspan(std::min<std::size_t>(order, words.size()));
    const auto packing = packing_of(body);
    const auto bytes = packed_bytes(body.size(), packing.width) + order * 5;
    if (!best || bytes < best->bytes) best = Attempt{order, words, packing, bytes};
  }
  return std::move(*best);
}

std::int64_t scaled(double value, unsigned decimals) {
  return static_cast<std::int64_t>(std::nearbyint(value * kPowers[decimals]));
}

/// Small enough that the whole number and its way back are exact.
bool fits(double value, unsigned decimals) { return std::abs(value * kPowers[decimals]) < 9e15; }

bool reads_back(double value, unsigned decimals) {
  // Through the integer: it is there that the sign of -0.0 gets lost.
  const double again = static_cast<double>(scaled(value, decimals)) / kPowers[decimals];
  return std::bit_cast<std::uint64_t>(again) == std::bit_cast<std::uint64_t>(value);
}

/// How many decimals are enough for all of them; empty when they are not decimals.
std::optional<unsigned> decimals_of(std::span<const double> values) {
  unsigned decimals = 0;
  for (const double value : values) {
    while (fits(value, decimals) && !reads_back(value, decimals)) {
      if (++decimals > kDecimalsMax) return std::nullopt;
    }
    if (!fits(value, decimals)) return std::nullopt;
  }
  // A value that needs few decimals may be spoilt by the many of a later one.
  const bool all = std::all_of(values.begin(), values.end(), [&](double value) {
    return fits(value, decimals) && reads_back(value, decimals);
  });
  return all ? std::optional(decimals) : std::nullopt;
}

}  // namespace

void write_column(ByteWriter& out, std::span<const std::int64_t> values, std::int64_t reference) {
  if (values.empty()) return;
  std::vector<std::int64_t> offsets(values.begin(), values.end());
  for (auto& value : offsets)
    value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) -
                                      static_cast<std::uint64_t>(reference));
  const auto best = best_order(offsets);
  out.fixed(static_cast<std::uint8_t>(best.order * kTagsPerOrder + best.packing.width));
  const auto words = std::span<const std::uint64_t>(best.words);
  for (const auto head : words.first(best.order))
    out.signed_varint(static_cast<std::int64_t>(head));
  out.signed_varint(static_cast<std::int64_t>(best.packing.base));
  if (best.packing.width == 0) return;
  out.varint(best.packing.step);
  write_bits(out, words.subspan(best.order), best.packing);
}

namespace {

void decode_column(ByteReader& in, std::span<std::int64_t> values, std::size_t total) {
  if (total == 0) return;
  const auto tag = in.fixed<std::uint8_t>();
  const unsigned order = tag / kTagsPerOrder;
  Packing packing{.width = tag % kTagsPerOrder};
  if (order >= kOrders || order > total || values.size() > total) in.fail();
  if (!in.ok()) return;
  for (std::size_t i = 0; i < order; ++i) {
    const auto head = in.signed_varint();
    if (i < values.size()) values[i] = head;
  }
  packing.base = static_cast<std::uint64_t>(in.signed_varint());
  const auto body = values.subspan(std::min<std::size_t>(order, values.size()));
  if (packing.width == 0) {
    std::fill(body.begin(), body.end(), static_cast<std::int64_t>(packing.base));
  } else {
    packing.step = in.varint();
    const auto packed = in.raw(packed_bytes(total - order, packing.width));
    if (in.ok()) read_bits(packed, packing, body);
  }
  if (!in.ok()) return;
  for (unsigned from = order; from-- > 0;) {
    if (from < values.size()) add_up(values.subspan(from));
  }
}

}  // namespace

ColumnView ColumnView::open(ByteReader& in, std::size_t count, std::int64_t reference) {
  ColumnView view;
  if (count > kColumnMax) in.fail();
  const auto before = in.rest();
  decode_column(in, {}, count);
  if (!in.ok()) return view;
  view.bytes_ = before.substr(0, before.size() - in.left());
  view.count_ = count;
  view.reference_ = reference;
  return view;
}

std::int64_t ColumnView::at(std::size_t i) const {
  std::vector<std::int64_t> values(i + 1);
  decode(values);
  return values.back();
}

void ColumnView::decode(std::span<std::int64_t> out) const {
  ByteReader in(bytes_);
  decode_column(in, out, count_);
  for (auto& value : out)
    value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) +
                                      static_cast<std::uint64_t>(reference_));
}

std::size_t ColumnView::upper_bound(std::int64_t limit) const {
  std::vector<std::int64_t> values(count_);
  decode(values);
  return static_cast<std::size_t>(std::upper_bound(values.begin(), values.end(), limit) -
                                  values.begin());
}

bool ColumnView::random_access() const { return false; }

void read_column(ByteReader& in, std::span<std::int64_t> values, std::size_t total,
                 std::int64_t reference) {
  if (values.size() > total) in.fail();
  const auto view = ColumnView::open(in, total, reference);
  if (in.ok()) view.decode(values);
}

std::vector<std::int64_t> read_column(ByteReader& in, std::size_t count, std::int64_t reference) {
  const auto view = ColumnView::open(in, count, reference);
  std::vector<std::int64_t> values(view.count());
  view.decode(values);
  return values;
}

void write_values(ByteWriter& out, std::span<const double> values) {
  if (values.empty()) return;
  const auto decimals = decimals_of(values);
  std::vector<std::int64_t> column(values.size());
  out.fixed(decimals ? static_cast<std::uint8_t>(*decimals) : kAsBits);
  if (decimals) {
    std::transform(values.begin(), values.end(), column.begin(),
                   [&](double v) { return scaled(v, *decimals); });
  } else {
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto bits = std::bit_cast<std::uint64_t>(values[i]);
      column[i] = static_cast<std::int64_t>(bits ^ before);
      before = bits;
    }
  }
  write_column(out, column);
}

ValuesView ValuesView::open(ByteReader& in, std::size_t count) {
  ValuesView view;
  if (count == 0) return view;
  view.decimals_ = in.fixed<std::uint8_t>();
  if (view.decimals_ > kDecimalsMax && view.decimals_ != kAsBits) in.fail();
  view.column_ = ColumnView::open(in, count);
  return view;
}

double ValuesView::at(std::size_t i) const {
  std::vector<double> values(i + 1);
  decode(values);
  return values.back();
}

void ValuesView::decode(std::span<double> out) const {
  std::vector<std::int64_t> column(out.size());
  column_.decode(column);
  if (decimals_ != kAsBits) {
    std::transform(column.begin(), column.end(), out.begin(),
                   [this](std::int64_t n) { return static_cast<double>(n) / kPowers[decimals_]; });
    return;
  }
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    bits ^= static_cast<std::uint64_t>(column[i]);
    out[i] = std::bit_cast<double>(bits);
  }
}

void read_values(ByteReader& in, std::span<double> values, std::size_t total) {
  if (values.size() > total) in.fail();
  const auto view = ValuesView::open(in, total);
  if (in.ok()) view.decode(values);
}

void write_double(ByteWriter& out, double value) {
  const auto decimals = decimals_of({&value, 1});
  out.fixed(decimals ? static_cast<std::uint8_t>(*decimals) : kAsBits);
  if (decimals)
    out.signed_varint(scaled(value, *decimals));
  else
    out.fixed(value);
}

double read_double(ByteReader& in) {
  const auto decimals = in.fixed<std::uint8_t>();
  if (decimals == kAsBits) return in.fixed<double>();
  if (decimals > kDecimalsMax) in.fail();
  return in.ok() ? static_cast<double>(in.signed_varint()) / kPowers[decimals] : 0.0;
}

}  // namespace gemel::history::detail
