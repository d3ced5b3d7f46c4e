#include "spec/detail/network_build.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "equations/network.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/network_following.hpp"
#include "spec/detail/network_names.hpp"

namespace gemel::spec {
namespace {

using equations::ComponentKind;
using equations::Network;
using equations::Quantity;

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const auto& kind : equations::components()) names.emplace_back(kind.name);
  return names;
}

std::vector<const equations::QuantityKind*> values_of(const ComponentKind& kind) {
  std::vector<const equations::QuantityKind*> all;
  for (const auto& list : {kind.parameters, kind.states, kind.inputs}) {
    for (const auto& each : list) all.push_back(&each);
  }
  return all;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

class NetworkBuild {
 public:
  NetworkBuild(Draft& draft, const Fields& fields, Location at, SimulatorSpec& simulator)
      : draft_(draft), fields_(fields), at_(at), simulator_(simulator) {}

  std::vector<SignalId> build() {
    for (const auto& entry : fields_.entries("components")) take_component(entry);
    for (const Node* item : fields_.items("links")) take_chain(*item);
    if (wrong_) return finish({});  // what follows would only repeat it
    auto compiled = Network::compile(made_.parts, made_.links);
    if (!compiled) {
      draft_.problems.error(place_of(compiled.error().message), compiled.error().message);
      return finish({});
    }
    network_ = *std::move(compiled);
    std::vector<SignalId> expected;
    for (const auto& entry : fields_.entries("bind")) bind(entry, expected);
    for (const auto& entry : fields_.entries("controls")) bind_control(entry);
    for (const auto& entry : fields_.entries("noise")) take_noise(entry);
    follow_network(draft_, fields_, at_, simulator_, network_, made_);
    plan_maintenance(draft_, fields_, network_, made_);
    for (const auto& entry : fields_.entries("indicators")) take_indicator(entry);
    if (fields_.entries("bind").empty())
      draft_.problems.error(at_,
                            "nothing is bound to these equations; bind what is measured, such "
                            "as 'pump_1.flow: pump_1.flow'");
    return finish(std::move(expected));
  }

 private:
  std::vector<SignalId> finish(std::vector<SignalId> expected) {
    simulator_.description = std::move(made_);
    return expected;
  }

  /// Of components and links: beyond them nothing can be said.
  void wrong(Location at, std::string message) {
    wrong_ = true;
    draft_.problems.error(at, std::move(message));
  }

  // --- components and links

  void take_component(const Node::Entry& entry) {
    if (entry.value == nullptr || !entry.value->is_table()) return;
    const Fields fields(*entry.value);
    const Node* kind_node = fields.find_text("kind");
    if (kind_node == nullptr) return;  // the form said so
    const ComponentKind* kind = equations::find_component(kind_node->text);
    if (kind == nullptr) {
      const auto near = text::did_you_mean(kind_node->text, kind_names());
      return wrong(
          kind_node->at,
          fmt::format("no kind of component '{}'{}", shown(kind_node->text),
                      !near.empty() ? near : "; there is " + text::join(kind_names(), ", ")));
    }
    NetworkPart part{entry.key, std::string(kind->name), {}};
    for (const auto& value : entry.value->entries) {
      if (value.key != "kind" && value.value != nullptr) take_value(part, *kind, value);
    }
    made_.parts.push_back(std::move(part));
    places_.push_back({entry.key, entry.at});
  }

  void take_value(NetworkPart& part, const ComponentKind& kind, const Node::Entry& entry) {
    const auto known = values_of(kind);
    const auto found = std::ranges::find(known, entry.key, [](const auto* q) { return q->name; });
    if (found == known.end()) {
      std::vector<std::string> names;
      for (const auto* each : known) names.emplace_back(each->name);
      const auto near = text::did_you_mean(entry.key, names);
      return wrong(entry.at,
                   fmt::format("a {} has no '{}'{}", kind.name, shown(entry.key),
                               !near.empty() ? near : "; it has " + text::join(names, ", ")));
    }
    const auto& quantity = **found;
    const KnownUnit* unit = names_.si_unit(quantity.unit, entry.at);
    if (unit == nullptr) return;
    const auto value = draft_.value_in(*unit, *entry.value, entry.key);
    if (!value) {
      wrong_ = true;
      return;
    }
    if (!(*value >= quantity.low && *value <= quantity.high)) {
      return wrong(entry.value->at,
                   fmt::format("'{}.{}' ({}) is {} {}; it may be {} to {}", part.name, entry.key,
                               quantity.meaning, text::number(*value), quantity.unit,
                               text::number(quantity.low), text::number(quantity.high)));
    }
    part.values[entry.key] = *value;
  }

  /// "a -> b.inlet -> c": between components, from the last port of one to the first of the next.
  void take_chain(const Node& node) {
    std::vector<std::string> ends;
    std::string_view rest = node.text;
    for (;;) {
      const auto arrow = rest.find("->");
      ends.emplace_back(trimmed(rest.substr(0, arrow)));
      if (arrow == std::string_view::npos) break;
      rest.remove_prefix(arrow + 2);
    }
    if (ends.size() < 2 || std::ranges::any_of(ends, [](const auto& end) { return end.empty(); })) {
      return wrong(node.at,
                   fmt::format("'{}' links nothing; write 'pump_1 -> valve_1'", shown(node.text)));
    }
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
      const auto from = end_of(ends[i], false, node), to = end_of(ends[i + 1], true, node);
      if (!from || !to) return;
      made_.links.push_back({*from, *to});
      places_.push_back({*from, node.at});
      places_.push_back({*to, node.at});
    }
  }

  std::optional<std::string> end_of(const std::string& text, bool first, const Node& node) {
    if (text.find('.') != std::string::npos) return text;
    const auto part = std::ranges::find(made_.parts, text, &NetworkPart::name);
    if (part == made_.parts.end()) {
      std::vector<std::string> names;
      for (const auto& each : made_.parts) names.push_back(each.name);
      wrong(node.at, fmt::format("there is no component '{}'{}", shown(text),
                                 text::did_you_mean(text, names)));
      return std::nullopt;
    }
    const auto ports = equations::find_component(part->kind)->ports;
    if (ports.empty()) {
      wrong(node.at,
            fmt::format("a {} has no ports; say what of '{}' is linked", part->kind, text));
      return std::nullopt;
    }
    return text + "." + std::string((first ? ports.front() : ports.back()).name);
  }

  /// Where a message of the compiler belongs: the longest name in it that stands in the file.
  Location place_of(const std::string& message) const {
    Location best = at_;
    std::size_t longest = 0;
    for (const auto& [name, at] : places_) {
      if (name.size() <= longest) continue;
      if (message.find("'" + name + "'") == std::string::npos &&
          message.find("'" + name + ".") == std::string::npos)
        continue;
      longest = name.size();
      best = at;
    }
    return best;
  }

  // --- what the twin knows of it

  void bind(const Node::Entry& entry, std::vector<SignalId>& expected) {
    if (entry.value == nullptr || !entry.value->is_text()) return;
    const Quantity* input = NetworkNames::find_in(network_.inputs(), entry.key);
    const Quantity* quantity =
        input != nullptr ? input : NetworkNames::find_in(network_.observables(), entry.key);
    if (quantity == nullptr)
      return names_.no_such(entry, "quantity", {&network_.observables(), &network_.inputs()});
    const SignalId id = draft_.signal_of(simulator_.asset, *entry.value);
    if (!id.valid() || !names_.fits(*draft_.signal_units[id.index], *quantity, *entry.value))
      return;
    simulator_.signals[entry.key] = id;
    if (input == nullptr) expected.push_back(id);
  }

  void bind_control(const Node::Entry& entry) {
    if (entry.value == nullptr || !entry.value->is_text()) return;
    const Quantity* input = NetworkNames::find_in(network_.inputs(), entry.key);
    if (input == nullptr) return names_.no_such(entry, "input", {&network_.inputs()});
    const ControlId id = draft_.control_of(simulator_.asset, *entry.value);
    if (!id.valid() || !names_.fits(*draft_.control_units[id.index], *input, *entry.value)) return;
    simulator_.controls[entry.key] = id;
  }

  void take_noise(const Node::Entry& entry) {
    if (entry.value == nullptr) return;
    const Quantity* quantity = NetworkNames::find_in(network_.observables(), entry.key);
    if (quantity == nullptr) return names_.no_such(entry, "quantity", {&network_.observables()});
    const KnownUnit* unit = names_.si_unit(quantity->unit, entry.at);
    if (unit == nullptr) return;
    const auto noise = draft_.difference_in(*unit, *entry.value, entry.key);
    if (!noise) return;
    if (!(*noise > 0.0))
      return draft_.problems.error(
          entry.value->at, fmt::format("the noise of '{}' is {}; it must be above 0", entry.key,
                                       text::number(*noise)));
    made_.noise[entry.key] = *noise;
  }

  // --- indicators

  struct IndicatorKey {
    std::string_view key;
    NetworkIndicator::Kind kind;
  };
  static constexpr std::array kIndicatorKinds{
      IndicatorKey{"integral", NetworkIndicator::Kind::Integral},
      IndicatorKey{"mean", NetworkIndicator::Kind::Mean},
      IndicatorKey{"lowest", NetworkIndicator::Kind::Lowest},
      IndicatorKey{"highest", NetworkIndicator::Kind::Highest},
      IndicatorKey{"last", NetworkIndicator::Kind::Last},
  };

  void take_indicator(const Node::Entry& entry) {
    if (entry.value == nullptr || !entry.value->is_table()) return;
    const Fields fields(*entry.value);
    const auto is_there = [&](const IndicatorKey& each) {
      return fields.find(each.key) != nullptr;
    };
    const auto kind = std::ranges::find_if(kIndicatorKinds, is_there);
    if (std::ranges::count_if(kIndicatorKinds, is_there) != 1)
      return draft_.problems.error(
          entry.at,
          fmt::format("indicator '{}' needs one of integral, mean, lowest, highest, last; "
                      "such as 'integral: [drive_1.power, drive_2.power]'",
                      shown(entry.key)));
    NetworkIndicator made{entry.key, kind->kind, {}, {}, {}};
    const bool integral = made.kind == NetworkIndicator::Kind::Integral;
    if (const Node* per = fields.find("per"); per != nullptr && !integral)
      return draft_.problems.error(per->at,
                                   "'per' divides an integral; write 'integral' beside it");
    const KnownUnit* unit = summed(fields.one_or_more(kind->key), made.of);
    if (unit == nullptr) return;
    if (fields.find("per") != nullptr) {
      const KnownUnit* below = summed(fields.one_or_more("per"), made.per);
      unit = below == nullptr ? nullptr : taken(draft_.units.quotient(*unit, *below), entry.at);
    } else if (integral) {
      const KnownUnit* second = names_.si_unit("s", entry.at);
      unit = second == nullptr ? nullptr : taken(draft_.units.product(*unit, *second), entry.at);
    }
    const Node* named = fields.find_text("unit");
    if (unit == nullptr || named == nullptr) return;
    const KnownUnit& told = draft_.unit_of(named, false);
    if (const auto way = conversion(*unit, told); !way)
      return draft_.problems.error(named->at,
                                   fmt::format("'{}': {}", entry.key, way.error().message));
    made.unit = told.unit;
    made_.indicators.push_back(std::move(made));
  }

  const KnownUnit* taken(Result<const KnownUnit*> unit, Location at) {
    if (unit) return *unit;
    draft_.problems.error(at, unit.error().message);
    return nullptr;
  }

  /// The names of quantities that can be added up, and their SI unit; null, once that is reported.
  const KnownUnit* summed(const std::vector<const Node*>& nodes, std::vector<std::string>& names) {
    const KnownUnit* of_all = nullptr;
    for (const Node* node : nodes) {
      const Quantity* quantity = NetworkNames::find_in(network_.observables(), node->text);
      if (quantity == nullptr) {
        names_.no_such({node->text, node->at, nullptr}, "quantity", {&network_.observables()});
        return nullptr;
      }
      const KnownUnit* unit = names_.si_unit(quantity->unit, node->at);
      if (unit == nullptr) return nullptr;
      if (of_all != nullptr && unit->dimension != of_all->dimension) {
        draft_.problems.error(node->at,
                              fmt::format("'{}' ({}) can't be added to '{}' ({})", node->text,
                                          unit->dimension, names.front(), of_all->dimension));
        return nullptr;
      }
      of_all = unit;
      names.push_back(node->text);
    }
    return of_all;
  }

  Draft& draft_;
  const Fields& fields_;
  const Location at_;
  SimulatorSpec& simulator_;
  NetworkSpec made_;
  Network network_;
  NetworkNames names_{draft_, network_};
  bool wrong_ = false;
  std::vector<std::pair<std::string, Location>> places_;
};

}  // namespace

std::vector<SignalId> build_network(Draft& draft, const Fields& fields, Location at,
                                    SimulatorSpec& simulator) {
  return NetworkBuild(draft, fields, at, simulator).build();
}

}  // namespace gemel::spec
