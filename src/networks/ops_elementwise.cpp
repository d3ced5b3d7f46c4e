// Steps that take number by number.

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/random.hpp"
#include "networks/detail/kernels.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

enum class Sign : std::uint8_t { Add, Subtract, Multiply, Divide };

/// a ∘ b, where b's number for a's i-th is found by how b is shaped.
class Binary final : public Op {
 public:
  explicit Binary(Sign sign) : sign_(sign) {}

  Shape prepare(std::span<const Shape> in) override {
    const Shape &a = in[0], &b = in[1];
    count_ = count(a);
    const std::size_t size = count(b);
    if (a == b || (size == count_ && b.size() == a.size())) {
      inner_ = 1;
      stretch_ = Stretch::None;
    } else if (!b.empty() && b.back() == 1 && size * a.back() == count_) {
      inner_ = a.back();
      stretch_ = Stretch::Last;
    } else {
      GEMEL_CHECK(size == 1 ||
                  (b.size() <= a.size() && std::equal(b.rbegin(), b.rend(), a.rbegin())));
      inner_ = size;
      stretch_ = Stretch::First;
    }
    return a;
  }

  void forward(std::span<const Operand> in, float* out, Mode) override {
    const float *a = in[0].value, *b = in[1].value;
    switch (sign_) {
      case Sign::Add:
        return each([&](std::size_t i, std::size_t j) { out[i] = a[i] + b[j]; });
      case Sign::Subtract:
        return each([&](std::size_t i, std::size_t j) { out[i] = a[i] - b[j]; });
      case Sign::Multiply:
        return each([&](std::size_t i, std::size_t j) { out[i] = a[i] * b[j]; });
      case Sign::Divide:
        return each([&](std::size_t i, std::size_t j) { out[i] = a[i] / b[j]; });
    }
  }

  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    const float *a = in[0].value, *b = in[1].value;
    if (float* to = in[0].gradient) {
      switch (sign_) {
        case Sign::Add:
        case Sign::Subtract:
          each([&](std::size_t i, std::size_t) { to[i] += grad[i]; });
          break;
        case Sign::Multiply:
          each([&](std::size_t i, std::size_t j) { to[i] += grad[i] * b[j]; });
          break;
        case Sign::Divide:
          each([&](std::size_t i, std::size_t j) { to[i] += grad[i] / b[j]; });
          break;
      }
    }
    if (float* to = in[1].gradient) {
      switch (sign_) {
        case Sign::Add:
          each([&](std::size_t i, std::size_t j) { to[j] += grad[i]; });
          break;
        case Sign::Subtract:
          each([&](std::size_t i, std::size_t j) { to[j] -= grad[i]; });
          break;
        case Sign::Multiply:
          each([&](std::size_t i, std::size_t j) { to[j] += grad[i] * a[i]; });
          break;
        case Sign::Divide:
          each([&](std::size_t i, std::size_t j) { to[j] -= grad[i] * a[i] / (b[j] * b[j]); });
          break;
      }
    }
  }

  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    static constexpr const char* kNames[] = {"Add", "Sub", "Mul", "Div"};
    return graph.node(kNames[static_cast<std::size_t>(sign_)], {in[0].name, in[1].name});
  }

 private:
  enum class Stretch : std::uint8_t { None, First, Last };

  template <class Take>
  void each(Take&& take) const {
    if (stretch_ == Stretch::None) {
      for (std::size_t i = 0; i < count_; ++i) take(i, i);
      return;
    }
    for (std::size_t row = 0; row < count_ / inner_; ++row) {
      const std::size_t from = row * inner_;
      for (std::size_t i = 0; i < inner_; ++i) take(from + i, stretch_ == Stretch::First ? i : row);
    }
  }

  Sign sign_;
  Stretch stretch_ = Stretch::None;
  std::size_t count_ = 0, inner_ = 1;
};

class Relu final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    count_ = count(in[0]);
    return in[0];
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    for (std::size_t i = 0; i < count_; ++i) out[i] = std::max(0.0F, in[0].value[i]);
  }
  void backward(std::span<const Operand> in, const float* out, const float* grad) override {
    for (std::size_t i = 0; i < count_; ++i) in[0].gradient[i] += out[i] > 0.0F ? grad[i] : 0.0F;
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    return graph.node("Relu", {in[0].name});
  }

 private:
  std::size_t count_ = 0;
};

class SquareRoot final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    count_ = count(in[0]);
    return in[0];
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    for (std::size_t i = 0; i < count_; ++i) out[i] = std::sqrt(in[0].value[i]);
  }
  void backward(std::span<const Operand> in, const float* out, const float* grad) override {
    for (std::size_t i = 0; i < count_; ++i) in[0].gradient[i] += 0.5F * grad[i] / out[i];
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    return graph.node("Sqrt", {in[0].name});
  }

 private:
  std::size_t count_ = 0;
};

class Gelu final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    slope_.resize(count(in[0]));
    return in[0];
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    detail::kernels().gelu(slope_.size(), in[0].value, out, slope_.data());
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    for (std::size_t i = 0; i < slope_.size(); ++i) in[0].gradient[i] += grad[i] * slope_[i];
  }
  /// As ONNX Runtime's own fusion of it expects.
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    const auto& x = in[0].name;
    const auto scaled = graph.node("Div", {x, graph.scalar(std::sqrt(2.0F))});
    const auto risen = graph.node("Add", {graph.node("Erf", {scaled}), graph.scalar(1.0F)});
    return graph.node("Mul", {graph.node("Mul", {x, risen}), graph.scalar(0.5F)});
  }

 private:
  std::vector<float> slope_;
};

class Dropout final : public Op {
 public:
  Dropout(double share, std::uint64_t seed) : share_(share), random_(seed) {}
  Shape prepare(std::span<const Shape> in) override {
    kept_.resize(count(in[0]));
    return in[0];
  }
  void forward(std::span<const Operand> in, float* out, Mode mode) override {
    if (mode == Mode::Judging || share_ <= 0.0) {
      std::copy_n(in[0].value, kept_.size(), out);
      return;
    }
    // Four draws of 16 bits from one number: a draw each would be most of the layer's cost.
    const auto limit = static_cast<std::uint64_t>(share_ * 65536.0);
    const auto stretch = static_cast<float>(1.0 / (1.0 - share_));
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kept_.size(); ++i, bits >>= 16U) {
      if (i % 4 == 0) bits = random_.next();
      kept_[i] = (bits & 0xffffU) < limit ? 0.0F : stretch;
      out[i] = kept_[i] * in[0].value[i];
    }
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    for (std::size_t i = 0; i < kept_.size(); ++i) in[0].gradient[i] += kept_[i] * grad[i];
  }
  std::string write(OnnxGraph&, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    return in[0].name;
  }

 private:
  double share_;
  Random random_;
  std::vector<float> kept_;
};

}  // namespace

Var add(Tape& tape, Var a, Var b) {
  return tape.apply(std::make_unique<Binary>(Sign::Add), {a, b});
}
Var subtract(Tape& tape, Var a, Var b) {
  return tape.apply(std::make_unique<Binary>(Sign::Subtract), {a, b});
}
Var multiply(Tape& tape, Var a, Var b) {
  return tape.apply(std::make_unique<Binary>(Sign::Multiply), {a, b});
}
Var divide(Tape& tape, Var a, Var b) {
  return tape.apply(std::make_unique<Binary>(Sign::Divide), {a, b});
}
Var relu(Tape& tape, Var x) { return tape.apply(std::make_unique<Relu>(), {x}); }
Var gelu(Tape& tape, Var x) { return tape.apply(std::make_unique<Gelu>(), {x}); }
Var square_root(Tape& tape, Var x) { return tape.apply(std::make_unique<SquareRoot>(), {x}); }
Var dropout(Tape& tape, Var x, double share, std::uint64_t seed) {
  if (share <= 0.0) return x;
  return tape.apply(std::make_unique<Dropout>(share, seed), {x});
}

}  // namespace gemel::networks
