#pragma once
// Decimal numbers as they stand in plain lines, read without a detour. What is unusual is left to
// the slow and complete reader.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace gemel::connectors::line_protocol {

/// 10^0 … 10^22: those that a double holds exactly.
inline constexpr std::array<double, 23> kExactPowersOfTen{
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

inline constexpr std::uint64_t kExactWholeMax = std::uint64_t{1} << 53;

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Reads `[-]digits[.digits]` and steps `p` past it. False for anything else, or for more digits
/// than divide exactly: a mantissa below 2^53 over a power of ten up to 10^22 is one rounding, so
/// the result is the nearest double. Lifetime: a byte that is no digit must follow.
/// Source: W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990, the fast
/// case.
inline bool read_decimal(const char*& p, double& value) {
  const char* at = p;
  const bool negative = *at == '-';
  at += negative;
  const char* first = at;
  std::uint64_t mantissa = 0;
  while (is_digit(*at)) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at++ - '0');
  auto digits = at - first;
  std::ptrdiff_t decimals = 0;
  if (*at == '.') {
    first = ++at;
    while (is_digit(*at)) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at++ - '0');
    decimals = at - first;
    digits += decimals;
  }
  // 18 digits can't have overflowed.
  if (digits == 0 || digits > 18 || mantissa >= kExactWholeMax) return false;
  const double whole = static_cast<double>(mantissa);
  const double size =
      decimals == 0 ? whole : whole / kExactPowersOfTen[static_cast<std::size_t>(decimals)];
  value = negative ? -size : size;
  p = at;
  return true;
}

/// True when the eight bytes at `p` are digits; `value` is then their number.
/// Source: D. Lemire, "Quickly parsing eight digits", 2022; the bytes are folded pairwise.
inline bool read_eight_digits(const char* p, std::uint64_t& value) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, p, 8);
  constexpr std::uint64_t kHighHalves = 0xF0F0F0F0F0F0F0F0, kZeros = 0x3030303030303030;
  if ((bytes & kHighHalves) != kZeros || ((bytes + 0x0606060606060606) & kHighHalves) != kZeros) {
    return false;
  }
  bytes -= kZeros;
  bytes = bytes * 10 + (bytes >> 8);
  value = (((bytes & 0x000000FF000000FF) * 0x000F424000000064) +
           (((bytes >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >>
          32;
  return true;
}

/// Reads up to 18 digits, or 19 below 2^63, and steps `p` past them. False for anything else.
/// Lifetime: a byte that is no digit must follow, before `end`.
inline bool read_whole(const char*& p, const char* end, std::int64_t& value) {
  const char* at = p;
  std::uint64_t whole = 0, eight = 0;
  while (end - at > 8 && at - p <= 8 && read_eight_digits(at, eight)) {
    whole = whole * 100'000'000 + eight;
    at += 8;
  }
  while (is_digit(*at)) {
    whole = whole * 10 + static_cast<std::uint64_t>(*at++ - '0');
    if (at - p > 19) return false;
  }
  // 19 digits stay below 10^19 < 2^64, so nothing has wrapped.
  if (at == p || whole > static_cast<std::uint64_t>(INT64_MAX)) return false;
  value = static_cast<std::int64_t>(whole);
  p = at;
  return true;
}

}  // namespace gemel::connectors::line_protocol
