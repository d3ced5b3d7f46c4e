#pragma once
// Weights as eight-bit integers with one scale a column, and the ONNX operators that use them.

#include <cstdint>
#include <string>
#include <vector>

#include "networks/onnx_graph.hpp"
#include "networks/tensor.hpp"

namespace gemel::networks::detail {

/// Symmetric: value = scale of its column * integer, integers from -127 to 127.
struct Int8Weights {
  std::vector<std::int8_t> values;
  std::vector<float> scales;
};

/// Shapes: in x out, the last two dimensions of `weights`.
Int8Weights quantise_columns(const Tensor& weights);

/// x times weights, x quantised as it comes (DynamicQuantizeLinear, MatMulInteger).
std::string write_int8_product(OnnxGraph& graph, const std::string& x, const std::string& name,
                               const Tensor& weights);

}  // namespace gemel::networks::detail
