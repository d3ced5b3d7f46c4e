#pragma once
// Which of the solver's methods suits a network.

#include "equations/ensemble.hpp"
#include "equations/network.hpp"

namespace gemel::simulation {

/// For spans of so many seconds: the stabilised one where they hold a hundred of the network's
/// shortest time constants, as it is described.
equations::Method fitting_method(const equations::Network& network, double span_s);

}  // namespace gemel::simulation
