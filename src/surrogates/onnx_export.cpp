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
    const auto answers = surrogate_.processes().size();
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
      auto [mean, spread] = answer(surrogate_.processes()[k], "answer" + std::to_string(k));
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
  std::string unit_;
};

}  // namespace

std::string to_onnx(const TrainedSurrogate& surrogate) { return Export(surrogate).bytes(); }

}  // namespace gemel::surrogates
