#pragma once
// The checksum of every byte we keep: XXH3, 64 bits.

#include <cstdint>
#include <string>
#include <string_view>

namespace gemel::history::detail {

/// `seed` tells where the bytes belong, so that a stale or misplaced copy of something valid does
/// not pass.
std::uint64_t checksum(std::string_view bytes, std::uint64_t seed = 0);

/// Always true when built for fuzzing, so that the fuzzer reaches what is behind the checksums.
bool checksum_matches(std::string_view bytes, std::uint64_t expected, std::uint64_t seed = 0);

/// `bytes` with its eight-byte checksum after it, and back; empty when it does not match.
std::string sealed(std::string bytes);
std::string_view unsealed(std::string_view bytes);

/// The lower half, for the many small things of which a file consists.
std::uint32_t short_checksum(std::string_view bytes);
/// What stands before its four-byte checksum; empty when it does not match.
std::string_view shortly_unsealed(std::string_view bytes);

}  // namespace gemel::history::detail
