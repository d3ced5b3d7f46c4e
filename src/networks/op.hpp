#pragma once
// One step of a network's arithmetic, forwards, backwards and as ONNX says it.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "networks/tensor.hpp"

namespace gemel::networks {

class OnnxGraph;

/// An input of a step while it computes.
struct Operand {
  const Shape* shape = nullptr;
  const float* value = nullptr;
  float* gradient = nullptr;  // null: nobody asks for it
};

/// An input of a step while it is written as ONNX.
struct OnnxOperand {
  std::string name;
  Shape shape;
  const Tensor* known = nullptr;  // parameters and constants: what they hold
};

struct OnnxStyle {
  bool int8 = false;  // weights as eight-bit integers
};

enum class Mode : std::uint8_t { Learning, Judging };  // Judging: no dropout

/// Belongs to one tape and may keep scratch. Threads: one.
class Op {
 public:
  virtual ~Op() = default;
  /// What it gives for inputs of these shapes; it may size its scratch by them.
  virtual Shape prepare(std::span<const Shape> inputs) = 0;
  virtual void forward(std::span<const Operand> inputs, float* out, Mode mode) = 0;
  /// Adds to the inputs' gradients. `out` and the inputs' values are those of the last forward.
  virtual void backward(std::span<const Operand> inputs, const float* out,
                        const float* out_gradient) = 0;
  /// Adds nodes for this step; the name of the last one's result.
  virtual std::string write(OnnxGraph& graph, std::span<const OnnxOperand> inputs, const Shape& out,
                            const OnnxStyle& style) const = 0;
};

}  // namespace gemel::networks
