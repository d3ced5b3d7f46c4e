#pragma once
// What a network learns.

#include <deque>
#include <string>

#include "base/random.hpp"
#include "networks/tensor.hpp"

namespace gemel::networks {

struct Parameter {
  std::string name;
  Tensor value;
};

/// The parameters of one network, in the order in which they were made. Lifetime: a reference that
/// `add` gave stays good.
class ParameterSet {
 public:
  /// Uniform within sqrt(6 / (in + out)). Shapes: in x out, or what comes before the last two
  /// dimensions counts to both (a convolution's kernel).
  /// Source: Glorot, Bengio, AISTATS 2010.
  Parameter& weights(std::string name, Shape shape, Random& random);
  Parameter& filled(std::string name, Shape shape, float value);
  /// Normal, with this spread.
  Parameter& normal(std::string name, Shape shape, float spread, Random& random);

  std::size_t size() const { return all_.size(); }
  Parameter& operator[](std::size_t i) { return all_[i]; }
  const Parameter& operator[](std::size_t i) const { return all_[i]; }
  /// Numbers in all of them.
  std::size_t numbers() const;

 private:
  std::deque<Parameter> all_;
};

}  // namespace gemel::networks
