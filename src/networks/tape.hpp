#pragma once
// A network's arithmetic as a list of steps: recorded once, run forwards and backwards as often as
// one likes, and written out as ONNX.

#include <span>
#include <string>
#include <vector>

#include "networks/op.hpp"
#include "networks/parameters.hpp"

namespace gemel::networks {

/// A value on a tape.
struct Var {
  std::size_t index = 0;
};

/// Reverse-mode differentiation over float32 tensors whose shapes are fixed when they are recorded.
/// Threads: one a tape; several tapes may share parameters while nobody changes them.
/// Source: Griewank, Walther, "Evaluating Derivatives", 2008, chapter 3.
class Tape {
 public:
  Var input(Shape shape);
  /// Lifetime: the parameter outlives the tape.
  Var parameter(const Parameter& parameter);
  Var constant(Tensor tensor);
  Var apply(std::unique_ptr<Op> op, std::vector<Var> inputs);

  const Shape& shape(Var v) const { return nodes_[v.index].shape; }
  /// Of an input: to be filled before `run`.
  std::span<float> fill(Var v);
  std::span<const float> value(Var v) const;

  void run(Mode mode);
  /// Gradients of `loss`, one number, by every parameter. After `run`.
  void backward(Var loss);

  /// Of the i-th parameter that was put on the tape.
  std::size_t parameters() const { return parameters_.size(); }
  const Parameter& parameter(std::size_t i) const { return *nodes_[parameters_[i]].parameter; }
  std::span<const float> gradient(std::size_t i) const;

  /// The steps from `input` to `output` as the bytes of an .onnx file, with these names for both.
  std::string to_onnx(Var input, const std::string& input_name, Var output,
                      const std::string& output_name, const OnnxStyle& style) const;

 private:
  struct Node {
    Shape shape;
    std::unique_ptr<Op> op;  // null: an input, a parameter or a constant
    std::vector<std::size_t> inputs;
    const Parameter* parameter = nullptr;
    bool learns = false;  // a parameter is somewhere below
    bool is_constant = false;
    std::vector<float> value;  // of a parameter: empty, it stays where it is
    std::vector<float> gradient;
  };
  const float* value_of(const Node& node) const;
  std::vector<Operand> operands(const Node& node, bool gradients);
  Var add(Node node);

  std::vector<Node> nodes_;
  std::vector<std::size_t> parameters_;
};

}  // namespace gemel::networks
