#pragma once
// Dense numbers of a network: row by row, the last dimension fastest.

#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace gemel::networks {

using Shape = std::vector<std::size_t>;

/// How many numbers a tensor of this shape holds; 1 for a scalar, which has no dimensions.
inline std::size_t count(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

/// "32x8"
std::string to_string(const Shape& shape);

struct Tensor {
  Shape shape;
  std::vector<float> values;

  Tensor() = default;
  explicit Tensor(Shape of, float value = 0.0F)
      : shape(std::move(of)), values(count(shape), value) {}
};

}  // namespace gemel::networks
