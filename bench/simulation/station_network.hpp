#pragma once
// A pump station of equations: two lines from a river into one riser and a tank.

#include "equations/network.hpp"

namespace gemel::bench {

equations::Network make_station();
/// The same with what moves it: drives and actuators with lags of 2 s, a controller that holds the
/// tank, a town that changes within hours.
equations::Network make_moved_station();

}  // namespace gemel::bench
