// x W + b.

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "networks/detail/multiply.hpp"
#include "networks/detail/quantise.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

using detail::multiply_dense;
using detail::Turn;

class Linear final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    GEMEL_CHECK(in.size() == 3 && in[1].size() == 2 && !in[0].empty());
    in_ = in[1][0];
    out_ = in[1][1];
    GEMEL_CHECK(in[0].back() == in_ && count(in[2]) == out_);
    rows_ = count(in[0]) / in_;
    Shape out = in[0];
    out.back() = out_;
    return out;
  }

  void forward(std::span<const Operand> in, float* out, Mode) override {
    for (std::size_t row = 0; row < rows_; ++row) std::copy_n(in[2].value, out_, out + row * out_);
    multiply_dense(rows_, out_, in_, in[0].value, in[1].value, out, Turn::None, true);
  }

  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    if (in[0].gradient)
      multiply_dense(rows_, in_, out_, grad, in[1].value, in[0].gradient, Turn::Second, true);
    if (in[1].gradient)
      multiply_dense(in_, out_, rows_, in[0].value, grad, in[1].gradient, Turn::First, true);
    if (in[2].gradient) {
      for (std::size_t row = 0; row < rows_; ++row) {
        for (std::size_t i = 0; i < out_; ++i) in[2].gradient[i] += grad[row * out_ + i];
      }
    }
  }

  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle& style) const override {
    const std::string product =
        style.int8 && in[1].known != nullptr
            ? detail::write_int8_product(graph, in[0].name, in[1].name, *in[1].known)
            : graph.node("MatMul", {in[0].name, in[1].name});
    return graph.node("Add", {product, in[2].name});
  }

 private:
  std::size_t rows_ = 0, in_ = 0, out_ = 0;
};

}  // namespace

Var linear(Tape& tape, Var x, Var weights, Var bias) {
  return tape.apply(std::make_unique<Linear>(), {x, weights, bias});
}

}  // namespace gemel::networks
