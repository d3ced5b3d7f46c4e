#pragma once
// The order in which the unknowns of sparse equations are taken out, so that little fills in.

#include <cstdint>
#include <set>
#include <vector>

namespace gemel::equations {

/// Of each unknown, those that stand in its equation besides itself. Symmetric.
using Ties = std::vector<std::set<std::uint32_t>>;

/// An unknown taken out, and those that it is tied to then: they are taken out later.
struct Pivot {
  std::uint32_t unknown = 0;
  std::vector<std::uint32_t> neighbours;
};

/// All unknowns, the one with the fewest ties first; taking it out ties its neighbours to each
/// other. Source: Tinney & Walker, Proc. IEEE 55, 1967 (minimum degree).
std::vector<Pivot> order_of_elimination(Ties ties);

}  // namespace gemel::equations
