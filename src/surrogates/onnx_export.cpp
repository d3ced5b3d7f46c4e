#include "surrogates/onnx_export.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "networks/onnx_graph.hpp"

namespace gemel::surrogates {
namespace {

using networks::OnnxGraph;

class Export {
 public:
  explicit Export(const TrainedSurrogate& surrogate)
      : surrogate_(surrogate), d_(surrogate.factors().size()) {}

  std::string bytes() {
    const auto answers = surrogate_.trust().size();
    graph_.input("factors", {OnnxGraph::kOpen, d_});
    std::vector<double> low, width;
    for (const auto& factor : surrogate_.factors()) {
      low.push_back(factor.low);
      width.push_back(factor.high - factor.low);
    }
    unit_ = graph_.node("Div", {graph_.node("Sub", {cast("factors", networks::OnnxType::Double),
                                                    graph_.constant("low", {1, d_}, low)}),
                                graph_.constant("width", {1, d_}, width)});
    std::vector<std::string> parts(2 * answers);
    for (std::size_t k = 0; k < answers; ++k) {
      const auto name = "answer" + std::to_string(k);
      const auto* process = surrogate_.process(k);
      auto [mean, spread] = process ? answer(*process, name) : of_networks(k, name);
      parts[k] = std::move(mean);
      parts[answers + k] = std::move(spread);
    }
    graph_.output(
        cast(graph_.node("Concat", parts, {{"axis", std::int64_t{1}}}), networks::OnnxType::Float),
        "prediction", {OnnxGraph::kOpen, 2 * answers});
    return graph_.finish("surrogate", "1");
  }

 private:
  /// Matérn's covariance with each point, 5/2: experiments × points.
  std::string likeness(const GaussianProcess& process, const std::string& name) {
    const auto inside = process.inside();
    const auto points = inside.points.size() / d_;
    std::vector<double> rows(points * d_);
    for (std::size_t k = 0; k < d_; ++k) {
      for (std::size_t i = 0; i < points; ++i) rows[i * d_ + k] = inside.points[k * points + i];
    }
    const auto lengths =
        graph_.constant(name + ".lengths", {1, d_}, std::span<const double>(process.lengths()));
    const auto scaled = graph_.node("Div", {unit_, lengths});
    const auto apart =
        graph_.node("Sub", {graph_.node("Unsqueeze", {scaled, axis(1)}),
                            graph_.constant(name + ".points", {1, points, d_}, rows)});
    const auto squares = graph_.node("ReduceSum", {graph_.node("Mul", {apart, apart}), axis(2)},
                                     {{"keepdims", std::int64_t{0}}});
    const auto s = graph_.node("Sqrt", {graph_.node("Mul", {squares, number(5.0)})});
    const auto third = graph_.node("Mul", {graph_.node("Mul", {s, s}), number(1.0 / 3.0)});
    const auto polynomial = graph_.node("Add", {graph_.node("Add", {s, number(1.0)}), third});
    return graph_.node("Mul", {polynomial, graph_.node("Exp", {graph_.node("Neg", {s})})});
  }

  std::pair<std::string, std::string> answer(const GaussianProcess& process,
                                             const std::string& name) {
    const auto inside = process.inside();
    const auto points = inside.points.size() / d_;
    const auto like = likeness(process, name);
    const auto mean = graph_.node(
        "Add", {graph_.node("MatMul", {like, graph_.constant(name + ".weights", {points, 1},
                                                             inside.weights)}),
                number(inside.mean)});
    // The lower triangle, row by row; what stands above it is not told.
    std::vector<double> root(points * points, 0.0);
    for (std::size_t column = 0; column < points; ++column) {
      for (std::size_t row = column; row < points; ++row)
        root[row * points + column] = inside.root[column * points + row];
    }
    const auto half =
        graph_.node("MatMul", {like, graph_.constant(name + ".root", {points, points}, root)});
    const auto known = graph_.node("ReduceSum", {graph_.node("Mul", {half, half}), axis(1)},
                                   {{"keepdims", std::int64_t{1}}});
    const auto left = graph_.node("Max", {graph_.node("Sub", {number(1.0), known}), number(1e-12)});
    const auto variance = graph_.node(
        "Mul", {graph_.node("Add", {left, number(inside.noise)}), number(inside.variance)});
    const auto spread =
        graph_.node("Mul", {graph_.node("Sqrt", {variance}), number(inside.spread_scale)});
    return {mean, spread};
  }

  /// What all members say, once for all answers: members × experiments × answers.
  const std::string& members() {
    if (!members_.empty()) return members_;
    const auto centred = cast(
        graph_.node("Mul", {graph_.node("Sub", {unit_, number(0.5)}), number(std::sqrt(12.0))}),
        networks::OnnxType::Float);
    std::vector<std::string> said;
    for (const auto& layers : surrogate_.network()->members()) {
      std::string at = centred;
      for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto& layer = layers[i];
        const auto weights = graph_.constant(graph_.fresh("weights"), {layer.in, layer.out},
                                             std::span<const float>(layer.weights));
        const auto bias =
            graph_.constant(graph_.fresh("bias"), {layer.out}, std::span<const float>(layer.bias));
        at = graph_.node("Add", {graph_.node("MatMul", {at, weights}), bias});
        if (i + 1 < layers.size()) at = graph_.node("Relu", {at});
      }
      said.push_back(graph_.node("Unsqueeze", {at, axis(0)}));
    }
    members_ =
        cast(graph_.node("Concat", said, {{"axis", std::int64_t{0}}}), networks::OnnxType::Double);
    return members_;
  }

  std::pair<std::string, std::string> of_networks(std::size_t k, const std::string& name) {
    const auto& output = surrogate_.network()->outputs()[k];
    const std::int64_t place[] = {static_cast<std::int64_t>(k)};
    const auto said = graph_.node(
        "Gather",
        {members(), graph_.constant(name + ".place", {1}, std::span<const std::int64_t>(place))},
        {{"axis", std::int64_t{2}}});
    const auto middle =
        graph_.node("ReduceMean", {said},
                    {{"axes", std::vector<std::int64_t>{0}}, {"keepdims", std::int64_t{0}}});
    const auto apart = graph_.node("Sub", {said, middle});
    const auto squares = graph_.node("ReduceSum", {graph_.node("Mul", {apart, apart}), axis(0)},
                                     {{"keepdims", std::int64_t{0}}});
    const auto others = static_cast<double>(surrogate_.network()->members().size() - 1);
    const auto variance = graph_.node("Add", {graph_.node("Div", {squares, number(others)}),
                                              number(output.floor * output.floor)});
    return {graph_.node("Add",
                        {graph_.node("Mul", {middle, number(output.scale)}), number(output.mean)}),
            graph_.node("Mul",
                        {graph_.node("Sqrt", {variance}), number(output.scale * output.stretch)})};
  }

  std::string cast(const std::string& what, networks::OnnxType type) {
    return graph_.node("Cast", {what}, {{"to", static_cast<std::int64_t>(type)}});
  }

  std::string number(double value) {
    const double values[] = {value};
    return graph_.constant(graph_.fresh("number"), {}, std::span<const double>(values));
  }

  std::string axis(std::int64_t which) {
    const std::int64_t values[] = {which};
    return graph_.constant("axis" + std::to_string(which), {1},
                           std::span<const std::int64_t>(values));
  }

  const TrainedSurrogate& surrogate_;
  const std::size_t d_;
  OnnxGraph graph_;
  std::string unit_, members_;
};

}  // namespace

std::string to_onnx(const TrainedSurrogate& surrogate) { return Export(surrogate).bytes(); }

}  // namespace gemel::surrogates
