#include "networks/parameters.hpp"

#include <cmath>

namespace gemel::networks {

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "one number";
  std::string out;
  for (const auto side : shape) out += (out.empty() ? "" : "x") + std::to_string(side);
  return out;
}

Parameter& ParameterSet::filled(std::string name, Shape shape, float value) {
  return all_.emplace_back(Parameter{std::move(name), Tensor(std::move(shape), value)});
}

Parameter& ParameterSet::weights(std::string name, Shape shape, Random& random) {
  const std::size_t sides = shape.size();
  const std::size_t in = shape[sides - 2], out = shape[sides - 1];
  auto& made = filled(std::move(name), std::move(shape), 0.0F);
  const std::size_t window = made.value.values.size() / (in * out);
  const double limit = std::sqrt(6.0 / static_cast<double>((in + out) * window));
  for (auto& v : made.value.values) v = static_cast<float>(random.uniform(-limit, limit));
  return made;
}

Parameter& ParameterSet::normal(std::string name, Shape shape, float spread, Random& random) {
  auto& made = filled(std::move(name), std::move(shape), 0.0F);
  for (auto& v : made.value.values) v = spread * static_cast<float>(random.normal());
  return made;
}

std::size_t ParameterSet::numbers() const {
  std::size_t sum = 0;
  for (const auto& parameter : all_) sum += parameter.value.values.size();
  return sum;
}

}  // namespace gemel::networks
