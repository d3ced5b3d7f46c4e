#include "equations/network.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/text.hpp"

namespace gemel::equations {
namespace {

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// The nearest name, or all that there are.
std::string or_all(std::string_view word, const std::vector<std::string>& names) {
  const auto near = text::did_you_mean(word, names);
  return !near.empty() ? near : "; there are: " + list_of(names);
}

template <class Kinds>
std::vector<std::string> names_of(const Kinds& kinds) {
  std::vector<std::string> names;
  for (const auto& each : kinds) names.emplace_back(each.name);
  return names;
}

template <class Kinds>
std::optional<std::uint32_t> place_of(const Kinds& kinds, std::string_view name) {
  for (std::uint32_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i].name == name) return i;
  }
  return std::nullopt;
}

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

struct DomainKind {
  const char* potential;
  const char* potential_unit;
  const char* flow_unit;
  double small_potential;
  double small_flow;
  const char* fixed_by;
};

const DomainKind& about(Domain domain) {
  static constexpr DomainKind kHydraulic{"pressure", "Pa", "m3/s",
                                         1e3,        1e-3, "a reservoir or a tank"};
  static constexpr DomainKind kThermal{"temperature", "K", "W",
                                       1.0,           1.0, "an ambient or a thermal_mass"};
  static constexpr DomainKind kElectrical{"voltage", "V", "A", 1.0, 1.0, "a supply"};
  switch (domain) {
    case Domain::Hydraulic:
      return kHydraulic;
    case Domain::Thermal:
      return kThermal;
    case Domain::Electrical:
      return kElectrical;
  }
  return kHydraulic;
}

}  // namespace

/// The steps from parts and links to a network, in their order.
class NetworkCompiler {
 public:
  NetworkCompiler(const std::vector<Part>& parts, const std::vector<Link>& links)
      : parts_(parts), links_(links) {}

  Result<Network> compile() && {
    GEMEL_TRY(place_parts());
    GEMEL_TRY(follow_links());
    GEMEL_TRY(make_nodes());
    GEMEL_TRY(find_unknowns());
    network_.elimination_ = order_of_elimination(ties());
    list_inputs();
    GEMEL_TRY(order_parts());
    list_observables();
    return std::move(network_);
  }

 private:
  Result<void> place_parts() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto& part = parts_[i];
      for (std::size_t k = 0; k < i; ++k) {
        if (parts_[k].name == part.name)
          return invalid("two components are called " + quoted(part.name));
      }
      const auto* kind = find_component(part.kind);
      if (kind == nullptr) {
        const auto names = names_of(components());
        return invalid("component " + quoted(part.name) + ": there is no kind " +
                       quoted(part.kind) + or_all(part.kind, names));
      }
      network_.parts_.push_back({kind, static_cast<std::uint32_t>(network_.parameters_.size()),
                                 static_cast<std::uint32_t>(network_.states_.size()),
                                 static_cast<std::uint32_t>(network_.outputs_),
                                 static_cast<std::uint32_t>(network_.sources_.size()),
                                 static_cast<std::uint32_t>(network_.ports_.size())});
      GEMEL_TRY(take_values(part, *kind));
      network_.outputs_ += kind->outputs.size();
      network_.sources_.resize(network_.sources_.size() + kind->inputs.size());
      for (const auto& port : kind->ports) {
        node_of_port_.push_back(static_cast<std::uint32_t>(node_of_port_.size()));
        network_.ports_.push_back({0, port.gives});
        domains_.push_back(port.domain);
        port_names_.push_back(part.name + "." + std::string(port.name));
      }
    }
    return {};
  }

  Result<void> take_values(const Part& part, const ComponentKind& kind) {
    std::vector<std::string> known;
    for (const auto quantities : {kind.parameters, kind.states, kind.inputs}) {
      for (const auto& each : quantities) known.emplace_back(each.name);
    }
    for (const auto& [name, value] : part.values) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        return invalid("component " + quoted(part.name) + ": a " + std::string(kind.name) +
                       " has no " + quoted(name) + or_all(name, known));
      }
    }
    for (const auto& each : kind.parameters) {
      GEMEL_ASSIGN(auto quantity, quantity_of(part, each));
      network_.parameters_.push_back(std::move(quantity));
    }
    for (const auto& each : kind.states) {
      GEMEL_ASSIGN(auto quantity, quantity_of(part, each));
      network_.states_.push_back(std::move(quantity));
    }
    return {};
  }

  static Result<Quantity> quantity_of(const Part& part, const QuantityKind& kind) {
    const auto given = part.values.find(std::string(kind.name));
    Quantity quantity{part.name + "." + std::string(kind.name),
                      std::string(kind.unit),
                      std::string(kind.meaning),
                      kind.usual,
                      kind.low,
                      kind.high};
    if (given != part.values.end()) quantity.value = given->second;
    const auto what = quoted(quantity.name) + " (" + quantity.meaning + ")";
    if (std::isnan(quantity.value)) return invalid(what + " must be said, in " + quantity.unit);
    if (quantity.value < kind.low || quantity.value > kind.high) {
      return invalid(what + " is " + text::number(quantity.value) + " " + quantity.unit +
                     "; it may be " + text::number(kind.low) + " to " + text::number(kind.high));
    }
    return quantity;
  }

  /// A link's end: a part and what of it is meant.
  struct End {
    std::uint32_t part = 0;
    enum Kind : std::uint8_t { Port, Input, Output, State } kind = Port;
    std::uint32_t index = 0;  // among that part's own
  };

  Result<End> find_end(std::string_view name, bool is_target) const {
    const auto dot = name.rfind('.');
    const auto of = name.substr(0, std::min(dot, name.size()));
    std::vector<std::string> parts;
    for (std::uint32_t i = 0; i < parts_.size(); ++i) {
      parts.push_back(parts_[i].name);
      if (parts_[i].name != of || dot == std::string_view::npos) continue;
      const auto& kind = *network_.parts_[i].kind;
      const auto what = name.substr(dot + 1);
      if (const auto at = place_of(kind.ports, what)) return End{i, End::Port, *at};
      if (is_target) {
        if (const auto at = place_of(kind.inputs, what)) return End{i, End::Input, *at};
      } else {
        if (const auto at = place_of(kind.outputs, what)) return End{i, End::Output, *at};
        if (const auto at = place_of(kind.states, what)) return End{i, End::State, *at};
      }
      auto names = names_of(kind.ports);
      if (is_target) {
        for (auto& each : names_of(kind.inputs)) names.push_back(std::move(each));
      } else {
        for (auto& each : names_of(kind.outputs)) names.push_back(std::move(each));
        for (auto& each : names_of(kind.states)) names.push_back(std::move(each));
      }
      return invalid("a " + std::string(kind.name) + " has no " +
                     (is_target ? "port or input " : "port, output or state ") + quoted(what) +
                     or_all(what, names));
    }
    return invalid("there is no component " + quoted(of) + text::did_you_mean(of, parts));
  }

  Result<void> follow_links() {
    fed_.assign(network_.sources_.size(), false);
    for (const auto& link : links_) {
      const auto context = "link from '" + link.from + "' to '" + link.to + "'";
      const auto from = find_end(link.from, false);
      if (!from) return from.error().within(context);
      const auto to = find_end(link.to, true);
      if (!to) return to.error().within(context);
      if (auto followed = follow(*from, *to); !followed) return followed.error().within(context);
    }
    return {};
  }

  Result<void> follow(const End& from, const End& to) {
    if ((from.kind == End::Port) != (to.kind == End::Port))
      return invalid("a port goes with a port, an output or state with an input");
    const auto& source = network_.parts_[from.part];
    const auto& target = network_.parts_[to.part];
    if (from.kind == End::Port) {
      const auto a = source.port + from.index, b = target.port + to.index;
      if (domains_[a] != domains_[b]) {
        return invalid("one is " + std::string(to_string(domains_[a])) + ", the other " +
                       std::string(to_string(domains_[b])));
      }
      const auto kept = node_of_port_[a], gone = node_of_port_[b];
      std::replace(node_of_port_.begin(), node_of_port_.end(), gone, kept);
      return {};
    }
    const auto input = target.input + to.index;
    if (fed_[input]) return invalid("another link feeds that input already");
    fed_[input] = true;
    network_.sources_[input] =
        from.kind == End::State
            ? Network::Source{Network::Source::State, source.state + from.index}
            : Network::Source{Network::Source::Output, source.output + from.index};
    if (from.kind == End::Output) waits_.push_back({from.part, to.part});
    return {};
  }

  Result<void> make_nodes() {
    std::vector<std::int64_t> number(node_of_port_.size(), -1);
    std::int64_t nodes = 0;
    for (std::size_t i = 0; i < node_of_port_.size(); ++i) {
      auto& node = number[node_of_port_[i]];
      if (node < 0) node = nodes++;
      network_.ports_[i].node = static_cast<std::uint32_t>(node);
    }
    network_.giver_of_node_.assign(static_cast<std::size_t>(nodes), -1);
    std::vector<std::size_t> ports_at(static_cast<std::size_t>(nodes), 0);
    for (std::size_t i = 0; i < network_.ports_.size(); ++i) {
      const auto& port = network_.ports_[i];
      ++ports_at[port.node];
      if (port.gives == Gives::Flow) continue;
      auto& giver = network_.giver_of_node_[port.node];
      if (giver >= 0) {
        return invalid(quoted(port_names_[i]) + " and " +
                       quoted(port_names_[static_cast<std::size_t>(giver)]) + " both fix one " +
                       about(domains_[i]).potential + "; put a resistance between them");
      }
      giver = static_cast<std::int32_t>(i);
      network_.givers_.push_back(static_cast<std::uint32_t>(i));
    }
    for (std::size_t i = 0; i < network_.ports_.size(); ++i) {
      if (ports_at[network_.ports_[i].node] == 1 && network_.ports_[i].gives == Gives::Flow)
        return invalid("nothing is linked to the port " + quoted(port_names_[i]));
    }
    return {};
  }

  /// Numbers the nodes whose potential nobody gives; each must be tied, by parts, to one that
  /// somebody gives.
  Result<void> find_unknowns() {
    const auto& givers = network_.giver_of_node_;
    std::vector<bool> tied(givers.size());
    for (std::size_t node = 0; node < givers.size(); ++node) tied[node] = givers[node] >= 0;
    for (bool more = true; more;) {
      more = false;
      for (const auto& part : network_.parts_) {
        bool any = false;
        for (std::size_t i = 0; i < part.kind->ports.size(); ++i)
          any = any || tied[network_.ports_[part.port + i].node];
        for (std::size_t i = 0; any && i < part.kind->ports.size(); ++i) {
          const auto node = network_.ports_[part.port + i].node;
          more = more || !tied[node];
          tied[node] = true;
        }
      }
    }
    network_.unknown_.assign(givers.size(), -1);
    for (std::size_t i = 0; i < network_.ports_.size(); ++i) {
      const auto node = network_.ports_[i].node;
      const auto& domain = about(domains_[i]);
      if (!tied[node]) {
        return invalid("nothing fixes the " + std::string(domain.potential) +
                       " of the circuit at " + quoted(port_names_[i]) + "; link it to " +
                       domain.fixed_by);
      }
      if (givers[node] >= 0 || network_.unknown_[node] >= 0) continue;
      network_.unknown_[node] = static_cast<std::int32_t>(network_.scales_.size());
      network_.scales_.push_back({domain.small_potential, domain.small_flow});
    }
    return {};
  }

  /// Unknowns that one part's ports meet at.
  Ties ties() const {
    Ties made(network_.scales_.size());
    for (const auto& part : network_.parts_) {
      for (std::size_t i = 0; i < part.kind->ports.size(); ++i) {
        for (std::size_t k = 0; k < part.kind->ports.size(); ++k) {
          const auto a = network_.unknown_[network_.ports_[part.port + i].node];
          const auto b = network_.unknown_[network_.ports_[part.port + k].node];
          if (a >= 0 && b >= 0 && a != b)
            made[static_cast<std::size_t>(a)].insert(static_cast<std::uint32_t>(b));
        }
      }
    }
    return made;
  }

  void list_inputs() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto& placed = network_.parts_[i];
      for (std::uint32_t k = 0; k < placed.kind->inputs.size(); ++k) {
        if (fed_[placed.input + k]) continue;
        network_.sources_[placed.input + k] = {Network::Source::Free,
                                               static_cast<std::uint32_t>(network_.inputs_.size())};
        const auto& kind = placed.kind->inputs[k];
        const auto given = parts_[i].values.find(std::string(kind.name));
        network_.inputs_.push_back({parts_[i].name + "." + std::string(kind.name),
                                    std::string(kind.unit), std::string(kind.meaning),
                                    given != parts_[i].values.end() ? given->second : kind.usual,
                                    kind.low, kind.high});
      }
    }
  }

  /// Parts whose outputs others wait for come first. Those with ports come at once, all together.
  Result<void> order_parts() {
    for (const auto& input : network_.inputs_) {
      if (std::isnan(input.value)) {
        return invalid(quoted(input.name) + " (" + input.meaning + ") must be said, in " +
                       input.unit + ", or linked to an output");
      }
    }
    std::vector<bool> done(parts_.size(), false);
    const auto ready = [&](std::uint32_t i) {
      return std::all_of(waits_.begin(), waits_.end(),
                         [&](const Wait& wait) { return wait.who != i || done[wait.whom]; });
    };
    const auto has_ports = [&](std::uint32_t i) { return !network_.parts_[i].kind->ports.empty(); };
    const auto take = [&](std::vector<std::uint32_t>& into) {
      for (bool more = true; more;) {
        more = false;
        for (std::uint32_t i = 0; i < parts_.size(); ++i) {
          if (done[i] || has_ports(i) || !ready(i)) continue;
          into.push_back(i);
          done[i] = more = true;
        }
      }
    };
    take(network_.before_);
    for (std::uint32_t i = 0; i < parts_.size(); ++i) {
      if (!has_ports(i)) continue;
      if (!ready(i)) return waiting(i, done);
      network_.joined_.push_back(i);
    }
    for (const auto i : network_.joined_) done[i] = true;
    take(network_.after_);
    for (std::uint32_t i = 0; i < parts_.size(); ++i) {
      if (!done[i]) return waiting(i, done);
    }
    return {};
  }

  Error waiting(std::uint32_t who, const std::vector<bool>& done) const {
    for (const auto& wait : waits_) {
      if (wait.who != who || done[wait.whom]) continue;
      return invalid("an input of " + quoted(parts_[who].name) + " follows an output of " +
                     quoted(parts_[wait.whom].name) +
                     " that in turn waits for it, or for flows; link it to a state instead");
    }
    return invalid("an input of " + quoted(parts_[who].name) + " can't be had");
  }

  void list_observables() {
    const auto add = [&](Quantity quantity, Network::Reading reading) {
      network_.observables_.push_back(std::move(quantity));
      network_.readings_.push_back(reading);
    };
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto& placed = network_.parts_[i];
      for (std::uint32_t k = 0; k < placed.kind->states.size(); ++k)
        add(network_.states_[placed.state + k], {Network::Reading::State, placed.state + k});
      for (std::uint32_t k = 0; k < placed.kind->outputs.size(); ++k) {
        const auto& kind = placed.kind->outputs[k];
        add({parts_[i].name + "." + std::string(kind.name), std::string(kind.unit),
             std::string(kind.meaning), 0.0, kind.low, kind.high},
            {Network::Reading::Output, placed.output + k});
      }
      for (std::uint32_t k = 0; k < placed.kind->ports.size(); ++k) {
        const auto port = placed.port + k;
        const auto& domain = about(domains_[port]);
        add({port_names_[port] + "." + domain.potential, domain.potential_unit, "at the port"},
            {Network::Reading::Potential, port});
        add({port_names_[port] + ".flow", domain.flow_unit, "into the component"},
            {Network::Reading::Flow, port});
      }
    }
  }

  struct Wait {
    std::uint32_t whom, who;
  };

  const std::vector<Part>& parts_;
  const std::vector<Link>& links_;
  Network network_;
  std::vector<std::uint32_t> node_of_port_;
  std::vector<Domain> domains_;  // of ports
  std::vector<std::string> port_names_;
  std::vector<bool> fed_;  // inputs that a link feeds
  std::vector<Wait> waits_;
};

Result<Network> Network::compile(const std::vector<Part>& parts, const std::vector<Link>& links) {
  return NetworkCompiler(parts, links).compile();
}

namespace {

Result<std::size_t> find_in(const std::vector<Quantity>& quantities, std::string_view name,
                            std::string_view what) {
  if (const auto at = place_of(quantities, name)) return *at;
  return Error{ErrorCode::NotFound, "there is no " + std::string(what) + " '" + std::string(name) +
                                        "'" + text::did_you_mean(name, names_of(quantities))};
}

}  // namespace

Result<std::size_t> Network::find_parameter(std::string_view name) const {
  return find_in(parameters_, name, "parameter");
}
Result<std::size_t> Network::find_input(std::string_view name) const {
  return find_in(inputs_, name, "input");
}
Result<std::size_t> Network::find_observable(std::string_view name) const {
  return find_in(observables_, name, "quantity");
}

std::vector<double> Network::given() const {
  std::vector<double> values;
  for (const auto& each : parameters_) values.push_back(each.value);
  for (const auto& each : inputs_) values.push_back(each.value);
  values.resize(values.size() + inputs_.size(), 0.0);
  return values;
}

}  // namespace gemel::equations
