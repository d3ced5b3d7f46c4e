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
    if (n < 0x80) {
      bytes_.push_back(static_cast<char>(n));
      return;
    }
    // Appended at once: a string checks its capacity at every append.
    char raw[kVarintMax];
    std::size_t size = 0;
    for (; n >= 0x80; n >>= 7) raw[size++] = static_cast<char>(n | 0x80);
    raw[size++] = static_cast<char>(n);
    bytes_.append(raw, size);
  }
  void signed_varint(std::int64_t n) { varint(zigzag(n)); }
  void text(std::string_view t) {
    varint(t.size());
    bytes_ += t;
  }
  void raw(std::string_view t) { bytes_ += t; }
  /// `n` bytes more, zero, to be filled by the caller before anything else is written.
  char* extend(std::size_t n) {
    bytes_.append(n, '\0');
    return bytes_.data() + bytes_.size() - n;
  }

  /// Room for so many bytes in all, and no growth until then. Growing as it goes doubles.
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  std::size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }
  /// Empty again, with the room that there was: a writer used for one thing after the other
  /// allocates nothing in the end.
  void clear() { bytes_.clear(); }

 private:
  static constexpr std::size_t kVarintMax = 10;
  std::string bytes_;
};

/// Reads what a ByteWriter wrote. Running past the end or into nonsense makes it fail for good:
/// everything read from then on is zero or empty, and ok() is false. So decoders check once, at
/// their end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  template <class T>
    requires std::is_arithmetic_v<T>
  T fixed() {
    T value{};
    if (left() < sizeof(T)) {
      fail();
      return value;
    }
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::uint64_t varint() {
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80)
      return static_cast<std::uint8_t>(*at_++);
    return long_varint();
  }
  std::int64_t signed_varint() { return unzigzag(varint()); }
  std::string_view raw(std::size_t n) {
    if (!ok_ || n > left()) {
      fail();
      return {};
    }
    const std::string_view head(at_, n);
    at_ += n;
    return head;
  }
  std::string_view text() { return raw(varint()); }
  /// How many things follow, each of at least `bytes_each` (≥ 1): so that nonsense can't ask for
  /// endless memory.
  std::size_t count(std::size_t bytes_each = 1) {
    const auto n = varint();
    if (n > left() / bytes_each) fail();
    return ok_ ? static_cast<std::size_t>(n) : 0;
  }

  void fail() {
    ok_ = false;
    at_ = end_;
  }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  /// What is not read yet.
  std::string_view rest() const { return {at_, left()}; }

 private:
  std::uint64_t long_varint() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*at_++);
      if (shift == 63 && byte > 1) break;
      n |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return n;
    }
    fail();
    return 0;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace gemel
