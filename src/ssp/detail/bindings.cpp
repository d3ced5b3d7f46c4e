#include "ssp/detail/bindings.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "ssp/detail/wiring.hpp"

namespace gemel::ssp::detail {
namespace {

class Binder {
 public:
  Binder(const CoupledSystem& system, std::vector<std::string>& notes)
      : system_(system), notes_(notes) {}

  /// Inner bindings first, so that outer ones replace them.
  void bind(const System& system, const std::string& path) {
    for (const auto& component : system.components) {
      const auto place = joined(path, component.name);
      apply(component.bindings, place, [&](const std::string& name, const BoundValue& value) {
        return to_component(place, name, value);
      });
    }
    for (const auto& inner : system.systems) bind(inner, joined(path, inner.name));
    apply(system.bindings, path, [&](const std::string& name, const BoundValue& value) {
      return to_system(system, path, name, value);
    });
  }

  BoundValues take() { return std::move(values_); }

 private:
  template <class Give>
  void apply(const std::vector<Binding>& bindings, const std::string& path, Give give) {
    for (const auto& binding : bindings) {
      for (const auto& parameter : binding.values->parameters) {
        BoundValue value{parameter.value,
                         parameter.type,
                         known_unit(parameter.unit, binding.values->units),
                         true,
                         {},
                         binding.values->file + ":" + std::to_string(parameter.line)};
        const auto name = binding.prefix + parameter.name;
        if (!binding.mapping) {
          tell(give(name, value), value, name, path);
          continue;
        }
        for (const auto& entry : binding.mapping->entries) {
          if (entry.source != name) continue;
          value.convert_units = entry.convert_units;
          value.transformation = entry.transformation;
          tell(give(entry.target, value), value, entry.target, path);
        }
      }
    }
  }

  void tell(bool found, const BoundValue& value, const std::string& name, const std::string& path) {
    if (!found)
      notes_.push_back(value.place + ": the parameter '" + name + "' is none of " +
                       (path.empty() ? "the system" : path) + "; it is left aside");
  }

  bool to_component(const std::string& path, const std::string& name, const BoundValue& value) {
    const auto at = std::find_if(system_.components.begin(), system_.components.end(),
                                 [&](const CoupledComponent& each) { return each.name == path; });
    if (!at->fmu->description().by_name.contains(name)) return false;
    values_[{path, name}] = value;
    return true;
  }

  /// A connector of the system, or "element.name"; of all that are called so.
  bool to_system(const System& system, const std::string& path, const std::string& name,
                 const BoundValue& value) {
    bool found = false;
    for (const auto& connector : system.connectors) {
      if (connector.name != name) continue;
      values_[{path, name}] = value;
      found = true;
    }
    const auto rest = [&](const std::string& element) {
      const bool inside = name.size() > element.size() + 1 && name.starts_with(element) &&
                          name[element.size()] == '.';
      return inside ? name.substr(element.size() + 1) : std::string();
    };
    for (const auto& component : system.components) {
      const auto inner = rest(component.name);
      if (!inner.empty()) found |= to_component(joined(path, component.name), inner, value);
    }
    for (const auto& each : system.systems) {
      const auto inner = rest(each.name);
      if (!inner.empty()) found |= to_system(each, joined(path, each.name), inner, value);
    }
    return found;
  }

  const CoupledSystem& system_;
  std::vector<std::string>& notes_;
  BoundValues values_;
};

}  // namespace

BoundValues bound_values(const SystemStructure& structure, const CoupledSystem& system,
                         std::vector<std::string>& notes) {
  Binder binder(system, notes);
  binder.bind(structure.system, "");
  return binder.take();
}

Result<std::string> value_in(const BoundValue& value, const KnownUnit& unit,
                             const Linear& transformation) {
  Linear change;
  if (value.convert_units) {
    auto converted = conversion(value.unit, unit);
    if (!converted) return converted.error().within(value.place);
    change = *converted;
  }
  if (value.transformation) change = change.then(*value.transformation);
  change = change.then(transformation);
  if (change == Linear{}) return value.text;
  double number = 0.0;
  if (value.type != ValueType::Real || !text::parse_number(text::trim(value.text), number)) {
    return Error{ErrorCode::InvalidInput,
                 value.place + ": '" + value.text +
                     "' is no Real, so it can't be transformed or converted; leave that out"};
  }
  return text::number(change(number));
}

}  // namespace gemel::ssp::detail
