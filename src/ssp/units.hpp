#pragma once
// From one unit to another, where both are defined by base units.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ssp/structure.hpp"

namespace gemel::ssp {

/// A unit's name, and its definition where there is one. An empty name: none is known.
struct KnownUnit {
  std::string name;
  std::optional<fmu::Unit> definition;
};

/// Looks `name` up in `definitions`.
KnownUnit known_unit(std::string_view name, const std::vector<fmu::Unit>& definitions);

/// What takes a value in `from` to one in `to`: nothing to do where a unit is unknown or the names
/// are equal. Errors: InvalidInput for units of different quantities.
Result<Linear> conversion(const KnownUnit& from, const KnownUnit& to);

}  // namespace gemel::ssp
