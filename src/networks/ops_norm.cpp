// Means, norms and the loss.

#include <cmath>

#include "base/check.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

constexpr float kEpsilon = 1e-5F;  // ONNX's own for LayerNormalization

class MeanLast final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    side_ = in[0].back();
    rows_ = count(in[0]) / side_;
    Shape out = in[0];
    out.back() = 1;
    return out;
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    for (std::size_t row = 0; row < rows_; ++row) {
      float sum = 0.0F;
      for (std::size_t i = 0; i < side_; ++i) sum += in[0].value[row * side_ + i];
      out[row] = sum / static_cast<float>(side_);
    }
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    for (std::size_t row = 0; row < rows_; ++row) {
      const float part = grad[row] / static_cast<float>(side_);
      for (std::size_t i = 0; i < side_; ++i) in[0].gradient[row * side_ + i] += part;
    }
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    return graph.node("ReduceMean", {in[0].name},
                      {{"axes", std::vector<std::int64_t>{-1}}, {"keepdims", std::int64_t{1}}});
  }

 private:
  std::size_t rows_ = 0, side_ = 0;
};

class LayerNorm final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    side_ = in[0].back();
    rows_ = count(in[0]) / side_;
    GEMEL_CHECK(count(in[1]) == side_ && count(in[2]) == side_);
    normal_.resize(count(in[0]));
    narrow_.resize(rows_);
    return in[0];
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    const auto n = static_cast<float>(side_);
    for (std::size_t row = 0; row < rows_; ++row) {
      const float* x = in[0].value + row * side_;
      float* normal = normal_.data() + row * side_;
      float mean = 0.0F, spread = 0.0F;
      for (std::size_t i = 0; i < side_; ++i) mean += x[i];
      mean /= n;
      for (std::size_t i = 0; i < side_; ++i) spread += (x[i] - mean) * (x[i] - mean);
      narrow_[row] = 1.0F / std::sqrt(spread / n + kEpsilon);
      for (std::size_t i = 0; i < side_; ++i) {
        normal[i] = (x[i] - mean) * narrow_[row];
        out[row * side_ + i] = normal[i] * in[1].value[i] + in[2].value[i];
      }
    }
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    const auto n = static_cast<float>(side_);
    for (std::size_t row = 0; row < rows_; ++row) {
      const float *g = grad + row * side_, *normal = normal_.data() + row * side_;
      float sum = 0.0F, along = 0.0F;
      for (std::size_t i = 0; i < side_; ++i) {
        const float bent = g[i] * in[1].value[i];
        sum += bent;
        along += bent * normal[i];
        if (in[1].gradient) in[1].gradient[i] += g[i] * normal[i];
        if (in[2].gradient) in[2].gradient[i] += g[i];
      }
      if (!in[0].gradient) continue;
      for (std::size_t i = 0; i < side_; ++i) {
        const float bent = g[i] * in[1].value[i];
        in[0].gradient[row * side_ + i] += narrow_[row] * (bent - sum / n - normal[i] * along / n);
      }
    }
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    return graph.node("LayerNormalization", {in[0].name, in[1].name, in[2].name},
                      {{"axis", std::int64_t{-1}}, {"epsilon", kEpsilon}});
  }

 private:
  std::size_t rows_ = 0, side_ = 0;
  std::vector<float> normal_, narrow_;
};

class MeanSquaredError final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    GEMEL_CHECK(count(in[0]) == count(in[1]));
    count_ = count(in[0]);
    return {};
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    double sum = 0.0;
    for (std::size_t i = 0; i < count_; ++i) {
      const double off = in[0].value[i] - in[1].value[i];
      sum += off * off;
    }
    *out = static_cast<float>(sum / static_cast<double>(count_));
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    const float scale = 2.0F * *grad / static_cast<float>(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      const float part = scale * (in[0].value[i] - in[1].value[i]);
      if (in[0].gradient) in[0].gradient[i] += part;
      if (in[1].gradient) in[1].gradient[i] -= part;
    }
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    const auto off = graph.node("Sub", {in[0].name, in[1].name});
    return graph.node("ReduceMean", {graph.node("Mul", {off, off})},
                      {{"keepdims", std::int64_t{0}}});
  }

 private:
  std::size_t count_ = 0;
};

}  // namespace

Var mean_last(Tape& tape, Var x) { return tape.apply(std::make_unique<MeanLast>(), {x}); }
Var layer_norm(Tape& tape, Var x, Var gain, Var shift) {
  return tape.apply(std::make_unique<LayerNorm>(), {x, gain, shift});
}
Var mean_squared_error(Tape& tape, Var x, Var target) {
  return tape.apply(std::make_unique<MeanSquaredError>(), {x, target});
}

}  // namespace gemel::networks
