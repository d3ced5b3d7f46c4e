#pragma once
// A system without its nesting: FMUs, and which output gives which input.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/fmu.hpp"
#include "ssp/package.hpp"

namespace gemel::ssp {

/// One FMU in the system.
struct CoupledComponent {
  std::string name;  // "drive.motor": the names of its systems, then its own
  std::shared_ptr<const fmu::Fmu> fmu;
  /// From the parameter bindings, as Instance takes them.
  std::vector<std::pair<std::string, std::string>> start_values;
};

/// A variable of a component that others read.
struct Source {
  std::size_t component = 0;
  const fmu::Variable* variable = nullptr;
};

/// An input of a component that something gives: an output, or whoever runs the system.
struct CoupledInput {
  std::size_t component = 0;
  const fmu::Variable* variable = nullptr;
  bool external = false;
  std::size_t source = 0;  // of CoupledSystem::sources, or of ::external
  Linear transformation;
};

/// A connector of the outermost system that shows a component's output.
struct SystemOutput {
  std::string name;
  Source of;
  Linear transformation;
};

/// What may be given from outside: an input connector of the outermost system, or an input of a
/// component that nothing is connected to ("drive.motor.load").
struct ExternalInput {
  std::string name;
  fmu::Type type = fmu::Type::Float64;
  bool continuous = true;
};

/// Immutable. Lifetime: holds its FMUs. Threads: any.
struct CoupledSystem {
  std::string name;
  std::vector<CoupledComponent> components;
  std::vector<Source> sources;  // each once, in the order of the components
  std::vector<CoupledInput> inputs;
  std::vector<ExternalInput> external;
  std::vector<SystemOutput> outputs;
  std::optional<double> start_s, stop_s;
  /// What a person should know: parameters that match nothing, units that were not converted.
  std::vector<std::string> notes;
};

/// Takes a package apart: resolves connections through nested systems, with their transformations
/// and units, and applies parameter bindings (a later one before an earlier one, an outer one
/// before an inner one).
///
/// Errors: InvalidInput and NotFound with file, line and names; Unsupported for connectors of
/// strings and bytes, arrays, and FMUs that offer no co-simulation or need clocks.
Result<CoupledSystem> couple(const Package& package);

}  // namespace gemel::ssp
