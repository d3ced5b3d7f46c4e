#pragma once
// Numbers as PostgreSQL sends and takes them in its binary format: big-endian, each value after its
// length. Source: PostgreSQL 15 documentation, "COPY", section "Binary Format".

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gemel::postgres::detail {

template <class T>
T big_endian(T n) {
  T swapped{};
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    swapped = static_cast<T>(static_cast<T>(swapped << 8) | (n & 0xff));
    n = static_cast<T>(n >> 8);
  }
  return swapped;
}

/// The rows of one COPY … FROM STDIN (FORMAT binary). Order: start_row(), then one call a column.
class CopyRows {
 public:
  CopyRows() { bytes_.append("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19); }

  void start_row(std::uint16_t columns) { raw(columns); }
  void int2(std::int16_t n) { field(static_cast<std::uint16_t>(n)); }
  void int4(std::int32_t n) { field(static_cast<std::uint32_t>(n)); }
  void int8(std::int64_t n) { field(static_cast<std::uint64_t>(n)); }
  void float8(double value) { field(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view text) {
    raw(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
  }
  const std::string& finish() {
    raw(std::uint16_t{0xffff});
    return bytes_;
  }

 private:
  template <class T>
  void raw(T n) {
    n = big_endian(n);
    char raw_bytes[sizeof(T)];
    std::memcpy(raw_bytes, &n, sizeof(T));
    bytes_.append(raw_bytes, sizeof(T));
  }
  template <class T>
  void field(T n) {
    raw(static_cast<std::uint32_t>(sizeof(T)));
    raw(n);
  }

  std::string bytes_;
};

}  // namespace gemel::postgres::detail
