#pragma once
// Parameter bindings of all levels, and what each parameter comes to.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ssp/coupled_system.hpp"
#include "ssp/structure.hpp"
#include "ssp/units.hpp"

namespace gemel::ssp::detail {

/// A value that a binding gives, with its unit and where it stands.
struct BoundValue {
  std::string text;
  ValueType type = ValueType::Real;
  KnownUnit unit;
  bool convert_units = true;
  std::optional<Linear> transformation;
  std::string place;  // "pump.ssv:12"
};

/// By the element's path and the name in it. Later and outer bindings have replaced earlier and
/// inner ones.
using BoundValues = std::map<std::pair<std::string, std::string>, BoundValue>;

BoundValues bound_values(const SystemStructure& structure, const CoupledSystem& system,
                         std::vector<std::string>& notes);

/// What the value is in `unit`, as Instance takes it, after `transformation`.
/// Errors: InvalidInput with the place.
Result<std::string> value_in(const BoundValue& value, const KnownUnit& unit,
                             const Linear& transformation = {});

}  // namespace gemel::ssp::detail
