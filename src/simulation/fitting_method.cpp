#include "simulation/fitting_method.hpp"

#include <vector>

namespace gemel::simulation {
namespace {

constexpr double kManyTimeConstants = 100.0;

}  // namespace

equations::Method fitting_method(const equations::Network& network, double span_s) {
  std::vector<double> state;
  for (const auto& each : network.states()) state.push_back(each.value);
  const auto given = network.given();
  equations::NetworkRun<double> run(network);
  const double fastest = equations::spectral_radius(run, 0.0, state.data(), given.data());
  return span_s * fastest > kManyTimeConstants ? equations::Method::Chebyshev
                                               : equations::Method::DormandPrince;
}

}  // namespace gemel::simulation
