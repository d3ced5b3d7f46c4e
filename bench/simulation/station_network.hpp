#pragma once
// A pump station of equations: two lines from a river into one riser and a tank.

#include "equations/network.hpp"

namespace gemel::bench {

equations::Network make_station();

}  // namespace gemel::bench
