#include "ssp/detail/elements.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gemel::ssp::detail {
namespace {

constexpr std::array<std::string_view, 4> kSpaces{
    "http://ssp-standard.org/SSP1/SystemStructureDescription",
    "http://ssp-standard.org/SSP1/SystemStructureCommon",
    "http://ssp-standard.org/SSP1/SystemStructureParameterValues",
    "http://ssp-standard.org/SSP1/SystemStructureParameterMapping"};

constexpr std::array<std::pair<std::string_view, ValueType>, 6> kTypes{
    {{"Real", ValueType::Real},
     {"Integer", ValueType::Integer},
     {"Boolean", ValueType::Boolean},
     {"String", ValueType::String},
     {"Enumeration", ValueType::Enumeration},
     {"Binary", ValueType::Binary}}};

}  // namespace

bool is(xml::Element element, Space space, std::string_view name) {
  return element.local_name() == name &&
         element.name_space() == kSpaces[static_cast<std::size_t>(space)];
}

bool without_meaning(xml::Element element) {
  static constexpr std::array<std::string_view, 6> kNames{"Annotations",       "ElementGeometry",
                                                          "ConnectorGeometry", "ConnectionGeometry",
                                                          "SystemGeometry",    "GraphicalElements"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
    return is(element, Space::Description, name) || is(element, Space::Values, name) ||
           is(element, Space::Mapping, name) || is(element, Space::Common, name);
  });
}

void check_attributes(xml::Document& xml, xml::Element element,
                      std::initializer_list<std::string_view> known) {
  for (const auto name : element.attributes()) {
    const bool foreign = name == "xmlns" || name.find(':') != std::string_view::npos;
    if (foreign || name == "id" || name == "description") continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    xml.fail(element,
             "the attribute " + std::string(name.substr(0, 80)) + " is not one of SSP 1.0 here",
             ErrorCode::Unsupported);
  }
}

void refuse(xml::Document& xml, xml::Element element, std::string_view remedy) {
  xml.fail(element, "is not supported; " + std::string(remedy), ErrorCode::Unsupported);
}

void misplaced(xml::Document& xml, xml::Element element) {
  xml.fail(element,
           "is no element of SSP 1.0 here (namespace '" +
               std::string(element.name_space().substr(0, 120)) + "')",
           ErrorCode::Unsupported);
}

void check_version(xml::Document& xml, xml::Element root) {
  const auto version = xml.required(root, "version");
  if (xml.ok() && version != "1.0") {
    xml.fail(root, "version=\"" + version.substr(0, 40) + "\"; SSP 1.0 is read: export it as that",
             ErrorCode::Unsupported);
  }
}

std::vector<fmu::Unit> read_units(xml::Document& xml, xml::Element units) {
  std::vector<fmu::Unit> read;
  for (const auto node : units.children()) {
    if (without_meaning(node)) continue;
    if (!is(node, Space::Common, "Unit")) {
      misplaced(xml, node);
      continue;
    }
    fmu::Unit unit;
    unit.name = xml.required(node, "name");
    for (const auto base : node.children()) {
      if (without_meaning(base)) continue;
      if (!is(base, Space::Common, "BaseUnit")) {
        misplaced(xml, base);
        continue;
      }
      unit.factor = xml.number(base, "factor").value_or(1.0);
      unit.offset = xml.number(base, "offset").value_or(0.0);
      static constexpr std::array<std::string_view, 8> kBase{"kg", "m",   "s",  "A",
                                                             "K",  "mol", "cd", "rad"};
      for (std::size_t i = 0; i < kBase.size(); ++i)
        unit.exponents[i] = xml.integer(base, kBase[i]);
      if (!(unit.factor != 0.0)) xml.fail(base, "a factor of zero converts nothing");
    }
    read.push_back(std::move(unit));
  }
  return read;
}

Enumerations read_enumerations(xml::Document& xml, xml::Element enumerations) {
  Enumerations read;
  for (const auto node : enumerations.children()) {
    if (without_meaning(node)) continue;
    if (!is(node, Space::Common, "Enumeration")) {
      misplaced(xml, node);
      continue;
    }
    auto& items = read[xml.required(node, "name")];
    for (const auto item : node.children()) {
      if (without_meaning(item)) continue;
      if (is(item, Space::Common, "Item")) {
        items[xml.required(item, "name")] = xml.integer(item, "value");
      } else {
        misplaced(xml, item);
      }
    }
  }
  return read;
}

std::optional<ValueType> type_of(xml::Element element, Space space) {
  for (const auto& [name, type] : kTypes) {
    if (is(element, space, name)) return type;
  }
  return std::nullopt;
}

std::optional<Linear> read_transformation(xml::Document& xml, xml::Element element) {
  if (is(element, Space::Common, "LinearTransformation")) {
    check_attributes(xml, element, {"factor", "offset"});
    return Linear{xml.number(element, "factor").value_or(1.0),
                  xml.number(element, "offset").value_or(0.0)};
  }
  for (const auto* name : {"BooleanMappingTransformation", "IntegerMappingTransformation",
                           "EnumerationMappingTransformation"}) {
    if (is(element, Space::Common, name)) refuse(xml, element, "map the values inside an FMU");
  }
  return std::nullopt;
}

}  // namespace gemel::ssp::detail
