#include "base/sobol.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "base/check.hpp"

namespace gemel {
namespace {

/// A primitive polynomial, its inner coefficients as bits, and the first direction numbers.
struct Initial {
  std::uint32_t degree, coefficients;
  std::array<std::uint32_t, 7> m;
};
constexpr std::array<Initial, Sobol::kDimensions - 1> kInitial{{
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
    {7, 7, {1, 1, 3, 13, 7, 35, 63}},
    {7, 8, {1, 3, 5, 9, 1, 25, 53}},
    {7, 14, {1, 3, 1, 13, 9, 35, 107}},
    {7, 19, {1, 3, 1, 5, 27, 61, 31}},
    {7, 21, {1, 1, 5, 11, 19, 41, 61}},
    {7, 28, {1, 3, 5, 3, 3, 13, 69}},
    {7, 31, {1, 1, 7, 13, 1, 19, 1}},
    {7, 32, {1, 3, 7, 5, 13, 19, 59}},
    {7, 37, {1, 1, 3, 9, 25, 29, 41}},
    {7, 41, {1, 3, 5, 13, 23, 1, 55}},
    {7, 42, {1, 3, 7, 3, 13, 59, 17}},
}};

std::uint64_t hash(std::uint64_t x) {  // splitmix64's finaliser
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Each digit is flipped, or not, by what stands before it.
std::uint32_t scramble(std::uint32_t point, std::uint64_t seed) {
  std::uint32_t out = 0;
  for (unsigned bit = 0; bit < 32; ++bit) {
    const std::uint64_t before = bit == 0 ? 0 : point >> (32 - bit);
    const auto flip = static_cast<std::uint32_t>(
        hash(seed + (before | std::uint64_t{1} << bit) * 0x9e3779b97f4a7c15ULL) >> 63);
    out |= ((point >> (31 - bit) & 1u) ^ flip) << (31 - bit);
  }
  return out;
}

/// The digits of `x`, each followed by a zero.
std::uint64_t spread_out(std::uint64_t x) {
  x = (x | x << 16) & 0x0000ffff0000ffffULL;
  x = (x | x << 8) & 0x00ff00ff00ff00ffULL;
  x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fULL;
  x = (x | x << 2) & 0x3333333333333333ULL;
  return (x | x << 1) & 0x5555555555555555ULL;
}

}  // namespace

Sobol::Sobol(std::size_t dimensions, std::uint64_t seed)
    : dimensions_(dimensions), seed_(hash(seed + 0x9e3779b97f4a7c15ULL)) {
  const std::size_t coordinates = dimensions <= kSmoothDimensions ? 2 * dimensions : dimensions;
  for (std::size_t d = 0; d < std::min(coordinates, kDimensions); ++d) {
    std::array<std::uint32_t, 32> v{};
    if (d == 0) {
      for (unsigned i = 0; i < 32; ++i) v[i] = 1u << (31 - i);
    } else {
      const auto& [degree, coefficients, m] = kInitial[d - 1];
      for (unsigned i = 0; i < 32; ++i) {
        if (i < degree) {
          v[i] = m[i] << (31 - i);
          continue;
        }
        v[i] = v[i - degree] ^ (v[i - degree] >> degree);
        for (unsigned k = 1; k < degree; ++k)
          v[i] ^= (coefficients >> (degree - 1 - k) & 1u) * v[i - k];
      }
    }
    directions_.insert(directions_.end(), v.begin(), v.end());
  }
}

std::uint32_t Sobol::scrambled(std::size_t index, std::size_t coordinate) const {
  std::uint32_t point = 0;
  const std::uint32_t* const v = &directions_[coordinate * 32];
  for (auto rest = static_cast<std::uint32_t>(index); rest != 0; rest &= rest - 1)
    point ^= v[std::countr_zero(rest)];
  return scramble(point, hash(seed_ ^ (coordinate + 1) * 0xd1342543de82ef95ULL));
}

double Sobol::at(std::size_t index, std::size_t dimension) const {
  GEMEL_CHECK(dimension < dimensions_ && index < kPointsMax);
  const auto within = [](std::uint64_t digits) {
    return (static_cast<double>(digits >> 12) + 0.5) * 0x1.0p-52;
  };
  if (dimensions_ <= kSmoothDimensions) {
    return within(spread_out(scrambled(index, 2 * dimension)) << 1 |
                  spread_out(scrambled(index, 2 * dimension + 1)));
  }
  if (dimension < kDimensions) return within(std::uint64_t{scrambled(index, dimension)} << 32);
  return within(
      hash(hash(seed_ ^ (dimension + 1) * 0xd1342543de82ef95ULL) + index * 0x9e3779b97f4a7c15ULL));
}

}  // namespace gemel
