#pragma once
// Numbers and texts to bytes and back, little-endian and the same on every machine. For formats
// that we define.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gemel {

static_assert(std::endian::native == std::endian::little,
              "formats are written by copying little-endian numbers");

/// Small magnitudes of either sign to small unsigned numbers.
constexpr std::uint64_t zigzag(std::int64_t n) {
  return (static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t n) {
  return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
}

class ByteWriter {
 public:
  /// The number's own bytes.
  template <class T>
    requires std::is_arithmetic_v<T>
  void fixed(T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes_.append(raw, sizeof(T));
  }
  /// LEB128: seven bits a byte, the lowest first.
  void varint(std::uint64_t n) {
    while (n >= 0x80) {
      bytes_ += static_cast<char>(n | 0x80);
      n >>= 7;
    }
    bytes_ += static_cast<char>(n);
  }
  void signed_varint(std::int64_t n) { varint(zigzag(n)); }
  void text(std::string_view t) {
    varint(t.size());
    bytes_ += t;
  }
  void raw(std::string_view t) { bytes_ += t; }

  std::size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

/// Reads what a ByteWriter wrote. Running past the end or into nonsense makes it fail for good:
/// everything read from then on is zero or empty, and ok() is false. So decoders check once, at
/// their end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
    requires std::is_arithmetic_v<T>
  T fixed() {
    T value{};
    const auto raw_bytes = raw(sizeof(T));
    if (ok_) std::memcpy(&value, raw_bytes.data(), sizeof(T));
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      n |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return n;
    }
    fail();
    return 0;
  }
  std::int64_t signed_varint() { return unzigzag(varint()); }
  std::string_view raw(std::size_t n) {
    if (!ok_ || n > rest_.size()) {
      fail();
      return {};
    }
    const auto head = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return head;
  }
  std::string_view text() { return raw(varint()); }
  /// How many things follow, each of at least `bytes_each` (≥ 1): so that nonsense can't ask for
  /// endless memory.
  std::size_t count(std::size_t bytes_each = 1) {
    const auto n = varint();
    if (n > rest_.size() / bytes_each) fail();
    return ok_ ? static_cast<std::size_t>(n) : 0;
  }

  void fail() {
    ok_ = false;
    rest_ = {};
  }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace gemel
