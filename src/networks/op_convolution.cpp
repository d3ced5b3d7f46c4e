// Two-dimensional convolution as a product: each place's surroundings laid out as a row.

#include <algorithm>

#include "base/check.hpp"
#include "networks/detail/multiply.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

using detail::multiply_dense;
using detail::Turn;

class Convolution final : public Op {
 public:
  Shape prepare(std::span<const Shape> in) override {
    GEMEL_CHECK(in[0].size() == 4 && in[1].size() == 4 && in[1][0] == in[1][1]);
    GEMEL_CHECK(in[1][0] % 2 == 1 && in[1][2] == in[0][1] && count(in[2]) == in[1][3]);
    batch_ = in[0][0], in_ = in[0][1], height_ = in[0][2], across_ = in[0][3];
    side_ = in[1][0], out_ = in[1][3];
    around_.resize(side_ * side_ * in_ * places());
    around_grad_.resize(around_.size());
    return {batch_, out_, height_, across_};
  }

  /// out (out x places) = kernel' (out x surroundings) around (surroundings x places)
  void forward(std::span<const Operand> in, float* out, Mode) override {
    for (std::size_t b = 0; b < batch_; ++b) {
      lay_out(in[0].value + b * in_ * places());
      float* here = out + b * out_ * places();
      for (std::size_t o = 0; o < out_; ++o)
        std::fill_n(here + o * places(), places(), in[2].value[o]);
      multiply_dense(out_, places(), surroundings(), in[1].value, around_.data(), here, Turn::First,
                     true);
    }
  }

  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    for (std::size_t b = 0; b < batch_; ++b) {
      const float* here = grad + b * out_ * places();
      if (in[1].gradient) {
        lay_out(in[0].value + b * in_ * places());
        multiply_dense(surroundings(), out_, places(), around_.data(), here, in[1].gradient,
                       Turn::Second, true);
      }
      if (in[2].gradient) {
        for (std::size_t o = 0; o < out_; ++o) {
          for (std::size_t p = 0; p < places(); ++p) in[2].gradient[o] += here[o * places() + p];
        }
      }
      if (in[0].gradient) {
        multiply_dense(surroundings(), places(), out_, in[1].value, here, around_grad_.data(),
                       Turn::None, false);
        gather_back(in[0].gradient + b * in_ * places());
      }
    }
  }

  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    GEMEL_CHECK(in[1].known != nullptr);
    std::vector<float> turned(in[1].known->values.size());  // out x in x side x side
    for (std::size_t k = 0; k < side_ * side_; ++k) {
      for (std::size_t c = 0; c < in_; ++c) {
        for (std::size_t o = 0; o < out_; ++o)
          turned[(o * in_ + c) * side_ * side_ + k] = in[1].known->values[(k * in_ + c) * out_ + o];
      }
    }
    const auto kernel = graph.constant(in[1].name + "_turned", {out_, in_, side_, side_},
                                       std::span<const float>(turned));
    const auto margin = static_cast<std::int64_t>(side_ / 2);
    return graph.node("Conv", {in[0].name, kernel, in[2].name},
                      {{"pads", std::vector<std::int64_t>{margin, margin, margin, margin}}});
  }

 private:
  std::size_t places() const { return height_ * across_; }
  std::size_t surroundings() const { return side_ * side_ * in_; }

  /// take(place in `around`, place in the image, how many) for every run that lies inside.
  template <class Take>
  void each(Take&& take) const {
    const auto margin = static_cast<std::ptrdiff_t>(side_ / 2);
    const auto height = static_cast<std::ptrdiff_t>(height_);
    const auto across = static_cast<std::ptrdiff_t>(across_);
    for (std::size_t k = 0; k < side_ * side_; ++k) {
      const auto down = static_cast<std::ptrdiff_t>(k / side_) - margin;
      const auto right = static_cast<std::ptrdiff_t>(k % side_) - margin;
      const auto first = std::max<std::ptrdiff_t>(0, -right);
      const auto last = std::min(across, across - right);
      if (first >= last) continue;
      for (std::size_t c = 0; c < in_; ++c) {
        for (std::ptrdiff_t y = std::max<std::ptrdiff_t>(0, -down);
             y < std::min(height, height - down); ++y) {
          const std::size_t row = (k * in_ + c) * places();
          take(row + static_cast<std::size_t>(y * across + first),
               c * places() + static_cast<std::size_t>((y + down) * across + first + right),
               static_cast<std::size_t>(last - first));
        }
      }
    }
  }

  void lay_out(const float* image) {
    std::ranges::fill(around_, 0.0F);
    each([&](std::size_t to, std::size_t from, std::size_t n) {
      std::copy_n(image + from, n, around_.data() + to);
    });
  }
  void gather_back(float* image_grad) const {
    each([&](std::size_t from, std::size_t to, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) image_grad[to + i] += around_grad_[from + i];
    });
  }

  std::size_t batch_ = 0, in_ = 0, height_ = 0, across_ = 0, side_ = 0, out_ = 0;
  std::vector<float> around_, around_grad_;
};

}  // namespace

Var convolution(Tape& tape, Var x, Var kernel, Var bias) {
  return tape.apply(std::make_unique<Convolution>(), {x, kernel, bias});
}

}  // namespace gemel::networks
