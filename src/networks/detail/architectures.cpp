#include "networks/detail/architectures.hpp"

#include <numeric>

#include "networks/ops.hpp"

namespace gemel::networks::detail {

Var Dense::operator()(Tape& tape, Var x) const {
  return linear(tape, x, tape.parameter(*weights), tape.parameter(*bias));
}

Var Norm::operator()(Tape& tape, Var x) const {
  return layer_norm(tape, x, tape.parameter(*gain), tape.parameter(*shift));
}

InstanceNorm::InstanceNorm(Tape& tape, Var x) {
  mean = mean_last(tape, x);
  const Var off = subtract(tape, x, mean);
  const Var variance = mean_last(tape, multiply(tape, off, off));
  Tensor least(tape.shape(variance), 1e-5F);  // a signal that stands still
  spread = square_root(tape, add(tape, variance, tape.constant(std::move(least))));
  normal = divide(tape, off, spread);
}

Var InstanceNorm::restore(Tape& tape, Var y) const {
  return add(tape, multiply(tape, y, spread), mean);
}

std::vector<std::size_t> first_places(std::size_t n) {
  std::vector<std::size_t> out(n);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

}  // namespace gemel::networks::detail
