// The recurrent layer.

#include <algorithm>

#include "base/check.hpp"
#include "networks/detail/multiply.hpp"
#include "networks/detail/quantise.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

using detail::kernels;
using detail::multiply_dense;
using detail::Turn;

/// Rows and columns of the leading two dimensions change places: batch first <-> rows first.
void swap_leading(std::size_t a, std::size_t b, std::size_t inner, const float* from, float* to) {
  for (std::size_t i = 0; i < a; ++i) {
    for (std::size_t j = 0; j < b; ++j)
      std::copy_n(from + (i * b + j) * inner, inner, to + (j * a + i) * inner);
  }
}

/// Inside, rows come first, so that one step's numbers lie together.
class Lstm final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    GEMEL_CHECK(in.size() == 4 && in[0].size() == 3);
    batch_ = in[0][0], rows_ = in[0][1], in_ = in[0][2], width_ = in[2][0];
    GEMEL_CHECK(in[1] == (Shape{in_, 4 * width_}) && in[2] == (Shape{width_, 4 * width_}) &&
                count(in[3]) == 4 * width_);
    x_.resize(rows_ * batch_ * in_);
    gates_.resize(rows_ * batch_ * 4 * width_);
    for (auto* values : {&state_, &cell_, &cell_tanh_, &grad_})
      values->resize(rows_ * batch_ * width_);
    cell_grad_.resize(batch_ * width_);
    return {batch_, rows_, width_};
  }

  void forward(std::span<const Operand> in, float* out, Mode) override {
    swap_leading(batch_, rows_, in_, in[0].value, x_.data());
    const std::size_t gates = 4 * width_, step = batch_ * width_;
    for (std::size_t i = 0; i < rows_ * batch_; ++i)
      std::copy_n(in[3].value, gates, gates_.data() + i * gates);
    multiply_dense(rows_ * batch_, gates, in_, x_.data(), in[1].value, gates_.data(), Turn::None,
                   true);
    for (std::size_t t = 0; t < rows_; ++t) {
      float* now = gates_.data() + t * batch_ * gates;
      if (t > 0)
        multiply_dense(batch_, gates, width_, state_.data() + (t - 1) * step, in[2].value, now,
                       Turn::None, true);
      kernels().cell({batch_, width_, now, t > 0 ? cell_.data() + (t - 1) * step : nullptr,
                      cell_.data() + t * step, cell_tanh_.data() + t * step,
                      state_.data() + t * step});
    }
    swap_leading(rows_, batch_, width_, state_.data(), out);
  }

  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    const std::size_t gates = 4 * width_, step = batch_ * width_;
    swap_leading(batch_, rows_, width_, grad, grad_.data());
    std::ranges::fill(cell_grad_, 0.0F);
    for (std::size_t t = rows_; t-- > 0;) {
      float* now = gates_.data() + t * batch_ * gates;
      kernels().cell_back({batch_, width_, now, t > 0 ? cell_.data() + (t - 1) * step : nullptr,
                           cell_tanh_.data() + t * step, grad_.data() + t * step,
                           cell_grad_.data()});
      if (t > 0)
        multiply_dense(batch_, width_, gates, now, in[2].value, grad_.data() + (t - 1) * step,
                       Turn::Second, true);
    }
    if (in[2].gradient && rows_ > 1)
      multiply_dense(width_, gates, (rows_ - 1) * batch_, state_.data(),
                     gates_.data() + batch_ * gates, in[2].gradient, Turn::First, true);
    if (in[1].gradient)
      multiply_dense(in_, gates, rows_ * batch_, x_.data(), gates_.data(), in[1].gradient,
                     Turn::First, true);
    if (in[3].gradient) {
      for (std::size_t i = 0; i < rows_ * batch_; ++i) {
        for (std::size_t g = 0; g < gates; ++g) in[3].gradient[g] += gates_[i * gates + g];
      }
    }
    if (in[0].gradient) {
      multiply_dense(rows_ * batch_, in_, gates, gates_.data(), in[1].value, x_.data(),
                     Turn::Second, false);
      for (std::size_t b = 0; b < batch_; ++b) {
        for (std::size_t t = 0; t < rows_; ++t) {
          for (std::size_t i = 0; i < in_; ++i)
            in[0].gradient[(b * rows_ + t) * in_ + i] += x_[(t * batch_ + b) * in_ + i];
        }
      }
    }
  }

  /// ONNX wants rows first, weights turned, and two biases.
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle& style) const override {
    GEMEL_CHECK(in[1].known && in[2].known && in[3].known);
    const auto x = turned(graph, in[0].name);
    auto bias = in[3].known->values;
    bias.resize(8 * width_);
    const auto b =
        graph.constant(in[3].name + "_both", {1, 8 * width_}, std::span<const float>(bias));
    const OnnxAttribute width{"hidden_size", static_cast<std::int64_t>(width_)};
    const auto all =
        style.int8
            ? write_int8(graph, in, x, b, width)
            : graph.node("LSTM", {x, weights(graph, in[1]), weights(graph, in[2]), b}, {width});
    const auto states = graph.node("Squeeze", {all, axis(graph, 1)});  // the direction
    return turned(graph, states);
  }

 private:
  static std::string turned(OnnxGraph& graph, const std::string& name) {
    return graph.node("Transpose", {name}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}});
  }
  static std::string axis(OnnxGraph& graph, std::int64_t which) {
    return graph.constant(graph.fresh("axis"), {1}, std::span<const std::int64_t>(&which, 1));
  }
  static std::string weights(OnnxGraph& graph, const OnnxOperand& given) {
    const std::size_t rows = given.shape[0], columns = given.shape[1];
    std::vector<float> turned_values(rows * columns);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c)
        turned_values[c * rows + r] = given.known->values[r * columns + c];
    }
    return graph.constant(given.name + "_turned", {1, columns, rows},
                          std::span<const float>(turned_values));
  }

  /// ONNX Runtime's own operator: the standard has no LSTM of integers.
  static std::string write_int8(OnnxGraph& graph, std::span<const OnnxOperand> in,
                                const std::string& x, const std::string& bias,
                                const OnnxAttribute& width) {
    std::vector<std::string> inputs{x, "", "", bias, "", "", "", ""};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto& given = in[1 + i];
      const auto small = detail::quantise_columns(*given.known);
      const std::vector<std::int8_t> zeros(small.scales.size());
      inputs[1 + i] = graph.constant(given.name + "_int8", {1, given.shape[0], given.shape[1]},
                                     std::span<const std::int8_t>(small.values));
      inputs.push_back(graph.constant(given.name + "_scales", {1, small.scales.size()},
                                      std::span<const float>(small.scales)));
      inputs.push_back(graph.constant(given.name + "_zeros", {1, zeros.size()},
                                      std::span<const std::int8_t>(zeros)));
    }
    return graph.node("DynamicQuantizeLSTM", inputs, {width}, "com.microsoft");
  }

  std::size_t batch_ = 0, rows_ = 0, in_ = 0, width_ = 0;
  std::vector<float> x_, gates_, state_, cell_, cell_tanh_, grad_, cell_grad_;
};

}  // namespace

Var lstm(Tape& tape, Var x, Var weights, Var recurrent, Var bias) {
  return tape.apply(std::make_unique<Lstm>(), {x, weights, recurrent, bias});
}

}  // namespace gemel::networks
