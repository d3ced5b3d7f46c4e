#include "spec/detail/network_following.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/network_names.hpp"

namespace gemel::spec {
namespace {

using equations::Network;

constexpr double kHour_s = 3600.0;
constexpr double kUsualSpread = 0.05;  // of a state that nobody described

class Following {
  using Quantity = equations::Quantity;

 public:
  Following(Draft& draft, Location at, const SimulatorSpec& simulator, const Network& network,
            NetworkSpec& made)
      : draft_(draft),
        at_(at),
        simulator_(simulator),
        network_(network),
        names_(draft, network),
        made_(made) {}

  void take(const Node::Entry& entry) {
    if (entry.value == nullptr || !entry.value->is_table()) return;
    const Quantity* quantity = names_.adjustable(entry);
    const KnownUnit* own = quantity == nullptr ? nullptr : names_.si_unit(quantity->unit, entry.at);
    if (own == nullptr) return;
    const Fields fields(*entry.value);
    FollowedQuantity followed{entry.key, quantity->value};
    if (const Node* start = fields.find("start"))
      followed.start = draft_.value_in(*own, *start, "start").value_or(quantity->value);
    followed.spread = size(fields, "spread", *own, entry.key, 1.0);
    if (followed.spread == 0.0)
      draft_.problems.error(fields.find("spread")->at,
                            fmt::format("'{}': its spread must be above 0; it is how far from the "
                                        "start it may be",
                                        entry.key));
    followed.wander = size(fields, "wander", *own, entry.key) / std::sqrt(kHour_s);
    followed.sudden = size(fields, "sudden", *own, entry.key);
    take_memory(followed, *quantity, fields);
    const KnownUnit* unit = own;
    if (const Node* named = fields.find_text("unit")) {
      unit = &draft_.unit_of(named, false);
      if (!names_.fits(*unit, *quantity, *named)) return;
    }
    AssetId asset = simulator_.asset;
    std::string name = simulator_.name + "." + entry.key;
    if (const Node* node = fields.find_text("asset")) {
      const auto found = draft_.plant.find_asset(node->text);
      if (!found) return draft_.problems.error(node->at, found.error().message);
      asset = *found;
      name = entry.key.substr(entry.key.find('.') + 1);
    }
    tell(std::move(followed), *quantity, asset, name, *unit, entry.at);
  }

  /// States that nobody described are followed too: a what-if starts from them.
  void take_other_states() {
    for (const auto& state : network_.states()) {
      if (std::ranges::any_of(made_.followed,
                              [&](const auto& each) { return each.name == state.name; }))
        continue;
      const KnownUnit* unit = names_.si_unit(state.unit, at_);
      if (unit == nullptr) continue;
      FollowedQuantity followed{state.name, state.value,
                                std::max(kUsualSpread * std::abs(state.value), 1e-6)};
      tell(std::move(followed), state, simulator_.asset, simulator_.name + "." + state.name, *unit,
           at_);
    }
  }

 private:
  /// A difference in the quantity's unit, not below 0.
  double size(const Fields& fields, std::string_view key, const KnownUnit& unit,
              const std::string& name, double fallback = 0.0) {
    const Node* node = fields.find(key);
    if (node == nullptr) return fallback;
    const double value = draft_.difference_in(unit, *node, key).value_or(fallback);
    if (value >= 0.0) return value;
    draft_.problems.error(node->at, fmt::format("'{}': its {} can't be below 0", name, key));
    return fallback;
  }

  void take_memory(FollowedQuantity& followed, const Quantity& quantity, const Fields& fields) {
    const Node* memory = fields.find("memory");
    if (memory == nullptr) return;
    followed.memory = fields.duration("memory", Duration{}).in_seconds();
    const bool is_state = NetworkNames::find_in(network_.states(), quantity.name) != nullptr;
    if (is_state)
      draft_.problems.error(memory->at,
                            fmt::format("'{}' is a state: its equations say where it goes; leave "
                                        "'memory' out",
                                        quantity.name));
    else if (!(followed.wander > 0.0))
      draft_.problems.error(
          memory->at,
          fmt::format("'{}' does not wander; say 'wander', or leave 'memory' out", quantity.name));
  }

  void tell(FollowedQuantity followed, const Quantity& quantity, AssetId asset,
            const std::string& name, const KnownUnit& unit, Location at) {
    draft_.add_followed(
        followed, asset, name, unit,
        fmt::format("{} ({}), as the equations follow it", quantity.name, quantity.meaning), at);
    made_.followed.push_back(std::move(followed));
  }

  Draft& draft_;
  const Location at_;
  const SimulatorSpec& simulator_;
  const Network& network_;
  NetworkNames names_;
  NetworkSpec& made_;
};

}  // namespace

void follow_network(Draft& draft, const Fields& fields, Location at, const SimulatorSpec& simulator,
                    const Network& network, NetworkSpec& made) {
  Following following(draft, at, simulator, network, made);
  for (const auto& entry : fields.entries("follow")) following.take(entry);
  following.take_other_states();
}

void plan_maintenance(Draft& draft, const Fields& fields, const Network& network,
                      NetworkSpec& made) {
  NetworkNames names(draft, network);
  for (const auto& entry : fields.entries("maintenance")) {
    if (entry.value == nullptr || !entry.value->is_table()) continue;
    const Fields own(*entry.value);
    NetworkMaintenance planned{entry.key, own.duration("every", Duration{}).in_seconds(), {}, {}};
    if (std::ranges::any_of(made.parts, [&](const auto& part) { return part.name == entry.key; }))
      draft.problems.error(entry.at, fmt::format("'{}' is a component; give the maintenance "
                                                 "another name",
                                                 shown(entry.key)));
    if (const Node* on = own.find_text("on")) {
      const auto time = parse_timestamp(on->text);
      if (time)
        planned.on = *time;
      else
        draft.problems.error(on->at, time.error().message);
    }
    for (const auto& set : own.entries("sets")) {
      if (set.value == nullptr) continue;
      const auto* quantity = names.adjustable(set);
      const KnownUnit* unit = quantity == nullptr ? nullptr : names.si_unit(quantity->unit, set.at);
      if (unit == nullptr) continue;
      const auto value = draft.value_in(*unit, *set.value, set.key);
      if (!value) continue;
      if (!(*value >= quantity->low && *value <= quantity->high))
        draft.problems.error(
            set.value->at, fmt::format("'{}' ({}) can't be {}; it may be {} to {}", set.key,
                                       quantity->meaning, text::number(*value),
                                       text::number(quantity->low), text::number(quantity->high)));
      planned.sets[set.key] = *value;
    }
    made.maintenance.push_back(std::move(planned));
  }
}

}  // namespace gemel::spec
