#pragma once
// Unsigned numbers of one width in bits, one behind the other, lowest bit first.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/bytes.hpp"

namespace gemel::history::detail {

constexpr std::size_t packed_bytes(std::size_t count, unsigned width) {
  return (count * width + 7) / 8;
}

constexpr std::uint64_t low_bits(unsigned width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

/// Packed numbers somewhere in a buffer. Whoever makes one has seen to it that the numbers end
/// before the buffer does.
struct PackedBits {
  const char* at = nullptr;
  const char* buffer_end = nullptr;  // whole words may be read up to here
  unsigned width = 0;

  /// Takes `count` numbers from `in`, which fails when they are not there.
  static PackedBits open(ByteReader& in, std::size_t count, unsigned width) {
    const auto buffer = in.rest();
    in.raw(packed_bytes(count, width));
    return {buffer.data(), buffer.data() + buffer.size(), width};
  }
  /// Fewer than a word's. Apart, since copying how many ever is slow.
  [[gnu::noinline]] static std::uint64_t last_bytes(const char* at, std::size_t left) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    return word;
  }
  /// The `width` bits from bit `bit` on; up to nine bytes hold them.
  static std::uint64_t bits(const char* at, const char* buffer_end, std::size_t bit,
                            unsigned width) {
    at += bit / 8;
    const unsigned shift = bit % 8;
    const auto left = static_cast<std::size_t>(buffer_end - at);
    std::uint64_t word;
    if (left >= sizeof(word)) [[likely]]
      std::memcpy(&word, at, sizeof(word));
    else
      word = last_bytes(at, left);
    word >>= shift;
    if (shift + width > 64)
      word |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(at[8])) << (64 - shift);
    return word & low_bits(width);
  }
  std::uint64_t operator[](std::size_t i) const {
    return width == 0 ? 0 : bits(at, buffer_end, i * width, width);
  }
  /// Of `count` numbers in ascending order, the place of the first that is ≥ `key`.
  std::size_t lower_bound(std::size_t count, std::uint64_t key) const {
    std::size_t low = 0;
    // Without a jump for the processor to guess.
    for (; count > 1; count -= count / 2) low += (*this)[low + count / 2 - 1] < key ? count / 2 : 0;
    if (count == 1 && (*this)[low] < key) ++low;
    return low;
  }
  /// Numbers `from`, `from` + 1, …; `from` is a multiple of 8.
  void unpack(std::size_t from, std::span<std::uint64_t> out) const;
};

/// Appends packed numbers to `out`; the caller's last call must be finish().
class BitPacker {
 public:
  BitPacker(ByteWriter& out, std::size_t count, unsigned width)
      : at_(out.extend(packed_bytes(count, width))), width_(width) {}
  /// value < 2^width
  void put(std::uint64_t value) {
    word_ |= value << filled_;
    filled_ += width_;
    if (filled_ < 64) return;
    std::memcpy(at_, &word_, sizeof(word_));
    at_ += sizeof(word_);
    filled_ -= 64;
    // What did not fit; a shift by 64 would be undefined.
    word_ = filled_ == 0 ? 0 : value >> (width_ - filled_);
  }
  /// Goes on with numbers of another width.
  void width(unsigned width) { width_ = width; }
  void finish() { std::memcpy(at_, &word_, (filled_ + 7) / 8); }

 private:
  char* at_;
  unsigned width_;
  unsigned filled_ = 0;
  std::uint64_t word_ = 0;
};

inline void PackedBits::unpack(std::size_t from, std::span<std::uint64_t> out) const {
  if (width == 0) {
    std::memset(out.data(), 0, out.size_bytes());
    return;
  }
  const auto mask = low_bits(width);
  const auto start = from * width;  // in bits; whole bytes, for `from` is a multiple of 8
  const char* here = at + start / 8;
  const auto left = static_cast<std::size_t>(buffer_end - here);
  std::size_t i = 0;
  if (width <= 8) {
    // Eight numbers are `width` bytes: one word holds them.
    for (; i + 8 <= out.size() && (i / 8) * width + 8 <= left; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, here + (i / 8) * width, sizeof(word));
      for (unsigned j = 0; j < 8; ++j) out[i + j] = (word >> (j * width)) & mask;
    }
  } else if (width <= 57) {
    for (; i < out.size() && i * width / 8 + 8 <= left; ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, here + i * width / 8, sizeof(word));
      out[i] = (word >> (i * width % 8)) & mask;
    }
  }
  for (; i < out.size(); ++i) out[i] = bits(here, buffer_end, i * width, width);
}

}  // namespace gemel::history::detail
