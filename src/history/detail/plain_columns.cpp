#include "history/detail/plain_columns.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace gemel::history::detail {
namespace {

// Times mostly are whole milliseconds or microseconds; 1 fits all.
constexpr std::array<std::uint64_t, 3> kSteps{1'000'000, 1'000, 1};
constexpr unsigned kDecimalsMax = 6;
constexpr std::uint8_t kAsBits = 0xff;
constexpr std::array<double, kDecimalsMax + 1> kPowers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
// Adding and taking away 1.5 · 2^52 rounds what is smaller than 2^51 to a whole number.
constexpr double kRounder = 6755399441055744.0;
constexpr double kWholeMax = 1e15;

unsigned bytes_for(std::uint64_t largest) {
  return static_cast<unsigned>((std::bit_width(largest) + 7) / 8);
}

/// Differences wrap, so that any two numbers have one.
std::uint64_t distance(std::int64_t value, std::int64_t base) {
  return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(base);
}

/// Packs every number's distance from `base` in steps; false when one is not a whole step away.
bool pack(std::span<const std::int64_t> values, std::int64_t base, std::uint64_t step,
          unsigned width, std::string& packed) {
  // Each number is stored whole; the next one overwrites what is too much.
  packed.resize(values.size() * width + sizeof(std::uint64_t));
  char* at = packed.data();
  const auto put = [&](std::uint64_t steps) {
    std::memcpy(at, &steps, sizeof(steps));
    at += width;
  };
  if (step == 1) {
    for (const auto value : values) put(distance(value, base));
  } else {
    for (const auto value : values) {
      const auto whole = distance(value, base);
      const auto steps = step == kSteps[0] ? whole / kSteps[0] : whole / kSteps[1];
      if (steps * step != whole) return false;
      put(steps);
    }
  }
  packed.resize(values.size() * width);
  return true;
}

/// In whole units of the last decimal; false when a value is none.
bool scale(std::span<const double> values, unsigned decimals, std::vector<std::int64_t>& scaled) {
  const double power = kPowers[decimals];
  scaled.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double large = values[i] * power;
    if (!(std::abs(large) < kWholeMax)) return false;
    const double whole = (large + kRounder) - kRounder;
    scaled[i] = static_cast<std::int64_t>(whole);
    // Through the whole number: it is there that the sign of -0.0 gets lost.
    const double again = static_cast<double>(scaled[i]) / power;
    if (std::bit_cast<std::uint64_t>(again) != std::bit_cast<std::uint64_t>(values[i]))
      return false;
  }
  return true;
}

}  // namespace

void write_plain(ByteWriter& out, std::span<const std::int64_t> values) {
  if (values.empty()) return;
  thread_local std::string packed;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto base = *low;
  const auto largest = distance(*high, base);
  std::size_t which = 0;
  while (!pack(values, base, kSteps[which], bytes_for(largest / kSteps[which]), packed)) ++which;
  out.fixed(static_cast<std::uint8_t>(which << 4 | bytes_for(largest / kSteps[which])));
  out.signed_varint(base);
  out.raw(packed);
}

void read_plain(ByteReader& in, std::span<std::int64_t> values) {
  if (values.empty()) return;
  const auto tag = in.fixed<std::uint8_t>();
  const unsigned width = tag & 0xf;
  const unsigned which = tag >> 4;
  if (which >= kSteps.size() || width > sizeof(std::uint64_t)) in.fail();
  const auto base = static_cast<std::uint64_t>(in.signed_varint());
  const auto packed = in.raw(values.size() * width);
  if (!in.ok()) return;
  const char* at = packed.data();
  for (auto& value : values) {
    std::uint64_t steps = 0;
    std::memcpy(&steps, at, width);
    at += width;
    value = static_cast<std::int64_t>(base + steps * kSteps[which]);
  }
}

void write_plain(ByteWriter& out, std::span<const double> values) {
  if (values.empty()) return;
  thread_local std::vector<std::int64_t> scaled;
  for (unsigned decimals = 0; decimals <= kDecimalsMax; ++decimals) {
    // The first few tell quickly that it takes more.
    if (!scale(values.first(std::min<std::size_t>(values.size(), 64)), decimals, scaled) ||
        !scale(values, decimals, scaled))
      continue;
    out.fixed(static_cast<std::uint8_t>(decimals));
    write_plain(out, std::span<const std::int64_t>(scaled));
    return;
  }
  out.fixed(kAsBits);
  out.raw({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

void read_plain(ByteReader& in, std::span<double> values) {
  if (values.empty()) return;
  const auto decimals = in.fixed<std::uint8_t>();
  if (decimals == kAsBits) {
    const auto raw = in.raw(values.size_bytes());
    if (in.ok()) std::memcpy(values.data(), raw.data(), raw.size());
    return;
  }
  if (decimals > kDecimalsMax) in.fail();
  if (!in.ok()) return;
  std::vector<std::int64_t> scaled(values.size());
  read_plain(in, scaled);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<double>(scaled[i]) / kPowers[decimals];
}

}  // namespace gemel::history::detail
