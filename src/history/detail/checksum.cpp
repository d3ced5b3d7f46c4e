#include "history/detail/checksum.hpp"

#include <string>

#include <xxhash.h>

#include "base/bytes.hpp"

namespace gemel::history::detail {

std::uint64_t checksum(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

bool checksum_matches(std::string_view bytes, std::uint64_t expected, std::uint64_t seed) {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  (void)bytes, (void)expected, (void)seed;
  return true;
#else
  return checksum(bytes, seed) == expected;
#endif
}

std::string sealed(std::string bytes) {
  ByteWriter out;
  out.fixed(checksum(bytes));
  return std::move(bytes) + out.bytes();
}

std::string_view unsealed(std::string_view bytes) {
  if (bytes.size() < sizeof(std::uint64_t)) return {};
  const auto body = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
  ByteReader tail(bytes.substr(body.size()));
  return checksum_matches(body, tail.fixed<std::uint64_t>()) ? body : std::string_view();
}

std::uint32_t short_checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(checksum(bytes));
}

std::string_view shortly_unsealed(std::string_view bytes) {
  if (bytes.size() < sizeof(std::uint32_t)) return {};
  const auto body = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
  ByteReader tail(bytes.substr(body.size()));
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  return body;
#else
  return short_checksum(body) == tail.fixed<std::uint32_t>() ? body : std::string_view();
#endif
}

}  // namespace gemel::history::detail
