#pragma once
// Points that fill a cube more evenly than chance does, scrambled so that averages over them are
// unbiased: what an ensemble takes in place of random numbers.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gemel {

/// Sobol's sequence with direction numbers of Joe and Kuo and Owen's nested uniform scrambling. Of
/// up to kSmoothDimensions numbers, the digits of two coordinates each are interlaced: for smooth
/// functions of them the error of an average then falls with the power 2.5 of the count of points,
/// not 1.5. Use powers of two of its points. Beyond kDimensions, coordinates are independent random
/// numbers.
/// Sources: Sobol, USSR Comput. Math. Math. Phys. 7, 1967; Joe & Kuo, SIAM J. Sci. Comput. 30,
/// 2008; Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995; Dick, "Higher order
/// scrambled digital nets achieve the optimal rate", Ann. Statist. 39, 2011.
/// Threads: any; immutable.
class Sobol {
 public:
  static constexpr std::size_t kDimensions = 32;
  static constexpr std::size_t kSmoothDimensions = kDimensions / 2;
  static constexpr std::size_t kPointsMax = std::size_t{1} << 32;

  Sobol(std::size_t dimensions, std::uint64_t seed);
  /// Coordinate `dimension` of point `index` < kPointsMax, within (0, 1).
  double at(std::size_t index, std::size_t dimension) const;
  std::size_t dimensions() const { return dimensions_; }

 private:
  std::uint32_t scrambled(std::size_t index, std::size_t coordinate) const;

  std::size_t dimensions_;
  std::uint64_t seed_;
  std::vector<std::uint32_t> directions_;  // 32 of each coordinate
};

}  // namespace gemel
