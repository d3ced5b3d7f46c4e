#include "ssp/units.hpp"

#include <algorithm>

namespace gemel::ssp {

KnownUnit known_unit(std::string_view name, const std::vector<fmu::Unit>& definitions) {
  const auto found = std::find_if(definitions.begin(), definitions.end(),
                                  [&](const fmu::Unit& each) { return each.name == name; });
  KnownUnit unit{std::string(name), {}};
  if (found != definitions.end()) unit.definition = *found;
  return unit;
}

Result<Linear> conversion(const KnownUnit& from, const KnownUnit& to) {
  if (from.name == to.name || !from.definition || !to.definition) return Linear{};
  if (from.definition->exponents != to.definition->exponents) {
    return Error{ErrorCode::InvalidInput, "a value in " + from.name + " is none in " + to.name +
                                              "; correct a unit, or set suppressUnitConversion"};
  }
  // base = factor · value + offset, for both.
  const Linear to_base{from.definition->factor, from.definition->offset};
  const Linear from_base{1.0 / to.definition->factor,
                         -to.definition->offset / to.definition->factor};
  return to_base.then(from_base);
}

}  // namespace gemel::ssp
