#include "ssp/detail/wiring.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gemel::ssp::detail {
namespace {

bool gives_outside(Kind kind) { return kind == Kind::Output || kind == Kind::CalculatedParameter; }

/// Types of FMI that a connector's type may stand for.
bool fits(ValueType declared, fmu::Type type) {
  switch (declared) {
    case ValueType::Unsaid:
      return true;
    case ValueType::Real:
      return type == fmu::Type::Float64 || type == fmu::Type::Float32;
    case ValueType::Boolean:
      return type == fmu::Type::Boolean;
    case ValueType::String:
      return type == fmu::Type::String;
    case ValueType::Binary:
      return type == fmu::Type::Binary;
    case ValueType::Enumeration:
      return type == fmu::Type::Enumeration;
    case ValueType::Integer:
      return type >= fmu::Type::Int8 && type <= fmu::Type::UInt64;
  }
  return false;
}

bool kinds_agree(Kind kind, fmu::Causality causality) {
  switch (kind) {
    case Kind::Input:
      return causality == fmu::Causality::Input;
    case Kind::Output:
      return causality == fmu::Causality::Output || causality == fmu::Causality::Local;
    case Kind::Parameter:
      return causality == fmu::Causality::Parameter ||
             causality == fmu::Causality::StructuralParameter;
    case Kind::CalculatedParameter:
      return causality == fmu::Causality::CalculatedParameter;
    case Kind::Inout:
      return false;
  }
  return false;
}

}  // namespace

std::string joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::string Node::name() const { return joined(path, connector->name); }

Error Wiring::at(int line, ErrorCode code, const std::string& what) const {
  return {code, structure_.file + ":" + std::to_string(line) + ": " + what};
}

std::optional<std::size_t> Wiring::find(const std::string& path,
                                        const std::string& connector) const {
  const auto found = index_.find({path, connector});
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> Wiring::build() {
  GEMEL_TRY(add_nodes(structure_.system, ""));
  return add_edges(structure_.system, "");
}

Result<void> Wiring::add_nodes(const System& system, const std::string& path) {
  for (const auto& connector : system.connectors) {
    if (connector.kind == Kind::Inout)
      return at(connector.line, ErrorCode::Unsupported,
                "the connector " + connector.name + " is inout; make it an input or an output");
    index_.emplace(std::pair(path, connector.name), nodes_.size());
    nodes_.push_back(
        {path, &connector, {}, nullptr, known_unit(connector.unit, structure_.units), {}});
  }
  for (const auto& component : system.components)
    GEMEL_TRY(add_component(component, joined(path, component.name)));
  for (const auto& inner : system.systems) GEMEL_TRY(add_nodes(inner, joined(path, inner.name)));
  return {};
}

Result<void> Wiring::add_component(const Component& component, const std::string& path) {
  const auto place = std::find_if(system_.components.begin(), system_.components.end(),
                                  [&](const CoupledComponent& each) { return each.name == path; });
  const auto& description = place->fmu->description();
  for (const auto& connector : component.connectors) {
    const auto found = description.find(connector.name);
    if (!found) return at(connector.line, found.error().code, path + ": " + found.error().message);
    const fmu::Variable& variable = **found;
    if (!kinds_agree(connector.kind, variable.causality) || !fits(connector.type, variable.type)) {
      return at(connector.line, ErrorCode::InvalidInput,
                "the connector " + joined(path, connector.name) + " is " +
                    std::string(to_string(connector.kind)) + " (" +
                    std::string(to_string(connector.type)) + "), but the FMU's variable is " +
                    std::string(fmu::to_string(variable.causality)) + " (" +
                    std::string(fmu::to_string(variable.type)) + "); correct the description");
    }
    // A connector that says no unit has its variable's.
    auto unit = connector.unit.empty() ? known_unit(variable.unit, description.units)
                                       : known_unit(connector.unit, structure_.units);
    index_.emplace(std::pair(path, connector.name), nodes_.size());
    nodes_.push_back({path,
                      &connector,
                      static_cast<std::size_t>(place - system_.components.begin()),
                      &variable,
                      std::move(unit),
                      {}});
  }
  return {};
}

Result<void> Wiring::add_edges(const System& system, const std::string& path) {
  for (const auto& connection : system.connections) GEMEL_TRY(add_edge(connection, system, path));
  for (const auto& inner : system.systems) GEMEL_TRY(add_edges(inner, joined(path, inner.name)));
  return {};
}

Result<std::size_t> Wiring::end_of(const End& end, const Connection& connection,
                                   const System& system, const std::string& path) const {
  const auto element = end.element.empty() ? path : joined(path, end.element);
  if (const auto found = find(element, end.connector)) return *found;
  std::vector<std::string> names;
  bool there = end.element.empty();
  const auto consider = [&](const auto& each) {
    if (each.name == end.element) there = true;
    if (!there) names.push_back(each.name);
  };
  for (const auto& each : system.components) consider(each);
  for (const auto& each : system.systems) consider(each);
  if (!there) {
    return at(connection.line, ErrorCode::NotFound,
              "<Connection>: this system has no element '" + end.element + "'" +
                  text::did_you_mean(end.element, names));
  }
  names.clear();
  for (const auto& node : nodes_) {
    if (node.path == element) names.push_back(node.connector->name);
  }
  return at(connection.line, ErrorCode::NotFound,
            "<Connection>: " + (element.empty() ? "the system" : element) +
                " declares no connector '" + end.connector + "'" +
                text::did_you_mean(end.connector, names) + "; add it to its <Connectors>");
}

Result<void> Wiring::add_edge(const Connection& connection, const System& system,
                              const std::string& path) {
  GEMEL_ASSIGN(auto from, end_of(connection.start, connection, system, path));
  GEMEL_ASSIGN(auto to, end_of(connection.end, connection, system, path));
  // Seen from inside, the system's own inputs give and its outputs take.
  const bool start_gives =
      gives_outside(nodes_[from].connector->kind) != connection.start.element.empty();
  const bool end_gives =
      gives_outside(nodes_[to].connector->kind) != connection.end.element.empty();
  if (start_gives == end_gives) {
    return at(connection.line, ErrorCode::InvalidInput,
              "<Connection>: " + nodes_[from].name() + " and " + nodes_[to].name() + " both " +
                  (start_gives ? "give" : "take") +
                  " a value; connect one that gives to one that takes");
  }
  if (end_gives) std::swap(from, to);
  auto& taker = nodes_[to];
  if (taker.driver) {
    return at(connection.line, ErrorCode::InvalidInput,
              "<Connection>: " + taker.name() + " is connected already, on line " +
                  std::to_string(edges_[*taker.driver].connection->line) +
                  "; one may give a value");
  }
  if (connection.transformation) {
    for (const auto* node : {&nodes_[from], &taker}) {
      const bool real = !node->variable || fits(ValueType::Real, node->variable->type);
      if (!real || (node->connector->type != ValueType::Unsaid &&
                    node->connector->type != ValueType::Real)) {
        return at(connection.line, ErrorCode::InvalidInput,
                  "<Connection>: a linear transformation is for Real connectors; " + node->name() +
                      " is none");
      }
    }
  }
  taker.driver = edges_.size();
  edges_.push_back({from, &connection});
  return {};
}

Result<Origin> Wiring::origin_of(std::size_t node, std::vector<std::string>& notes) const {
  std::vector<std::size_t> way{node};  // from the taker to the origin
  while (nodes_[way.back()].driver) {
    if (way.size() > nodes_.size())
      return at(nodes_[node].connector->line, ErrorCode::InvalidInput,
                nodes_[node].name() + " is connected to itself through systems");
    way.push_back(edges_[*nodes_[way.back()].driver].from);
  }
  Origin origin{way.back(), {}};
  KnownUnit unit = nodes_[way.back()].unit;
  for (std::size_t i = way.size() - 1; i-- > 0;) {
    const Node& to = nodes_[way[i]];
    const Connection& connection = *edges_[*to.driver].connection;
    if (connection.convert_units && !unit.name.empty() && !to.unit.name.empty()) {
      const auto converted = conversion(unit, to.unit);
      if (!converted)
        return at(connection.line, converted.error().code,
                  "<Connection>: " + to.name() + ": " + converted.error().message);
      origin.transformation = origin.transformation.then(*converted);
      if (unit.name != to.unit.name && !(unit.definition && to.unit.definition))
        notes.push_back(to.name() + " takes " + to.unit.name + " and is given " + unit.name +
                        "; not converted, for a definition is missing");
    }
    if (connection.transformation)
      origin.transformation = origin.transformation.then(*connection.transformation);
    // A system's connector that says no unit passes on what it gets.
    if (!to.unit.name.empty()) unit = to.unit;
  }
  return origin;
}

}  // namespace gemel::ssp::detail
