#pragma once
// What the readers of SSD, SSV and SSM share.

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "ssp/structure.hpp"
#include "xml/document.hpp"

namespace gemel::ssp::detail {

enum class Space { Description, Common, Values, Mapping };

/// Whether the element is this one of SSP's.
bool is(xml::Element element, Space space, std::string_view name);
/// Annotations, and what only says how things are drawn.
bool without_meaning(xml::Element element);

/// Fails unless each attribute is one of these, of every element's (id, description), of another
/// namespace, or declares one.
void check_attributes(xml::Document& xml, xml::Element element,
                      std::initializer_list<std::string_view> known);
/// "… is not supported", with a remedy.
void refuse(xml::Document& xml, xml::Element element, std::string_view remedy);
/// For an element that has no place where it stands.
void misplaced(xml::Document& xml, xml::Element element);
/// Fails unless `version` is 1.0.
void check_version(xml::Document& xml, xml::Element root);

std::vector<fmu::Unit> read_units(xml::Document& xml, xml::Element units);
/// The numbers of items, by the enumeration's name and the item's.
using Enumerations = std::map<std::string, std::map<std::string, int>>;
Enumerations read_enumerations(xml::Document& xml, xml::Element enumerations);
/// The type that the element stands for: "Real", "Boolean" …
std::optional<ValueType> type_of(xml::Element element, Space space);
/// Nothing where the element is no transformation; fails for those that are not supported.
std::optional<Linear> read_transformation(xml::Document& xml, xml::Element element);

ParameterSet read_parameter_set(xml::Document& xml, xml::Element root);
ParameterMapping read_mapping(xml::Document& xml, xml::Element root);

}  // namespace gemel::ssp::detail
