#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include "base/text.hpp"
#include "fmu/detail/read_description.hpp"

namespace gemel::fmu::detail {
namespace {

constexpr std::size_t kVariablesMax = 1'000'000;
constexpr std::uint64_t kValuesMax = 10'000'000;

const std::vector<std::string_view> kCausalities{"parameter",
                                                 "calculatedParameter",
                                                 "structuralParameter",
                                                 "input",
                                                 "output",
                                                 "local",
                                                 "independent",
                                                 "dependent"};
const std::vector<std::string_view> kVariabilities{"constant", "fixed", "tunable", "discrete",
                                                   "continuous"};
const std::vector<std::string_view> kInitials{"exact", "approx", "calculated"};
const std::vector<std::string_view> kIntervals{"none",     "constant",  "fixed",    "tunable",
                                               "changing", "countdown", "triggered"};

struct TypeName {
  std::string_view element;
  Type type;
};

constexpr std::array<TypeName, 5> kTypes2{{{"Real", Type::Float64},
                                           {"Integer", Type::Int32},
                                           {"Boolean", Type::Boolean},
                                           {"String", Type::String},
                                           {"Enumeration", Type::Enumeration}}};

std::optional<Type> type2(std::string_view element) {
  for (const auto& each : kTypes2) {
    if (each.element == element) return each.type;
  }
  return std::nullopt;
}

std::optional<Type> type3(std::string_view element) {
  for (std::size_t i = 0; i < kTypes; ++i) {
    if (to_string(static_cast<Type>(i)) == element) return static_cast<Type>(i);
  }
  return std::nullopt;
}

bool is_float(Type type) { return type == Type::Float32 || type == Type::Float64; }

template <class Whole>
bool fits_whole(std::string_view text) {
  Whole value{};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

void read_start(xml::Document& xml, xml::Element node, Variable& variable) {
  if (variable.type == Type::Clock) return;
  const bool many = !variable.dimensions.empty();
  if (const auto start = node.attribute("start")) {
    if (variable.type == Type::String) {
      variable.start.emplace_back(*start);
    } else if (many) {
      for (const auto word : xml::words(*start)) variable.start.emplace_back(word);
    } else {
      variable.start.emplace_back(text::trim(*start));
    }
  }
  for (const auto each : node.children("Start")) variable.start.push_back(xml.text(each, "value"));
  for (const auto& value : variable.start) {
    if (!fits(variable.type, value)) {
      return xml.fail(node, "start \"" + value.substr(0, 80) + "\" is no " +
                                std::string(to_string(variable.type)));
    }
  }
}

void read_dimensions(xml::Document& xml, xml::Element node, Variable& variable) {
  for (const auto each : node.children("Dimension")) {
    Dimension dimension;
    const auto reference =
        xml.whole(each, "valueReference", std::numeric_limits<ValueReference>::max());
    const auto start = xml.whole(each, "start", kValuesMax);
    if (reference.has_value() == start.has_value())
      return xml.fail(each, "give it either start or valueReference");
    if (reference) dimension.reference = static_cast<ValueReference>(*reference);
    dimension.start = start.value_or(0);
    variable.dimensions.push_back(dimension);
  }
}

void read_clock(xml::Document& xml, xml::Element node, Variable& variable) {
  auto& timing = variable.timing;
  timing.interval =
      static_cast<ClockInterval>(xml.choice(node, "intervalVariability", kIntervals).value_or(0));
  timing.interval_s = xml.number(node, "intervalDecimal");
  timing.shift_s = xml.number(node, "shiftDecimal").value_or(0.0);
  const auto resolution = xml.whole(node, "resolution", std::numeric_limits<std::int64_t>::max());
  const auto counter = xml.whole(node, "intervalCounter", std::numeric_limits<std::int64_t>::max());
  const auto shift = xml.whole(node, "shiftCounter", std::numeric_limits<std::int64_t>::max());
  if (!timing.interval_s && counter && resolution && *resolution > 0) {
    timing.interval_s = static_cast<double>(*counter) / static_cast<double>(*resolution);
    timing.shift_s = static_cast<double>(shift.value_or(0)) / static_cast<double>(*resolution);
  }
  if (timing.interval_s && !(*timing.interval_s > 0.0))
    xml.fail(node, "a clock's interval must be above zero");
}

/// What 2.0 and 3.0 write alike; `typed` holds start, unit and the like.
void read_common(xml::Document& xml, xml::Element node, xml::Element typed,
                 const DeclaredTypes& types, int major, Variable& variable) {
  variable.name = xml.required(node, "name");
  variable.line = xml.line_of(node);
  const auto reference =
      xml.whole(node, "valueReference", std::numeric_limits<ValueReference>::max());
  if (!reference) return xml.fail(node, "attribute valueReference is missing");
  variable.reference = static_cast<ValueReference>(*reference);
  variable.description = xml.text(node, "description");
  variable.causality =
      static_cast<Causality>(xml.choice(node, "causality", kCausalities)
                                 .value_or(static_cast<std::size_t>(Causality::Local)));
  const bool fixed = variable.causality == Causality::Parameter ||
                     variable.causality == Causality::CalculatedParameter ||
                     variable.causality == Causality::StructuralParameter;
  const auto variability = fixed                                   ? Variability::Fixed
                           : major == 2 || is_float(variable.type) ? Variability::Continuous
                                                                   : Variability::Discrete;
  variable.variability =
      static_cast<Variability>(xml.choice(node, "variability", kVariabilities)
                                   .value_or(static_cast<std::size_t>(variability)));
  if (const auto initial = xml.choice(node, "initial", kInitials))
    variable.initial = static_cast<Initial>(*initial);

  variable.declared_type = xml.text(typed, "declaredType");
  variable.unit = xml.text(typed, "unit");
  variable.min = xml.number(typed, "min");
  variable.max = xml.number(typed, "max");
  auto nominal = xml.number(typed, "nominal");
  if (const auto type = types.find(variable.declared_type); type != types.end()) {
    if (variable.unit.empty()) variable.unit = type->second.unit;
    if (!variable.min) variable.min = type->second.min;
    if (!variable.max) variable.max = type->second.max;
    if (!nominal) nominal = type->second.nominal;
  }
  // Zero and less say nothing of a size; then it is one, as if nothing were said.
  if (nominal && *nominal > 0.0) variable.nominal = *nominal;
  if (variable.min && variable.max && *variable.min > *variable.max)
    xml.fail(node, "min is above max");
}

Variable read_variable2(xml::Document& xml, xml::Element node, const DeclaredTypes& types) {
  Variable variable;
  for (const auto typed : node.children()) {
    const auto type = type2(typed.name());
    if (!type) continue;
    variable.type = *type;
    read_common(xml, node, typed, types, 2, variable);
    if (xml.ok()) read_start(xml, typed, variable);
    // An index into the list of variables; read_structure turns it into a reference.
    if (const auto state = xml.whole(typed, "derivative", kVariablesMax))
      variable.derivative_of = static_cast<ValueReference>(*state);
    return variable;
  }
  xml.fail(node, "needs one of <Real>, <Integer>, <Boolean>, <String>, <Enumeration>");
  return variable;
}

Variable read_variable3(xml::Document& xml, xml::Element node, Type type,
                        const DeclaredTypes& types) {
  Variable variable;
  variable.type = type;
  read_common(xml, node, node, types, 3, variable);
  if (!xml.ok()) return variable;
  read_dimensions(xml, node, variable);
  if (xml.ok()) read_start(xml, node, variable);
  if (const auto state = xml.whole(node, "derivative", std::numeric_limits<ValueReference>::max()))
    variable.derivative_of = static_cast<ValueReference>(*state);
  variable.clocks = xml.references(node, "clocks").value_or(std::vector<ValueReference>{});
  if (type == Type::Clock) read_clock(xml, node, variable);
  for (const auto alias : node.children("Alias"))
    variable.aliases.push_back(xml.required(alias, "name"));
  return variable;
}

void add_name(xml::Document& xml, xml::Element node, const std::string& name, std::size_t index,
              ModelDescription& into) {
  if (xml.ok() && !into.by_name.emplace(name, index).second)
    xml.fail(node, "the name '" + name.substr(0, 80) + "' is there twice; names must differ");
}

}  // namespace

bool fits(Type type, std::string_view text) {
  text = text::trim(text);
  switch (type) {
    case Type::Float32:
    case Type::Float64:
      return xml::number_of(text).has_value();
    case Type::Int8:
      return fits_whole<std::int8_t>(text);
    case Type::UInt8:
      return fits_whole<std::uint8_t>(text);
    case Type::Int16:
      return fits_whole<std::int16_t>(text);
    case Type::UInt16:
      return fits_whole<std::uint16_t>(text);
    case Type::Int32:
      return fits_whole<std::int32_t>(text);
    case Type::UInt32:
      return fits_whole<std::uint32_t>(text);
    case Type::Int64:
    case Type::Enumeration:
      return fits_whole<std::int64_t>(text);
    case Type::UInt64:
      return fits_whole<std::uint64_t>(text);
    case Type::Boolean:
    case Type::Clock:
      return text == "true" || text == "false" || text == "1" || text == "0";
    case Type::String:
      return true;
    case Type::Binary:
      return is_hex(text);
  }
  return false;
}

DeclaredTypes read_types(xml::Document& xml, const ModelDescription& so_far) {
  DeclaredTypes types;
  for (const auto node : xml.root().child("TypeDefinitions").children()) {
    // 2.0 wraps the type, 3.0 writes Float64Type and the like.
    const auto inner =
        so_far.major == 2 && !node.children().empty() ? node.children().front() : node;
    types[xml.text(node, "name")] = {xml.text(inner, "unit"), xml.number(inner, "min"),
                                     xml.number(inner, "max"), xml.number(inner, "nominal")};
  }
  return types;
}

void read_variables(xml::Document& xml, const DeclaredTypes& types, ModelDescription& into) {
  const auto list = xml.root().child("ModelVariables");
  if (!list) return xml.fail(xml.root(), "<ModelVariables> is missing");
  for (const auto node : list.children()) {
    if (!xml.ok()) return;
    const std::string_view element = node.name();
    if (into.variables.size() >= kVariablesMax)
      return xml.fail(node, "more than 1,000,000 variables", ErrorCode::Capacity);
    if (into.major == 2) {
      if (element != "ScalarVariable") continue;
      into.variables.push_back(read_variable2(xml, node, types));
    } else {
      const auto type = type3(element);
      if (!type) return xml.fail(node, "is no type of FMI 3.0 (Float64, Int32, Clock, …)");
      into.variables.push_back(read_variable3(xml, node, *type, types));
    }
    const auto& added = into.variables.back();
    add_name(xml, node, added.name, into.variables.size() - 1, into);
    for (const auto& alias : added.aliases)
      add_name(xml, node, alias, into.variables.size() - 1, into);
  }
}

void check_references(xml::Document& xml, const ModelDescription& description) {
  const auto list = xml.root().child("ModelVariables");
  // References are looked up for every clock and dimension: once sorted, not once each.
  std::map<ValueReference, const Variable*> known;
  for (const auto& each : description.variables) known.emplace(each.reference, &each);
  std::uint64_t all = 0;
  // FMI 2.0's readers skip what is no variable.
  const auto elements = description.major == 2 ? list.children("ScalarVariable") : list.children();
  std::size_t at = 0;
  for (const auto& variable : description.variables) {
    const auto here = elements[at++];
    for (const auto clock : variable.clocks) {
      const auto found = known.find(clock);
      if (found == known.end() || found->second->type != Type::Clock) {
        return xml.fail(here, "clocks: " + std::to_string(clock) + " is no clock's valueReference");
      }
    }
    std::uint64_t size = 1;
    for (const auto& dimension : variable.dimensions) {
      auto side = dimension.start;
      if (dimension.reference) {
        const auto found = known.find(*dimension.reference);
        const bool usable = found != known.end() &&
                            found->second->causality == Causality::StructuralParameter &&
                            found->second->type != Type::String && found->second->start.size() == 1;
        if (!usable) {
          return xml.fail(here, "dimension valueReference=\"" +
                                    std::to_string(*dimension.reference) +
                                    "\" is no structural parameter with a start value");
        }
        side = std::strtoull(found->second->start.front().c_str(), nullptr, 10);
      }
      if (side > kValuesMax || size * side > kValuesMax)
        return xml.fail(here, "more than 10,000,000 values", ErrorCode::Capacity);
      size *= side;
    }
    all += size;
    if (all > kValuesMax)
      return xml.fail(here, "more than 10,000,000 values in all", ErrorCode::Capacity);
    if (variable.start.size() > 1 && variable.start.size() != size) {
      return xml.fail(here, std::to_string(variable.start.size()) + " start values for " +
                                std::to_string(size) + " elements");
    }
  }
}

}  // namespace gemel::fmu::detail
