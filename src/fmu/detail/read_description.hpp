#pragma once
// The parts of a model description that read_description() puts together.

#include <map>
#include <string>

#include "fmu/description.hpp"
#include "fmu/detail/xml.hpp"

namespace gemel::fmu::detail {

/// What variables take from the type that they name.
struct DeclaredType {
  std::string unit;
  std::optional<double> min, max, nominal;
};
using DeclaredTypes = std::map<std::string, DeclaredType, std::less<>>;

DeclaredTypes read_types(XmlDocument& xml, const ModelDescription& so_far);
/// Fills in `variables` and `by_name`.
void read_variables(XmlDocument& xml, const DeclaredTypes& types, ModelDescription& into);
/// After the variables: the order and the names of what there is.
void read_structure(XmlDocument& xml, ModelDescription& into);
/// What elements say of each other: clocks, dimensions, derivatives.
void check_references(XmlDocument& xml, const ModelDescription& description);

/// Whether `text` can be a value of that type.
bool fits(Type type, std::string_view text);

}  // namespace gemel::fmu::detail
