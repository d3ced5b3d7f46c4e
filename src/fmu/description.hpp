#pragma once
// What an FMU says of itself: modelDescription.xml of FMI 2.0 and 3.0 in one set of types.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gemel::fmu {

using ValueReference = std::uint32_t;

/// FMI 2.0's Real, Integer and its Enumeration are Float64, Int32 and Enumeration (of 32 bits
/// there, of 64 bits in FMI 3.0).
enum class Type {
  Float32,
  Float64,
  Int8,
  UInt8,
  Int16,
  UInt16,
  Int32,
  UInt32,
  Int64,
  UInt64,
  Boolean,
  String,
  Binary,
  Enumeration,
  Clock,
};
inline constexpr std::size_t kTypes = 15;

enum class Causality {
  Parameter,
  CalculatedParameter,
  StructuralParameter,
  Input,
  Output,
  Local,
  Independent,
  Dependent,
};
enum class Variability { Constant, Fixed, Tunable, Discrete, Continuous };
enum class Initial { Exact, Approx, Calculated };
/// When a clock of FMI 3.0 ticks, and who decides.
enum class ClockInterval {
  None,  // no clock, or one that does not say
  Constant,
  Fixed,
  Tunable,
  Changing,
  Countdown,
  Triggered,
};

std::string_view to_string(Type type);
std::string_view to_string(Causality causality);
std::string_view to_string(Variability variability);
std::string_view to_string(Initial initial);
std::string_view to_string(ClockInterval interval);

/// One dimension of an array: so many, or as many as a structural parameter says.
struct Dimension {
  std::uint64_t start = 0;
  std::optional<ValueReference> reference;
};

struct ClockTiming {
  ClockInterval interval = ClockInterval::None;
  std::optional<double> interval_s;
  double shift_s = 0.0;
};

struct Variable {
  std::string name;
  ValueReference reference = 0;
  Type type = Type::Float64;
  Causality causality = Causality::Local;
  Variability variability = Variability::Continuous;
  std::optional<Initial> initial;
  std::string description;
  std::string unit;                // its own, or that of its declared type
  std::string declared_type;       // empty: none
  std::vector<std::string> start;  // a text an element; one for all where an array has one
  std::optional<double> min, max;
  double nominal = 1.0;
  std::optional<ValueReference> derivative_of;  // of which state this is the derivative
  std::vector<Dimension> dimensions;            // empty: a scalar
  std::vector<ValueReference> clocks;           // those that it changes with
  ClockTiming timing;                           // of a variable that is a clock
  std::vector<std::string> aliases;             // further names (FMI 3.0)
  int line = 0;                                 // in the file, for messages
};

/// What an interface (co-simulation or model exchange) can do.
struct Capabilities {
  std::string model_identifier;  // the name of the binary, without its ending
  bool needs_execution_tool = false;
  bool once_per_process = false;
  bool state = false;      // save and restore
  bool serialise = false;  // … as bytes
  bool directional_derivatives = false;
  bool variable_step = false;          // co-simulation: step sizes may differ
  bool event_mode = false;             // co-simulation of FMI 3.0
  bool intermediate_update = false;    // co-simulation of FMI 3.0
  bool early_return = false;           // … after an intermediate update
  bool completed_step = true;          // model exchange: wants to hear of every step
  std::optional<double> fixed_step_s;  // its own, inside a communication step
};

struct DefaultExperiment {
  std::optional<double> start_s, stop_s, tolerance, step_s;
};

/// Which known quantities an unknown one depends on; nothing said: on all.
struct Unknown {
  ValueReference reference = 0;
  std::size_t variable = 0;  // its place in ModelDescription::variables
  std::optional<std::vector<ValueReference>> dependencies;
};

struct ModelStructure {
  std::vector<Unknown> outputs;
  std::vector<Unknown> derivatives;  // of continuous states, in the states' order
  std::vector<Unknown> initial_unknowns;
  std::vector<ValueReference> event_indicators;  // FMI 3.0 names them
  std::size_t event_indicator_count = 0;         // FMI 2.0 counts them
};

/// As exponents of the base units, with factor and offset to them.
struct Unit {
  std::string name;
  double factor = 1.0, offset = 0.0;
  std::array<int, 8> exponents{};  // of kg, m, s, A, K, mol, cd, rad
};

struct ModelDescription {
  int major = 2;            // of FMI: 2 or 3
  std::string fmi_version;  // "2.0", "3.0.1"
  std::string model_name;
  std::string token;  // the guid of 2.0, the instantiationToken of 3.0
  std::string description, generation_tool, generated_at, version, author, copyright, licence;
  std::optional<Capabilities> co_simulation;
  std::optional<Capabilities> model_exchange;
  bool scheduled_execution = false;  // offered; Gemel does not run it
  DefaultExperiment experiment;
  std::vector<Unit> units;
  std::vector<std::string> log_categories;
  std::vector<Variable> variables;
  ModelStructure structure;
  std::map<std::string, std::size_t, std::less<>> by_name;  // aliases too; to `variables`

  /// By its name or an alias. Errors: NotFound, with the nearest name.
  Result<const Variable*> find(std::string_view name) const;
  /// The first one with this reference (of this type where FMI 2.0 numbers each type on its own).
  const Variable* find(ValueReference reference, std::optional<Type> type = {}) const;
  /// How many values `variable` has, by the start values of the structural parameters.
  std::uint64_t size_of(const Variable& variable) const;
  /// 1 x 2 x …: the sizes of its dimensions.
  std::vector<std::uint64_t> shape_of(const Variable& variable) const;
  /// All that have this causality, in the file's order.
  std::vector<const Variable*> with(Causality causality) const;
};

/// Reads modelDescription.xml of FMI 2.0 or 3.0.
///
/// `name` stands in errors. What the standard allows to be left out is filled in with its defaults.
///
/// Errors: InvalidInput with file, line, element, value and remedy; Unsupported for another FMI.
/// Limits: 64 MiB of text, 1,000,000 variables, 10,000,000 values of one; document types and
/// entities of one's own are refused. Threads: any.
Result<ModelDescription> read_description(std::string_view text, std::string_view name);

}  // namespace gemel::fmu
