#pragma once
// Which outputs depend on which inputs without any time passing, and in what order to evaluate.

#include <cstddef>
#include <vector>

#include "ssp/coupled_system.hpp"

namespace gemel::ssp {

/// Inputs and sources that are evaluated together. One alone, or an algebraic loop: each of them
/// depends on each other at one moment.
struct Group {
  std::vector<std::size_t> inputs;   // of CoupledSystem::inputs
  std::vector<std::size_t> sources;  // of CoupledSystem::sources
  bool loop = false;
};

/// From what is known to what depends on it. An FMU that does not say what its outputs depend on
/// may depend on all of its inputs.
///
/// Source: strongly connected components, R. Tarjan, SIAM J. Comput. 1 (1972).
struct Feedthrough {
  std::vector<Group> groups;            // in the order of evaluation
  std::vector<bool> input_matters;      // some source depends on this input at once
  std::vector<std::size_t> components;  // in the order of evaluation, for Gauss-Seidel
};

Feedthrough feedthrough_of(const CoupledSystem& system);

}  // namespace gemel::ssp
