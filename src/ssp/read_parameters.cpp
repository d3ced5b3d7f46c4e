// Parameter sets (SSV) and mappings (SSM): files of their own, or parts of an SSD.

#include "base/text.hpp"
#include "ssp/detail/elements.hpp"

namespace gemel::ssp {
namespace {

using detail::is;
using detail::Space;

/// An enumeration's item is named; FMUs take its number.
std::string item_number(xml::Document& xml, xml::Element node,
                        const detail::Enumerations& enumerations, const std::string& value) {
  const auto found = enumerations.find(xml.text(node, "name"));
  if (found != enumerations.end()) {
    const auto item = found->second.find(value);
    if (item != found->second.end()) return std::to_string(item->second);
  }
  if (double number = 0.0; text::parse_number(value, number)) return value;
  xml.fail(node, "the item \"" + value.substr(0, 80) +
                     "\" is defined in no <Enumeration> that the attribute name names; define it "
                     "in this file's <Enumerations>");
  return {};
}

Parameter read_parameter(xml::Document& xml, xml::Element node,
                         const detail::Enumerations& enumerations) {
  detail::check_attributes(xml, node, {"name"});
  Parameter parameter;
  parameter.name = xml.required(node, "name");
  parameter.line = xml.line_of(node);
  bool there = false;
  for (const auto child : node.children()) {
    if (detail::without_meaning(child)) continue;
    const auto type = detail::type_of(child, Space::Values);
    if (!type) {
      detail::misplaced(xml, child);
      continue;
    }
    if (std::exchange(there, true)) xml.fail(node, "has more than one value");
    detail::check_attributes(xml, child, {"value", "unit", "name", "mime-type"});
    parameter.type = *type;
    parameter.unit = xml.text(child, "unit");
    parameter.value = xml.text(child, "value");
    if (!child.attribute("value")) xml.fail(child, "attribute value is missing");
    if (*type == ValueType::Real) (void)xml.number(child, "value");
    if (*type == ValueType::Integer) (void)xml.integer(child, "value");
    if (*type == ValueType::Boolean)
      parameter.value = xml.flag(child, "value", false) ? "true" : "false";
    if (*type == ValueType::Enumeration)
      parameter.value = item_number(xml, child, enumerations, parameter.value);
  }
  if (!there) xml.fail(node, "has no value: one of <Real>, <Integer>, <Boolean>, <String> …");
  return parameter;
}

}  // namespace

ParameterSet detail::read_parameter_set(xml::Document& xml, xml::Element root) {
  ParameterSet set;
  set.file = xml.name();
  if (!is(root, Space::Values, "ParameterSet")) {
    misplaced(xml, root);
    return set;
  }
  check_version(xml, root);
  Enumerations enumerations;
  for (const auto node : root.children()) {
    if (is(node, Space::Values, "Units")) set.units = read_units(xml, node);
    if (is(node, Space::Values, "Enumerations")) enumerations = read_enumerations(xml, node);
  }
  for (const auto node : root.children()) {
    if (without_meaning(node) || is(node, Space::Values, "Units") ||
        is(node, Space::Values, "Enumerations"))
      continue;
    if (!is(node, Space::Values, "Parameters")) {
      misplaced(xml, node);
      continue;
    }
    for (const auto each : node.children()) {
      if (!xml.ok()) return set;
      if (is(each, Space::Values, "Parameter")) {
        set.parameters.push_back(read_parameter(xml, each, enumerations));
      } else if (!without_meaning(each)) {
        misplaced(xml, each);
      }
    }
  }
  return set;
}

ParameterMapping detail::read_mapping(xml::Document& xml, xml::Element root) {
  ParameterMapping mapping;
  mapping.file = xml.name();
  if (!is(root, Space::Mapping, "ParameterMapping")) {
    misplaced(xml, root);
    return mapping;
  }
  check_version(xml, root);
  for (const auto node : root.children()) {
    if (!xml.ok()) return mapping;
    if (without_meaning(node)) continue;
    if (!is(node, Space::Mapping, "MappingEntry")) {
      misplaced(xml, node);
      continue;
    }
    check_attributes(xml, node, {"source", "target", "suppressUnitConversion"});
    MappingEntry entry;
    entry.source = xml.required(node, "source");
    entry.target = xml.required(node, "target");
    entry.convert_units = !xml.flag(node, "suppressUnitConversion", false);
    entry.line = xml.line_of(node);
    for (const auto child : node.children()) {
      if (without_meaning(child)) continue;
      entry.transformation = read_transformation(xml, child);
      if (!entry.transformation) misplaced(xml, child);
    }
    mapping.entries.push_back(std::move(entry));
  }
  return mapping;
}

Result<ParameterSet> read_parameter_set(std::string_view text, std::string_view name) {
  xml::Document xml(text, name);
  if (!xml.ok()) return xml.error();
  auto set = detail::read_parameter_set(xml, xml.root());
  if (!xml.ok()) return xml.error();
  return set;
}

Result<ParameterMapping> read_mapping(std::string_view text, std::string_view name) {
  xml::Document xml(text, name);
  if (!xml.ok()) return xml.error();
  auto mapping = detail::read_mapping(xml, xml.root());
  if (!xml.ok()) return xml.error();
  return mapping;
}

}  // namespace gemel::ssp
