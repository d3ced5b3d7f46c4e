#pragma once
// The two kinds of simulation.

#include <memory>

#include "fmu/simulation.hpp"

namespace gemel::fmu::detail {

std::unique_ptr<Simulation> make_co_simulation(Instance& instance, SimulationSettings settings);
std::unique_ptr<Simulation> make_model_exchange(Instance& instance, SimulationSettings settings);

}  // namespace gemel::fmu::detail
