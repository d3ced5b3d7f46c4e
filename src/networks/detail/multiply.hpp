#pragma once
// Products of matrices that lie dense in memory.

#include <cstddef>
#include <cstdint>

#include "networks/detail/kernels.hpp"

namespace gemel::networks::detail {

enum class Turn : std::uint8_t { None, First, Second };

/// c = a b or c += a b. Shapes: c rows x columns; a rows x inner, lying inner x rows when
/// Turn::First; b inner x columns, lying columns x inner when Turn::Second.
inline void multiply_dense(std::size_t rows, std::size_t columns, std::size_t inner, const float* a,
                           const float* b, float* c, Turn turn, bool add) {
  const bool first = turn == Turn::First, second = turn == Turn::Second;
  kernels().multiply({rows, columns, inner, a, first ? rows : inner, first, b,
                      second ? inner : columns, second, c, columns, add});
}

}  // namespace gemel::networks::detail
