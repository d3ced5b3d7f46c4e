// Attention, fused: the probabilities of all heads are kept for the way back, nothing else is.

#include <cmath>

#include "base/check.hpp"
#include "networks/detail/kernels.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

using detail::kernels;

class Attention final : public Op {
 public:
  explicit Attention(std::size_t heads) : heads_(heads) {}

  Shape prepare(std::span<const Shape> in) override {
    GEMEL_CHECK(in[0].size() == 3 && in[0] == in[1] && in[0] == in[2] && in[0][2] % heads_ == 0);
    batch_ = in[0][0], places_ = in[0][1], width_ = in[0][2], part_ = width_ / heads_;
    share_.resize(batch_ * heads_ * places_ * places_);
    share_grad_.resize(places_ * places_);
    scaled_.resize(places_ * part_);
    return in[0];
  }

  void forward(std::span<const Operand> in, float* out, Mode) override {
    each([&](std::size_t from, float* share) {
      scale_query(in[0].value + from);
      kernels().multiply({places_, places_, part_, scaled_.data(), part_, false, in[1].value + from,
                          width_, true, share, places_, false});
      kernels().softmax(places_, places_, share);
      kernels().multiply({places_, part_, places_, share, places_, false, in[2].value + from,
                          width_, false, out + from, width_, false});
    });
  }

  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    const float scale = 1.0F / std::sqrt(static_cast<float>(part_));
    each([&](std::size_t from, float* share) {
      float* to = share_grad_.data();
      kernels().multiply({places_, places_, part_, grad + from, width_, false, in[2].value + from,
                          width_, true, to, places_, false});
      if (in[2].gradient)
        kernels().multiply({places_, part_, places_, share, places_, true, grad + from, width_,
                            false, in[2].gradient + from, width_, true});
      for (std::size_t row = 0; row < places_; ++row) {
        const float* p = share + row * places_;
        float* g = to + row * places_;
        float along = 0.0F;
        for (std::size_t i = 0; i < places_; ++i) along += p[i] * g[i];
        for (std::size_t i = 0; i < places_; ++i) g[i] = scale * p[i] * (g[i] - along);
      }
      if (in[0].gradient)
        kernels().multiply({places_, part_, places_, to, places_, false, in[1].value + from, width_,
                            false, in[0].gradient + from, width_, true});
      if (in[1].gradient)
        kernels().multiply({places_, part_, places_, to, places_, true, in[0].value + from, width_,
                            false, in[1].gradient + from, width_, true});
    });
  }

  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape& shape,
                    const OnnxStyle&) const override {
    const auto sides = [&](std::vector<std::int64_t> all) {
      return graph.constant(graph.fresh("shape"), {all.size()}, std::span<const std::int64_t>(all));
    };
    const auto i = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    const auto split = sides({i(batch_), i(places_), i(heads_), i(part_)});
    const auto turned = [&](const std::string& name, std::vector<std::int64_t> order) {
      return graph.node("Transpose", {graph.node("Reshape", {name, split})},
                        {{"perm", std::move(order)}});
    };
    const auto query = turned(in[0].name, {0, 2, 1, 3});
    const auto key = turned(in[1].name, {0, 2, 3, 1});
    const auto value = turned(in[2].name, {0, 2, 1, 3});
    const auto scaled =
        graph.node("Mul", {query, graph.scalar(1.0F / std::sqrt(static_cast<float>(part_)))});
    const auto share =
        graph.node("Softmax", {graph.node("MatMul", {scaled, key})}, {{"axis", std::int64_t{-1}}});
    const auto parts = graph.node("Transpose", {graph.node("MatMul", {share, value})},
                                  {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
    return graph.node("Reshape", {parts, sides({i(shape[0]), i(shape[1]), i(shape[2])})});
  }

 private:
  /// For each head of each sequence: where its part begins, and its shares.
  template <class Take>
  void each(Take&& take) {
    for (std::size_t b = 0; b < batch_; ++b) {
      for (std::size_t h = 0; h < heads_; ++h)
        take(b * places_ * width_ + h * part_,
             share_.data() + (b * heads_ + h) * places_ * places_);
    }
  }

  void scale_query(const float* query) {
    const float scale = 1.0F / std::sqrt(static_cast<float>(part_));
    for (std::size_t row = 0; row < places_; ++row) {
      for (std::size_t i = 0; i < part_; ++i)
        scaled_[row * part_ + i] = scale * query[row * width_ + i];
    }
  }

  std::size_t heads_;
  std::size_t batch_ = 0, places_ = 0, width_ = 0, part_ = 0;
  std::vector<float> share_, share_grad_, scaled_;
};

}  // namespace

Var attention(Tape& tape, Var query, Var key, Var value, std::size_t heads) {
  return tape.apply(std::make_unique<Attention>(heads), {query, key, value});
}

}  // namespace gemel::networks
