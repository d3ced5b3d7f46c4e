#include "networks/tape.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "networks/onnx_graph.hpp"

namespace gemel::networks {

Var Tape::add(Node node) {
  nodes_.push_back(std::move(node));
  return {nodes_.size() - 1};
}

Var Tape::input(Shape shape) {
  Node node;
  node.value.resize(count(shape));
  node.shape = std::move(shape);
  return add(std::move(node));
}

Var Tape::parameter(const Parameter& parameter) {
  for (const auto index : parameters_) {
    if (nodes_[index].parameter == &parameter) return {index};
  }
  Node node;
  node.shape = parameter.value.shape;
  node.parameter = &parameter;
  node.learns = true;
  node.gradient.resize(parameter.value.values.size());
  parameters_.push_back(nodes_.size());
  return add(std::move(node));
}

Var Tape::constant(Tensor tensor) {
  Node node;
  node.shape = std::move(tensor.shape);
  node.value = std::move(tensor.values);
  node.is_constant = true;
  return add(std::move(node));
}

Var Tape::apply(std::unique_ptr<Op> op, std::vector<Var> inputs) {
  Node node;
  std::vector<Shape> shapes;
  for (const auto v : inputs) {
    node.inputs.push_back(v.index);
    node.learns = node.learns || nodes_[v.index].learns;
    shapes.push_back(nodes_[v.index].shape);
  }
  node.shape = op->prepare(shapes);
  node.op = std::move(op);
  node.value.resize(count(node.shape));
  if (node.learns) node.gradient.resize(node.value.size());
  return add(std::move(node));
}

std::span<float> Tape::fill(Var v) {
  GEMEL_CHECK(nodes_[v.index].op == nullptr && nodes_[v.index].parameter == nullptr);
  return nodes_[v.index].value;
}

const float* Tape::value_of(const Node& node) const {
  return node.parameter != nullptr ? node.parameter->value.values.data() : node.value.data();
}

std::span<const float> Tape::value(Var v) const {
  const auto& node = nodes_[v.index];
  return {value_of(node), count(node.shape)};
}

std::span<const float> Tape::gradient(std::size_t i) const {
  return nodes_[parameters_[i]].gradient;
}

std::vector<Operand> Tape::operands(const Node& node, bool gradients) {
  std::vector<Operand> out;
  for (const auto index : node.inputs) {
    auto& from = nodes_[index];
    out.push_back(
        {&from.shape, value_of(from), gradients && from.learns ? from.gradient.data() : nullptr});
  }
  return out;
}

void Tape::run(Mode mode) {
  for (auto& node : nodes_) {
    if (node.op) node.op->forward(operands(node, false), node.value.data(), mode);
  }
}

void Tape::backward(Var loss) {
  GEMEL_CHECK(nodes_[loss.index].value.size() == 1 && nodes_[loss.index].learns);
  for (auto& node : nodes_) std::ranges::fill(node.gradient, 0.0F);
  nodes_[loss.index].gradient[0] = 1.0F;
  for (std::size_t i = loss.index + 1; i-- > 0;) {
    auto& node = nodes_[i];
    if (!node.op || !node.learns) continue;
    node.op->backward(operands(node, true), node.value.data(), node.gradient.data());
  }
}

std::string Tape::to_onnx(Var input, const std::string& input_name, Var output,
                          const std::string& output_name, const OnnxStyle& style) const {
  OnnxGraph graph;
  std::vector<std::string> names(nodes_.size());
  graph.input(input_name, shape(input));
  names[input.index] = input_name;
  const auto known = [&](const Node& node) -> Tensor {
    Tensor tensor;
    tensor.shape = node.shape;
    const float* values = value_of(node);
    tensor.values.assign(values, values + count(node.shape));
    return tensor;
  };
  for (std::size_t i = 0; i <= output.index; ++i) {
    const auto& node = nodes_[i];
    if (!node.op) {
      if (i == input.index) continue;
      names[i] = node.parameter != nullptr ? node.parameter->name : graph.fresh("constant");
      graph.constant(names[i], node.shape,
                     std::span<const float>(value_of(node), count(node.shape)));
      continue;
    }
    std::vector<OnnxOperand> operands;
    std::vector<Tensor> tensors;
    tensors.reserve(node.inputs.size());
    for (const auto from : node.inputs) {
      const bool fixed = nodes_[from].parameter != nullptr || nodes_[from].is_constant;
      if (fixed) tensors.push_back(known(nodes_[from]));
      operands.push_back({names[from], nodes_[from].shape, fixed ? &tensors.back() : nullptr});
    }
    names[i] = node.op->write(graph, operands, node.shape, style);
  }
  graph.output(names[output.index], output_name, shape(output));
  return graph.finish("gemel_network", "1");
}

}  // namespace gemel::networks
