#include "networks/detail/quantise.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::networks::detail {

Int8Weights quantise_columns(const Tensor& weights) {
  const std::size_t columns = weights.shape.back(), rows = weights.values.size() / columns;
  Int8Weights out;
  out.values.resize(weights.values.size());
  out.scales.resize(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    float largest = 0.0F;
    for (std::size_t r = 0; r < rows; ++r)
      largest = std::max(largest, std::abs(weights.values[r * columns + c]));
    const float scale = largest > 0.0F ? largest / 127.0F : 1.0F;
    out.scales[c] = scale;
    for (std::size_t r = 0; r < rows; ++r) {
      const float steps = std::round(weights.values[r * columns + c] / scale);
      out.values[r * columns + c] = static_cast<std::int8_t>(std::clamp(steps, -127.0F, 127.0F));
    }
  }
  return out;
}

std::string write_int8_product(OnnxGraph& graph, const std::string& x, const std::string& name,
                               const Tensor& weights) {
  const auto small = quantise_columns(weights);
  const auto integers =
      graph.constant(name + "_int8", weights.shape, std::span<const std::int8_t>(small.values));
  const auto scales =
      graph.constant(name + "_scales", {small.scales.size()}, std::span<const float>(small.scales));
  const auto given = graph.nodes("DynamicQuantizeLinear", {x}, 3);
  const auto sums = graph.node("MatMulInteger", {given[0], integers, given[2]});
  const auto real = graph.node("Cast", {sums}, {{"to", std::int64_t{1}}});
  return graph.node("Mul", {real, graph.node("Mul", {given[1], scales})});
}

}  // namespace gemel::networks::detail
