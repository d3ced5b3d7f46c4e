// Steps that move numbers and change none.

#include <algorithm>

#include "base/check.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

std::vector<std::int64_t> whole_numbers(std::span<const std::size_t> sides) {
  return {sides.begin(), sides.end()};
}

class Reshape final : public Op {
 public:
  explicit Reshape(Shape shape) : shape_(std::move(shape)) {}
  Shape prepare(std::span<const Shape> in) override {
    GEMEL_CHECK(count(in[0]) == count(shape_));
    return shape_;
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    std::copy_n(in[0].value, count(shape_), out);
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    for (std::size_t i = 0; i < count(shape_); ++i) in[0].gradient[i] += grad[i];
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    const auto sides = whole_numbers(shape_);
    const auto name =
        graph.constant(graph.fresh("shape"), {sides.size()}, std::span<const std::int64_t>(sides));
    return graph.node("Reshape", {in[0].name, name});
  }

 private:
  Shape shape_;
};

/// The place in x of each number of the result, found once.
class Transpose final : public Op {
 public:
  explicit Transpose(std::vector<std::size_t> order) : order_(std::move(order)) {}

  Shape prepare(std::span<const Shape> in) override {
    const auto& from = in[0];
    GEMEL_CHECK(order_.size() == from.size());
    Shape strides(from.size(), 1), out(from.size());
    for (std::size_t d = from.size() - 1; d-- > 0;) strides[d] = strides[d + 1] * from[d + 1];
    for (std::size_t d = 0; d < from.size(); ++d) out[d] = from[order_[d]];
    place_.resize(count(from));
    Shape at(from.size(), 0);
    std::size_t place = 0;
    for (auto& to : place_) {
      to = place;
      for (std::size_t d = out.size(); d-- > 0;) {
        place += strides[order_[d]];
        if (++at[d] < out[d]) break;
        place -= out[d] * strides[order_[d]];
        at[d] = 0;
      }
    }
    return out;
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    for (std::size_t i = 0; i < place_.size(); ++i) out[i] = in[0].value[place_[i]];
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    for (std::size_t i = 0; i < place_.size(); ++i) in[0].gradient[place_[i]] += grad[i];
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    return graph.node("Transpose", {in[0].name}, {{"perm", whole_numbers(order_)}});
  }

 private:
  std::vector<std::size_t> order_;
  std::vector<std::size_t> place_;
};

class Gather final : public Op {
 public:
  Gather(std::size_t dimension, std::vector<std::size_t> places, Shape places_shape)
      : dimension_(dimension), places_(std::move(places)), places_shape_(std::move(places_shape)) {}

  Shape prepare(std::span<const Shape> in) override {
    const auto& from = in[0];
    GEMEL_CHECK(dimension_ < from.size() && count(places_shape_) == places_.size());
    GEMEL_CHECK(std::ranges::all_of(places_, [&](auto p) { return p < from[dimension_]; }));
    const auto cut = from.begin() + static_cast<std::ptrdiff_t>(dimension_);
    outer_ = count({from.begin(), cut});
    side_ = *cut;
    inner_ = count({cut + 1, from.end()});
    Shape out(from.begin(), cut);
    out.insert(out.end(), places_shape_.begin(), places_shape_.end());
    out.insert(out.end(), cut + 1, from.end());
    return out;
  }
  void forward(std::span<const Operand> in, float* out, Mode) override {
    each([&](std::size_t from, std::size_t to) {
      std::copy_n(in[0].value + from, inner_, out + to);
    });
  }
  void backward(std::span<const Operand> in, const float*, const float* grad) override {
    each([&](std::size_t from, std::size_t to) {
      for (std::size_t i = 0; i < inner_; ++i) in[0].gradient[from + i] += grad[to + i];
    });
  }
  std::string write(OnnxGraph& graph, std::span<const OnnxOperand> in, const Shape&,
                    const OnnxStyle&) const override {
    const auto places = whole_numbers(places_);
    const auto name =
        graph.constant(graph.fresh("places"), places_shape_, std::span<const std::int64_t>(places));
    return graph.node("Gather", {in[0].name, name},
                      {{"axis", static_cast<std::int64_t>(dimension_)}});
  }

 private:
  template <class Take>
  void each(Take&& take) const {
    for (std::size_t o = 0; o < outer_; ++o) {
      for (std::size_t p = 0; p < places_.size(); ++p)
        take((o * side_ + places_[p]) * inner_, (o * places_.size() + p) * inner_);
    }
  }

  std::size_t dimension_;
  std::vector<std::size_t> places_;
  Shape places_shape_;
  std::size_t outer_ = 0, side_ = 0, inner_ = 0;
};

}  // namespace

Var reshape(Tape& tape, Var x, Shape shape) {
  return tape.apply(std::make_unique<Reshape>(std::move(shape)), {x});
}
Var transpose(Tape& tape, Var x, std::vector<std::size_t> order) {
  return tape.apply(std::make_unique<Transpose>(std::move(order)), {x});
}
Var gather(Tape& tape, Var x, std::size_t dimension, std::vector<std::size_t> places,
           Shape places_shape) {
  return tape.apply(std::make_unique<Gather>(dimension, std::move(places), std::move(places_shape)),
                    {x});
}

}  // namespace gemel::networks
