#pragma once
// The parts of a model description that read_description() puts together.

#include <map>
#include <string>

#include "fmu/description.hpp"
#include "xml/document.hpp"

namespace gemel::fmu::detail {

/// What variables take from the type that they name.
struct DeclaredType {
  std::string unit;
  std::optional<double> min, max, nominal;
};
using DeclaredTypes = std::map<std::string, DeclaredType, std::less<>>;

DeclaredTypes read_types(xml::Document& xml, const ModelDescription& so_far);
/// Fills in `variables` and `by_name`.
void read_variables(xml::Document& xml, const DeclaredTypes& types, ModelDescription& into);
/// After the variables: the order and the names of what there is.
void read_structure(xml::Document& xml, ModelDescription& into);
/// What elements say of each other: clocks, dimensions, derivatives.
void check_references(xml::Document& xml, const ModelDescription& description);

/// Whether `text` can be a value of that type.
bool fits(Type type, std::string_view text);

}  // namespace gemel::fmu::detail
