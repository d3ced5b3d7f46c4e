#pragma once
// How parameters follow their gradients.

#include <cstddef>
#include <vector>

#include "networks/parameters.hpp"

namespace gemel::networks {

/// Adam, with weights that decay apart from their gradients. Lifetime: the parameters outlive it.
/// Sources: Kingma, Ba, "Adam", ICLR 2015; Loshchilov, Hutter, ICLR 2019.
class Adam {
 public:
  explicit Adam(ParameterSet& parameters);
  /// Shapes: gradients as many as parameters, in their order.
  void step(const std::vector<std::vector<float>>& gradients, double rate, double decay);

 private:
  ParameterSet& parameters_;
  std::vector<std::vector<float>> first_, second_;
  std::size_t steps_ = 0;
};

}  // namespace gemel::networks
