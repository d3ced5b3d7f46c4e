#pragma once
// A short name for what something was made of.

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace gemel::inference {

/// FNV-1a over words, numbers and texts, in their order.
class Fingerprint {
 public:
  void add(std::uint64_t word) {
    for (int byte = 0; byte < 8; ++byte, word >>= 8) mix(static_cast<unsigned char>(word));
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  void add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(0);
  }
  std::string hex() const {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(hash_ >> shift) & 15U];
    return out;
  }

 private:
  void mix(unsigned char c) { hash_ = (hash_ ^ c) * 0x100000001b3ULL; }
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace gemel::inference
