// Simulators: their ports, what is known of them, and the estimates that they give.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/flow.hpp"
#include "spec/detail/fmu_build.hpp"
#include "spec/detail/kinds.hpp"
#include "spec/detail/network_build.hpp"

namespace gemel::spec {
namespace {

constexpr std::string_view kEquations = "equations";
constexpr std::string_view kFmu = "fmu";
constexpr std::string_view kSsp = "ssp";

/// A key that only some kinds of simulator have.
struct KeyOfKinds {
  std::string_view key;
  std::array<std::string_view, 3> kinds;
};
constexpr std::array kKeysOfKinds{
    KeyOfKinds{"parameters", {"pump_station", kFmu, kSsp}},
    KeyOfKinds{"training", {"pump_station", kEquations, kFmu}},
    KeyOfKinds{"components", {kEquations}},
    KeyOfKinds{"links", {kEquations}},
    KeyOfKinds{"controls", {kEquations, kFmu, kSsp}},
    KeyOfKinds{"follow", {kEquations, kFmu}},
    KeyOfKinds{"noise", {kEquations, kFmu}},
    KeyOfKinds{"sources", {kProcessFlow}},
    KeyOfKinds{"stations", {kProcessFlow}},
    KeyOfKinds{"conveyors", {kProcessFlow}},
    KeyOfKinds{"fleets", {kProcessFlow}},
    KeyOfKinds{"layout", {kProcessFlow}},
    KeyOfKinds{"sinks", {kProcessFlow}},
    KeyOfKinds{"crews", {kProcessFlow}},
    KeyOfKinds{"currency", {kProcessFlow}},
    KeyOfKinds{"energy_price", {kProcessFlow}},
    KeyOfKinds{"settles_within", {kProcessFlow}},
    KeyOfKinds{"fmu", {kFmu}},
    KeyOfKinds{"ssp", {kSsp}},
    KeyOfKinds{"step", {kFmu, kSsp}},
    KeyOfKinds{"own_process", {kFmu, kSsp}},
    KeyOfKinds{"filter", {kFmu}},
    KeyOfKinds{"members", {kFmu}},
};

class SimulatorBuild {
 public:
  explicit SimulatorBuild(Draft& draft) : draft_(draft) {}

  void add(const Pending& pending) {
    const Fields fields(*pending.node);
    const SimulatorKind* kind = kind_of(pending, fields);
    if (kind == nullptr) return;
    SimulatorSpec spec;
    spec.asset = pending.asset;
    const auto& of = draft_.plant.asset(pending.asset).path;
    spec.name = of.empty() ? pending.name : of + "." + pending.name;
    spec.kind = std::string(kind->name);
    refuse_keys_of_others(fields, *kind);
    spec.training = draft_.training_of(fields.find("training"));
    bool whole = true;
    if (kind->name == kProcessFlow) {
      whole = build_flow(draft_, spec, pending, fields);
    } else if (kind->name == kEquations) {
      for (const SignalId id : build_network(draft_, fields, pending.at, spec))
        add_estimate(id, pending.at);
    } else if (kind->name == kFmu || kind->name == kSsp) {
      for (const SignalId id : build_fmu(draft_, fields, pending.at, spec))
        add_estimate(id, pending.at);
    } else {
      build_fitted(spec, *kind, pending, fields);
    }
    if (whole) draft_.plant.simulators.push_back(std::move(spec));
  }

 private:
  const SimulatorKind* kind_of(const Pending& pending, const Fields& fields) {
    const Node* node = fields.find_text("kind");
    for (const auto file : {kFmu, kSsp}) {  // a file says its kind
      if (node == nullptr && fields.find(file) != nullptr && fields.find("kind") == nullptr)
        return &*std::ranges::find(simulator_kinds(), file, &SimulatorKind::name);
    }
    if (node == nullptr) {
      if (fields.find("kind") == nullptr)
        draft_.problems.error(pending.at, "this simulator lacks 'kind', such as 'pump_station'");
      return nullptr;
    }
    std::vector<std::string> names;
    for (const auto& kind : simulator_kinds()) {
      if (kind.name == node->text) return &kind;
      names.emplace_back(kind.name);
    }
    const auto near = text::did_you_mean(node->text, names);
    draft_.problems.error(
        node->at,
        fmt::format("no kind of simulator '{}'{}", shown(node->text),
                    !near.empty() ? near : fmt::format("; there is {}", fmt::join(names, ", "))));
    return nullptr;
  }

  void refuse_keys_of_others(const Fields& fields, const SimulatorKind& kind) {
    for (const auto& entry : fields.table().entries) {
      for (const auto& [key, kinds] : kKeysOfKinds) {
        if (entry.key == key && std::ranges::find(kinds, kind.name) == kinds.end())
          draft_.problems.error(entry.at, fmt::format("a '{}' has no '{}'", kind.name, key));
      }
    }
  }

  void build_fitted(SimulatorSpec& spec, const SimulatorKind& kind, const Pending& pending,
                    const Fields& fields) {
    for (const auto& entry : fields.entries("bind")) bind(spec, kind, entry);
    for (const auto& entry : fields.entries("parameters")) set_parameter(spec, kind, entry);
    if (fields.entries("bind").empty()) {
      draft_.problems.error(
          pending.at,
          fmt::format("this simulator has no signal to go by; bind its ports: {}", ports_of(kind)));
    }
    for (const auto& [port, signal] : spec.signals) {
      if (kind.find_port(port)->role == PortRole::Signal) add_estimate(signal, pending.at);
    }
  }

  static std::string ports_of(const SimulatorKind& kind) {
    std::vector<std::string_view> names;
    for (const auto& port : kind.ports) names.push_back(port.name);
    return fmt::format("{} (i is a line: 1, 2 …)", fmt::join(names, ", "));
  }

  void bind(SimulatorSpec& spec, const SimulatorKind& kind, const Node::Entry& entry) {
    if (entry.value == nullptr || !entry.value->is_text()) return;
    const Port* port = kind.find_port(entry.key);
    if (port == nullptr) {
      return draft_.problems.error(
          entry.at, fmt::format("'{}' has no port '{}'; it has {}", kind.name, shown(entry.key),
                                ports_of(kind)));
    }
    if (port->role == PortRole::Control) {
      if (const ControlId id = draft_.control_of(spec.asset, *entry.value); id.valid())
        spec.controls[entry.key] = id;
    } else if (const SignalId id = draft_.signal_of(spec.asset, *entry.value); id.valid()) {
      spec.signals[entry.key] = id;
    }
  }

  void set_parameter(SimulatorSpec& spec, const SimulatorKind& kind, const Node::Entry& entry) {
    if (entry.value == nullptr) return;
    const Parameter* parameter = kind.find_parameter(entry.key);
    if (parameter == nullptr) {
      std::vector<std::string> names;
      for (const auto& known : kind.parameters) names.emplace_back(known.name);
      const auto near = text::did_you_mean(entry.key, names);
      return draft_.problems.error(
          entry.at,
          fmt::format("'{}' has no parameter '{}'{}", kind.name, shown(entry.key),
                      !near.empty() ? near : fmt::format("; it has {}", fmt::join(names, ", "))));
    }
    const auto unit = draft_.units.read(parameter->unit);
    if (!unit) return draft_.problems.error(entry.at, unit.error().message);
    if (const auto value = draft_.value_in(**unit, *entry.value, entry.key))
      spec.parameters[entry.key] = *value;
  }

  void add_estimate(SignalId of, Location at) {
    const Signal& measured = draft_.plant.signal(of);
    if (measured.role != SignalRole::Measured || estimated_[of]) return;
    estimated_[of] = true;
    Signal* estimate = draft_.add_signal(measured.asset, measured.name + ".estimate",
                                         *draft_.signal_units[of.index], at);
    if (estimate == nullptr) return;
    const Signal& original = draft_.plant.signal(of);  // add_signal may have moved it
    estimate->role = SignalRole::Estimate;
    estimate->of = of;
    estimate->period = original.period;
    estimate->description = "What the simulator expects of " + original.path;
  }

  Draft& draft_;
  std::unordered_map<SignalId, bool> estimated_;
};

}  // namespace

void build_simulators(Draft& draft, const Node& twin) {
  for (const auto& entry : Fields(twin).entries("simulators")) {
    if (entry.value != nullptr && entry.value->is_table())
      draft.simulators.push_back({AssetId{0}, entry.key, entry.at, entry.value});
  }
  SimulatorBuild build(draft);
  for (const auto& pending : draft.simulators) {
    if (!draft.too_large) build.add(pending);
  }
}

}  // namespace gemel::spec
