// System structure descriptions (SSD). Source: System Structure and Parameterization 1.0.

#include <array>
#include <set>

#include "ssp/detail/elements.hpp"

namespace gemel::ssp {
namespace {

using detail::is;
using detail::misplaced;
using detail::refuse;
using detail::Space;
using detail::without_meaning;

constexpr int kDepthMax = 32;
constexpr std::array<std::string_view, 5> kKinds{"input", "output", "parameter",
                                                 "calculatedParameter", "inout"};
constexpr std::array<std::string_view, 7> kValueTypes{"unsaid", "Real",        "Integer", "Boolean",
                                                      "String", "Enumeration", "Binary"};

class StructureReader {
 public:
  explicit StructureReader(xml::Document& xml) : xml_(xml) {}

  SystemStructure read() {
    SystemStructure read;
    const auto root = xml_.root();
    if (!is(root, Space::Description, "SystemStructureDescription")) {
      xml_.fail(root, "the outermost element must be <ssd:SystemStructureDescription> of SSP 1.0");
      return read;
    }
    detail::check_version(xml_, root);
    read.file = xml_.name();
    read.name = xml_.text(root, "name");
    read.description = xml_.text(root, "description");
    read.generation_tool = xml_.text(root, "generationTool");
    bool there = false;
    for (const auto node : root.children()) {
      if (!xml_.ok()) return read;
      if (is(node, Space::Description, "System")) {
        if (std::exchange(there, true)) xml_.fail(node, "there is one already; one is allowed");
        read.system = system(node, 1);
      } else if (is(node, Space::Description, "Units")) {
        read.units = detail::read_units(xml_, node);
      } else if (is(node, Space::Description, "Enumerations")) {
        (void)detail::read_enumerations(xml_, node);
      } else if (is(node, Space::Description, "DefaultExperiment")) {
        detail::check_attributes(xml_, node, {"startTime", "stopTime"});
        read.start_s = xml_.number(node, "startTime");
        read.stop_s = xml_.number(node, "stopTime");
      } else if (!without_meaning(node)) {
        misplaced(xml_, node);
      }
    }
    if (!there) xml_.fail(root, "<ssd:System> is missing");
    return read;
  }

 private:
  System system(xml::Element node, int depth) {
    System read;
    if (depth > kDepthMax) {
      xml_.fail(node, "systems are nested more than 32 deep", ErrorCode::Capacity);
      return read;
    }
    detail::check_attributes(xml_, node, {"name"});
    read.name = depth > 1 ? xml_.required(node, "name") : xml_.text(node, "name");
    read.description = xml_.text(node, "description");
    read.line = xml_.line_of(node);
    for (const auto child : node.children()) {
      if (!xml_.ok()) return read;
      if (is(child, Space::Description, "Connectors")) {
        read.connectors = connectors(child);
      } else if (is(child, Space::Description, "ParameterBindings")) {
        read.bindings = bindings(child);
      } else if (is(child, Space::Description, "Elements")) {
        elements(child, depth, read);
      } else if (is(child, Space::Description, "Connections")) {
        read.connections = connections(child);
      } else if (is(child, Space::Description, "SignalDictionaries")) {
        refuse(xml_, child, "connect the components' connectors directly");
      } else if (!without_meaning(child)) {
        misplaced(xml_, child);
      }
    }
    return read;
  }

  void elements(xml::Element node, int depth, System& into) {
    std::set<std::string> names;
    for (const auto child : node.children()) {
      if (!xml_.ok()) return;
      if (without_meaning(child)) continue;
      if (is(child, Space::Description, "Component")) {
        into.components.push_back(component(child));
      } else if (is(child, Space::Description, "System")) {
        into.systems.push_back(system(child, depth + 1));
      } else if (is(child, Space::Description, "SignalDictionaryReference")) {
        return refuse(xml_, child, "connect the components' connectors directly");
      } else {
        return misplaced(xml_, child);
      }
      if (!names.insert(xml_.text(child, "name")).second)
        xml_.fail(child, "the name is there twice in this system; names must differ");
    }
  }

  Component component(xml::Element node) {
    detail::check_attributes(xml_, node, {"name", "type", "source", "implementation"});
    Component read;
    read.name = xml_.required(node, "name");
    read.source = xml_.required(node, "source");
    read.line = xml_.line_of(node);
    const auto type = node.attribute("type").value_or("application/x-fmu-sharedlibrary");
    if (type != "application/x-fmu-sharedlibrary") {
      xml_.fail(node,
                "type=\"" + std::string(type.substr(0, 80)) +
                    "\" is not supported; use an FMU (application/x-fmu-sharedlibrary), or nest "
                    "another system's elements in an <ssd:System>",
                ErrorCode::Unsupported);
    }
    if (xml_.choice(node, "implementation", {"any", "CoSimulation", "ModelExchange"}) == 2u) {
      xml_.fail(node,
                "implementation=\"ModelExchange\" is not supported in a system; export the FMU for "
                "co-simulation",
                ErrorCode::Unsupported);
    }
    for (const auto child : node.children()) {
      if (!xml_.ok()) return read;
      if (is(child, Space::Description, "Connectors")) {
        read.connectors = connectors(child);
      } else if (is(child, Space::Description, "ParameterBindings")) {
        read.bindings = bindings(child);
      } else if (!without_meaning(child)) {
        misplaced(xml_, child);
      }
    }
    return read;
  }

  std::vector<Connector> connectors(xml::Element node) {
    std::vector<Connector> read;
    std::set<std::string> names;
    for (const auto child : node.children()) {
      if (!xml_.ok()) return read;
      if (without_meaning(child)) continue;
      if (!is(child, Space::Description, "Connector")) {
        misplaced(xml_, child);
        continue;
      }
      detail::check_attributes(xml_, child, {"name", "kind"});
      Connector connector;
      connector.name = xml_.required(child, "name");
      connector.line = xml_.line_of(child);
      const auto kind = xml_.choice(child, "kind", {kKinds.begin(), kKinds.end()});
      if (!kind) xml_.fail(child, "attribute kind is missing: input, output, parameter …");
      connector.kind = static_cast<Kind>(kind.value_or(0));
      for (const auto typed : child.children()) {
        if (without_meaning(typed)) continue;
        const auto type = detail::type_of(typed, Space::Common);
        if (!type) {
          misplaced(xml_, typed);
          continue;
        }
        detail::check_attributes(xml_, typed, {"unit", "name", "mime-type"});
        connector.type = *type;
        connector.unit = xml_.text(typed, "unit");
      }
      if (!names.insert(connector.name).second)
        xml_.fail(child, "the connector is there twice; names must differ");
      read.push_back(std::move(connector));
    }
    return read;
  }

  std::vector<Connection> connections(xml::Element node) {
    std::vector<Connection> read;
    for (const auto child : node.children()) {
      if (!xml_.ok()) return read;
      if (without_meaning(child)) continue;
      if (!is(child, Space::Description, "Connection")) {
        misplaced(xml_, child);
        continue;
      }
      detail::check_attributes(xml_, child,
                               {"startElement", "startConnector", "endElement", "endConnector",
                                "suppressUnitConversion"});
      Connection connection;
      connection.start = {xml_.text(child, "startElement"), xml_.required(child, "startConnector")};
      connection.end = {xml_.text(child, "endElement"), xml_.required(child, "endConnector")};
      connection.convert_units = !xml_.flag(child, "suppressUnitConversion", false);
      connection.line = xml_.line_of(child);
      for (const auto inner : child.children()) {
        if (without_meaning(inner)) continue;
        connection.transformation = detail::read_transformation(xml_, inner);
        if (!connection.transformation) misplaced(xml_, inner);
      }
      read.push_back(std::move(connection));
    }
    return read;
  }

  std::vector<Binding> bindings(xml::Element node) {
    std::vector<Binding> read;
    for (const auto child : node.children()) {
      if (!xml_.ok()) return read;
      if (is(child, Space::Description, "ParameterBinding")) {
        read.push_back(binding(child));
      } else if (!without_meaning(child)) {
        misplaced(xml_, child);
      }
    }
    return read;
  }

  Binding binding(xml::Element node) {
    detail::check_attributes(xml_, node, {"type", "source", "sourceBase", "prefix"});
    Binding read;
    read.line = xml_.line_of(node);
    read.prefix = xml_.text(node, "prefix");
    read.source = source_of(node, "application/x-ssp-parameter-set");
    for (const auto child : node.children()) {
      if (!xml_.ok()) return read;
      if (is(child, Space::Description, "ParameterValues")) {
        for (const auto set : child.children()) read.values = detail::read_parameter_set(xml_, set);
      } else if (is(child, Space::Description, "ParameterMapping")) {
        read.mapping_source = source_of(child, "application/x-ssp-parameter-mapping");
        for (const auto mapping : child.children()) {
          if (!without_meaning(mapping)) read.mapping = detail::read_mapping(xml_, mapping);
        }
        if (read.mapping_source.empty() == !read.mapping.has_value())
          xml_.fail(child, "give it either a source or an <ssm:ParameterMapping>");
      } else if (!without_meaning(child)) {
        misplaced(xml_, child);
      }
    }
    if (read.source.empty() == !read.values.has_value())
      xml_.fail(node, "give it either a source or <ssd:ParameterValues>");
    return read;
  }

  std::string source_of(xml::Element node, std::string_view expected) {
    if (const auto type = node.attribute("type"); type && *type != expected) {
      xml_.fail(node,
                "type=\"" + std::string(type->substr(0, 80)) + "\" is not supported; only " +
                    std::string(expected) + " is",
                ErrorCode::Unsupported);
    }
    if (xml_.choice(node, "sourceBase", {"SSD", "component"}) == 1u)
      refuse(xml_, node,
             "sourceBase=\"component\" looks inside the FMU; put the file beside the SSD");
    return xml_.text(node, "source");
  }

  xml::Document& xml_;
};

}  // namespace

std::string_view to_string(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view to_string(ValueType type) { return kValueTypes[static_cast<std::size_t>(type)]; }

Result<SystemStructure> read_structure(std::string_view text, std::string_view name) {
  xml::Document xml(text, name);
  if (!xml.ok()) return xml.error();
  auto read = StructureReader(xml).read();
  if (!xml.ok()) return xml.error();
  return read;
}

}  // namespace gemel::ssp
