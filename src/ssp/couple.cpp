#include <algorithm>
#include <map>
#include <set>

#include "fmu/variable_row.hpp"
#include "ssp/coupled_system.hpp"
#include "ssp/detail/bindings.hpp"
#include "ssp/detail/wiring.hpp"

namespace gemel::ssp {
namespace {

using detail::joined;
using detail::Node;

bool is_real(fmu::Type type) { return type == fmu::Type::Float64 || type == fmu::Type::Float32; }

bool may_be_set(const fmu::Variable& variable) {
  using fmu::Causality;
  using fmu::Initial;
  switch (variable.causality) {
    case Causality::Parameter:
    case Causality::StructuralParameter:
    case Causality::Input:
      return true;
    case Causality::CalculatedParameter:
    case Causality::Independent:
    case Causality::Dependent:
      return false;
    default:
      return variable.variability != fmu::Variability::Constant &&
             variable.initial.value_or(variable.start.empty()
                                           ? Initial::Calculated
                                           : Initial::Exact) != Initial::Calculated;
  }
}

class Coupler {
 public:
  explicit Coupler(const Package& package)
      : package_(package), structure_(package.structure), wiring_(structure_, system_) {}

  Result<CoupledSystem> couple() {
    system_.name = structure_.name.empty() ? structure_.system.name : structure_.name;
    system_.start_s = structure_.start_s;
    system_.stop_s = structure_.stop_s;
    GEMEL_TRY(add_components(structure_.system, ""));
    if (system_.components.empty())
      return Error{ErrorCode::InvalidInput,
                   structure_.file + ": the system has no component; there is nothing to run"};
    GEMEL_TRY(wiring_.build());
    values_ = detail::bound_values(structure_, system_, system_.notes);
    for (std::size_t i = 0; i < wiring_.nodes().size(); ++i) GEMEL_TRY(take(i));
    GEMEL_TRY(apply_values());
    add_open_inputs();
    order_sources();
    return std::move(system_);
  }

 private:
  Error at(int line, ErrorCode code, const std::string& what) const {
    return {code, structure_.file + ":" + std::to_string(line) + ": " + what};
  }

  Result<void> add_components(const System& system, const std::string& path) {
    for (const auto& component : system.components) {
      const auto& fmu = package_.fmus.at(component.source);
      const auto& description = fmu->description();
      const auto name = joined(path, component.name);
      if (!description.co_simulation) {
        return at(component.line, ErrorCode::Unsupported,
                  "the FMU of " + name +
                      " offers no co-simulation; export it for that, for systems run no other");
      }
      const bool ticks = std::any_of(
          description.variables.begin(), description.variables.end(), [](const auto& each) {
            return each.type == fmu::Type::Clock && each.causality == fmu::Causality::Input;
          });
      if (ticks)
        return at(component.line, ErrorCode::Unsupported,
                  "the FMU of " + name + " has input clocks, which don't tick in a system");
      for (const auto& each : system_.components) {
        if (each.name == name)
          return at(component.line, ErrorCode::InvalidInput,
                    "two components come to the name " + name + "; rename one");
      }
      system_.components.push_back({name, fmu, {}});
    }
    for (const auto& inner : system.systems)
      GEMEL_TRY(add_components(inner, joined(path, inner.name)));
    return {};
  }

  /// What a connector takes from elsewhere.
  Result<void> take(std::size_t index) {
    const Node& node = wiring_.nodes()[index];
    const bool system_output =
        node.path.empty() && !node.component &&
        (node.connector->kind == Kind::Output || node.connector->kind == Kind::CalculatedParameter);
    const bool input = node.component && node.connector->kind == Kind::Input;
    const bool parameter = node.component && node.connector->kind == Kind::Parameter;
    if (!system_output && !input && !parameter) return {};
    GEMEL_ASSIGN(const auto origin, wiring_.origin_of(index, system_.notes));
    if (origin.node == index) return {};
    const Node& from = wiring_.nodes()[origin.node];
    if (from.component) return from_component(node, from, origin, system_output, parameter);
    if (system_output) return {};  // of a connector that nothing drives
    return from_system(node, from, origin, parameter);
  }

  Result<void> from_component(const Node& node, const Node& from, const detail::Origin& origin,
                              bool system_output, bool parameter) {
    if (parameter) {
      return at(node.connector->line, ErrorCode::Unsupported,
                "the parameter " + node.name() + " is connected to " + from.name() +
                    ", a component's; give it a value by a binding");
    }
    const Source source{*from.component, from.variable};
    if (!fmu::is_number(source.variable->type) || !source.variable->dimensions.empty()) {
      return at(from.connector->line, ErrorCode::Unsupported,
                from.name() +
                    " is no single number; strings, bytes, clocks and arrays are not "
                    "connected");
    }
    if (system_output) {
      system_.outputs.push_back({node.connector->name, source, origin.transformation});
      return {};
    }
    const auto to = node.variable->type;
    const bool both = is_real(source.variable->type) == is_real(to) || is_real(to);
    if (!both || !fmu::is_number(to) || !node.variable->dimensions.empty()) {
      return at(node.connector->line, ErrorCode::InvalidInput,
                node.name() + " is " + std::string(fmu::to_string(to)) + " and is given " +
                    std::string(fmu::to_string(source.variable->type)) + " by " + from.name() +
                    "; connect single numbers that fit");
    }
    system_.inputs.push_back(
        {*node.component, node.variable, false, source_of(source), origin.transformation});
    return {};
  }

  Result<void> from_system(const Node& node, const Node& from, const detail::Origin& origin,
                           bool parameter) {
    const auto bound = values_.find({from.path, from.connector->name});
    if (bound != values_.end()) {
      GEMEL_ASSIGN(auto text, detail::value_in(bound->second, from.unit, origin.transformation));
      starts_[{*node.component, node.variable->name}] = std::move(text);
      used_.insert(bound->first);
    }
    if (parameter || !from.path.empty()) return {};
    if (!fmu::is_number(node.variable->type) || !node.variable->dimensions.empty())
      return at(node.connector->line, ErrorCode::Unsupported,
                node.name() + " is no single number; it can't be given from outside");
    system_.inputs.push_back({*node.component, node.variable, true,
                              external(from.connector->name, *node.variable),
                              origin.transformation});
    return {};
  }

  std::size_t source_of(const Source& source) {
    for (std::size_t i = 0; i < system_.sources.size(); ++i) {
      const auto& each = system_.sources[i];
      if (each.component == source.component && each.variable == source.variable) return i;
    }
    system_.sources.push_back(source);
    return system_.sources.size() - 1;
  }

  std::size_t external(const std::string& name, const fmu::Variable& variable) {
    for (std::size_t i = 0; i < system_.external.size(); ++i) {
      if (system_.external[i].name == name) return i;
    }
    system_.external.push_back({name, variable.type, is_real(variable.type)});
    return system_.external.size() - 1;
  }

  /// What comes through a connection goes before a binding of the variable itself.
  Result<void> apply_values() {
    for (std::size_t i = 0; i < system_.components.size(); ++i) {
      auto& component = system_.components[i];
      const auto& description = component.fmu->description();
      auto value = values_.lower_bound({component.name, std::string()});
      for (; value != values_.end() && value->first.first == component.name; ++value) {
        const auto& [key, bound] = *value;
        const fmu::Variable& variable = **description.find(key.second);
        if (!may_be_set(variable)) {
          return Error{ErrorCode::InvalidInput,
                       bound.place + ": " + joined(component.name, key.second) +
                           " is calculated by the FMU; set a parameter or a start value"};
        }
        GEMEL_ASSIGN(auto text,
                     detail::value_in(bound, known_unit(variable.unit, description.units)));
        if (!starts_.try_emplace({i, variable.name}, std::move(text)).second)
          system_.notes.push_back(bound.place + ": " + joined(component.name, variable.name) +
                                  " takes its value from a connection; this one is left aside");
      }
      for (const auto& [key, text] : starts_) {
        if (key.first == i) component.start_values.emplace_back(key.second, text);
      }
    }
    for (const auto& [key, bound] : values_) {
      const bool component = std::any_of(system_.components.begin(), system_.components.end(),
                                         [&](const auto& each) { return each.name == key.first; });
      if (!component && !used_.contains(key))
        system_.notes.push_back(bound.place + ": no component takes the value of the connector " +
                                joined(key.first, key.second) + "; it is left aside");
    }
    return {};
  }

  /// Inputs that nothing is connected to may be given from outside; they keep their start if not.
  void add_open_inputs() {
    for (std::size_t i = 0; i < system_.components.size(); ++i) {
      for (const auto* variable :
           system_.components[i].fmu->description().with(fmu::Causality::Input)) {
        const bool taken = std::any_of(system_.inputs.begin(), system_.inputs.end(),
                                       [&](const CoupledInput& each) {
                                         return each.component == i && each.variable == variable;
                                       });
        if (taken || !fmu::is_number(variable->type) || !variable->dimensions.empty()) continue;
        const auto name = joined(system_.components[i].name, variable->name);
        system_.inputs.push_back({i, variable, true, external(name, *variable), {}});
      }
    }
  }

  void order_sources() {
    std::stable_sort(system_.inputs.begin(), system_.inputs.end(),
                     [](const auto& a, const auto& b) { return a.component < b.component; });
    std::vector<std::size_t> order(system_.sources.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return system_.sources[a].component < system_.sources[b].component;
    });
    std::vector<std::size_t> place(order.size());
    std::vector<Source> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      sorted.push_back(system_.sources[order[i]]);
    }
    system_.sources = std::move(sorted);
    for (auto& input : system_.inputs) {
      if (!input.external) input.source = place[input.source];
    }
  }

  const Package& package_;
  const SystemStructure& structure_;
  CoupledSystem system_;
  detail::Wiring wiring_;
  detail::BoundValues values_;
  std::set<std::pair<std::string, std::string>> used_;  // of these
  std::map<std::pair<std::size_t, std::string>, std::string> starts_;
};

}  // namespace

Result<CoupledSystem> couple(const Package& package) { return Coupler(package).couple(); }

}  // namespace gemel::ssp
