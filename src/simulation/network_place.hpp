#pragma once
// Where a what-if may put a number into a network of equations.

#include <cstddef>
#include <cstdint>

namespace gemel::simulation {

/// A state, a place in the solver's parameters, or the time until some planned work.
struct NetworkPlace {
  enum class Of : std::uint8_t { State, Parameter, Maintenance };
  Of of = Of::Parameter;
  std::size_t place = 0;
  double low = 0.0, high = 0.0;  // what it may be

  bool is_state() const { return of == Of::State; }
};

}  // namespace gemel::simulation
