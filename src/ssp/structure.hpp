#pragma once
// What a system structure description (SSD) says, and the parameter sets (SSV) and mappings (SSM)
// beside it, as of SSP 1.0.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "fmu/description.hpp"

namespace gemel::ssp {

enum class Kind { Input, Output, Parameter, CalculatedParameter, Inout };
enum class ValueType { Unsaid, Real, Integer, Boolean, String, Enumeration, Binary };

std::string_view to_string(Kind kind);
std::string_view to_string(ValueType type);

/// target = factor · source + offset.
struct Linear {
  double factor = 1.0, offset = 0.0;

  double operator()(double source) const { return factor * source + offset; }
  /// First this, then `next`.
  Linear then(const Linear& next) const {
    return {next.factor * factor, next.factor * offset + next.offset};
  }
  friend bool operator==(const Linear&, const Linear&) = default;
};

struct Connector {
  std::string name;
  Kind kind = Kind::Input;
  ValueType type = ValueType::Unsaid;
  std::string unit;  // empty: nothing said
  int line = 0;
};

/// A connector of an element, or of the system itself where `element` is empty.
struct End {
  std::string element, connector;
};

/// Joins two connectors; which of them gives the value is decided by their kinds.
struct Connection {
  End start, end;
  std::optional<Linear> transformation;
  bool convert_units = true;
  int line = 0;
};

struct Parameter {
  std::string name;
  ValueType type = ValueType::Real;
  std::string value;
  std::string unit;  // empty: nothing said
  int line = 0;
};

/// An SSV file, or its like within an SSD.
struct ParameterSet {
  std::string file;  // for messages
  std::vector<Parameter> parameters;
  std::vector<fmu::Unit> units;
};

struct MappingEntry {
  std::string source, target;
  std::optional<Linear> transformation;
  bool convert_units = true;
  int line = 0;
};

/// An SSM file, or its like within an SSD.
struct ParameterMapping {
  std::string file;  // for messages
  std::vector<MappingEntry> entries;
};

/// Values for the parameters of an element. Either what stands here or a file's name.
struct Binding {
  std::string prefix;
  std::string source, mapping_source;  // of files, empty: none
  std::optional<ParameterSet> values;
  std::optional<ParameterMapping> mapping;
  int line = 0;
};

struct Component {
  std::string name;
  std::string source;  // of the FMU, as written
  std::vector<Connector> connectors;
  std::vector<Binding> bindings;
  int line = 0;
};

struct System {
  std::string name, description;
  std::vector<Connector> connectors;
  std::vector<Binding> bindings;
  std::vector<Component> components;
  std::vector<System> systems;
  std::vector<Connection> connections;
  int line = 0;
};

struct SystemStructure {
  std::string file;  // for messages
  std::string name, description, generation_tool;
  System system;
  std::vector<fmu::Unit> units;
  std::optional<double> start_s, stop_s;
};

/// Reads a description, parameter values, a mapping. `name` stands in errors.
///
/// What of SSP 1.0 is not supported is refused, with Unsupported: signal dictionaries, mappings of
/// booleans, integers and enumerations, components that are no FMUs, sources in an FMU's resources,
/// other versions than 1.0. Geometry and annotations are left aside.
///
/// Errors: InvalidInput with file, line, element, value and remedy; Unsupported. Limits: 64 MiB of
/// text, systems nested 32 deep. Threads: any.
Result<SystemStructure> read_structure(std::string_view text, std::string_view name);
Result<ParameterSet> read_parameter_set(std::string_view text, std::string_view name);
Result<ParameterMapping> read_mapping(std::string_view text, std::string_view name);

}  // namespace gemel::ssp
