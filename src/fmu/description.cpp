#include "fmu/description.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace gemel::fmu {

std::string_view to_string(Type type) {
  static constexpr std::array<std::string_view, kTypes> kNames{
      "Float32", "Float64", "Int8",    "UInt8",  "Int16",  "UInt16",      "Int32", "UInt32",
      "Int64",   "UInt64",  "Boolean", "String", "Binary", "Enumeration", "Clock"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view to_string(Causality causality) {
  static constexpr std::array<std::string_view, 8> kNames{"parameter",
                                                          "calculatedParameter",
                                                          "structuralParameter",
                                                          "input",
                                                          "output",
                                                          "local",
                                                          "independent",
                                                          "dependent"};
  return kNames[static_cast<std::size_t>(causality)];
}

std::string_view to_string(Variability variability) {
  static constexpr std::array<std::string_view, 5> kNames{"constant", "fixed", "tunable",
                                                          "discrete", "continuous"};
  return kNames[static_cast<std::size_t>(variability)];
}

std::string_view to_string(Initial initial) {
  static constexpr std::array<std::string_view, 3> kNames{"exact", "approx", "calculated"};
  return kNames[static_cast<std::size_t>(initial)];
}

std::string_view to_string(ClockInterval interval) {
  static constexpr std::array<std::string_view, 7> kNames{
      "none", "constant", "fixed", "tunable", "changing", "countdown", "triggered"};
  return kNames[static_cast<std::size_t>(interval)];
}

Result<const Variable*> ModelDescription::find(std::string_view name) const {
  if (const auto found = by_name.find(name); found != by_name.end())
    return &variables[found->second];
  std::vector<std::string> names;
  names.reserve(by_name.size());
  for (const auto& [each, index] : by_name) names.push_back(each);
  return Error{ErrorCode::NotFound, "the FMU " + model_name + " has no variable '" +
                                        std::string(name) + "'" + text::did_you_mean(name, names) +
                                        "; `gemel fmu info` lists them"};
}

const Variable* ModelDescription::find(ValueReference reference, std::optional<Type> type) const {
  const auto found = std::find_if(variables.begin(), variables.end(), [&](const Variable& each) {
    return each.reference == reference && (!type || each.type == *type);
  });
  return found == variables.end() ? nullptr : &*found;
}

std::vector<std::uint64_t> ModelDescription::shape_of(const Variable& variable) const {
  std::vector<std::uint64_t> shape;
  for (const auto& dimension : variable.dimensions) {
    auto size = dimension.start;
    if (dimension.reference) {
      // The reader has made sure that it is there and a number.
      const Variable* parameter = find(*dimension.reference);
      size = parameter && !parameter->start.empty()
                 ? std::strtoull(parameter->start.front().c_str(), nullptr, 10)
                 : 0;
    }
    shape.push_back(size);
  }
  return shape;
}

std::uint64_t ModelDescription::size_of(const Variable& variable) const {
  std::uint64_t size = 1;
  for (const auto side : shape_of(variable)) size *= side;
  return size;
}

std::vector<const Variable*> ModelDescription::with(Causality causality) const {
  std::vector<const Variable*> found;
  for (const auto& each : variables) {
    if (each.causality == causality) found.push_back(&each);
  }
  return found;
}

}  // namespace gemel::fmu
