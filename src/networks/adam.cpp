#include "networks/adam.hpp"

#include <cmath>

#include "networks/detail/kernels.hpp"

namespace gemel::networks {

Adam::Adam(ParameterSet& parameters) : parameters_(parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    first_.emplace_back(parameters[i].value.values.size());
    second_.emplace_back(parameters[i].value.values.size());
  }
}

void Adam::step(const std::vector<std::vector<float>>& gradients, double rate, double decay) {
  ++steps_;
  const auto left = [&](double beta) {
    return static_cast<float>(1.0 - std::pow(beta, static_cast<double>(steps_)));
  };
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    auto& values = parameters_[i].value.values;
    detail::kernels().adam({values.size(), values.data(), gradients[i].data(), first_[i].data(),
                            second_[i].data(), static_cast<float>(rate), 0.9F, 0.999F, 1e-8F,
                            static_cast<float>(decay), left(0.9), left(0.999)});
  }
}

}  // namespace gemel::networks
