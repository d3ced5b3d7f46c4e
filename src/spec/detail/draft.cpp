#include "spec/detail/draft.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/quantity.hpp"

namespace gemel::spec {
namespace {

std::string joined(const std::string& asset_path, std::string_view name) {
  return asset_path.empty() ? std::string(name) : asset_path + "." + std::string(name);
}

/// Looks from `from` outwards for a whole path.
template <class IdType>
std::optional<IdType> find_outwards(const Plant& plant,
                                    const std::unordered_map<std::string, IdType>& by_path,
                                    AssetId from, std::string_view path) {
  for (AssetId asset = from; asset.valid(); asset = plant.asset(asset).parent) {
    if (const auto found = by_path.find(joined(plant.asset(asset).path, path));
        found != by_path.end()) {
      return found->second;
    }
  }
  return std::nullopt;
}

bool is_acceleration(const KnownUnit& unit) { return unit.dimension == "m/s2"; }

}  // namespace

bool Draft::take_part(Location at) {
  if (++parts <= kPartsMax && plant.signals.size() < kSignalsMax) return true;
  if (!too_large) {
    problems.error(
        at, fmt::format(
                "the plant is too large: more than {} signals or {} declarations with all types "
                "written out; split it into several twins",
                kSignalsMax, kPartsMax));
  }
  too_large = true;
  return false;
}

Signal* Draft::add_signal(AssetId asset, std::string name, const KnownUnit& unit, Location at) {
  if (!take_part(at)) return nullptr;
  const SignalId id{static_cast<std::uint32_t>(plant.signals.size())};
  std::string path = joined(plant.asset(asset).path, name);
  if (!signals_by_path.emplace(path, id).second) {
    problems.error(at, fmt::format("there is already a signal '{}'; rename one", path));
    return nullptr;
  }
  Signal& signal = plant.signals.emplace_back();
  signal.id = id;
  signal.asset = asset;
  signal.name = std::move(name);
  signal.path = std::move(path);
  signal.unit = unit.unit;
  signal_units.push_back(&unit);
  plant.assets[asset.index].signals.push_back(id);
  return &signal;
}

void Draft::add_followed(FollowedQuantity& followed, AssetId asset, const std::string& name,
                         const KnownUnit& unit, const std::string& description, Location at) {
  const auto add = [&](const char* part, const char* what) -> SignalId {
    Signal* signal = add_signal(asset, name + part, unit, at);
    if (signal == nullptr) return {};
    signal->role = SignalRole::Estimate;
    signal->description = what + description;
    return signal->id;
  };
  followed.middle = add("", "");
  followed.low = add(".low", "5 % of ");
  followed.high = add(".high", "95 % of ");
}

std::string Draft::located(const std::string& path) const {
  const std::filesystem::path given(path);
  return given.is_absolute() || folder.empty()
             ? path
             : (std::filesystem::path(folder) / given).lexically_normal().string();
}

Result<SignalId> Draft::find_signal(AssetId from, std::string_view path) const {
  if (const auto found = find_outwards(plant, signals_by_path, from, path)) return *found;
  return plant.find_signal(path);
}

Result<ControlId> Draft::find_control(AssetId from, std::string_view path) const {
  if (const auto found = find_outwards(plant, controls_by_path, from, path)) return *found;
  return plant.find_control(path);
}

SignalId Draft::signal_of(AssetId from, const Node& node) {
  if (!node.is_text()) return {};
  const auto found = find_signal(from, node.text);
  if (!found) problems.error(node.at, found.error().message);
  return found.value_or(SignalId{});
}

ControlId Draft::control_of(AssetId from, const Node& node) {
  if (!node.is_text()) return {};
  const auto found = find_control(from, node.text);
  if (!found) problems.error(node.at, found.error().message);
  return found.value_or(ControlId{});
}

const KnownUnit& Draft::unit_of(const Node* node, bool expects_acceleration) {
  if (node == nullptr || !node->is_text()) return units.none();
  const auto unit = units.read(node->text, expects_acceleration);
  if (unit) return **unit;
  problems.error(node->at, unit.error().message);
  return units.none();
}

namespace {

/// A quantity's number times what `factor` says of its unit; a bare number is in the unit already.
template <class Convert>
std::optional<double> read_quantity(Draft& draft, const Node& node, std::string_view label,
                                    bool expects_acceleration, Convert convert) {
  if (!node.is_text()) return std::nullopt;
  const auto quantity = parse_quantity(node.text);
  if (!quantity) return std::nullopt;  // reported with the form
  if (quantity->unit.empty()) return quantity->value;
  const auto written = draft.units.read(quantity->unit, expects_acceleration);
  const Result<double> value =
      written ? convert(quantity->value, **written) : Result<double>(written.error());
  if (value) return *value;
  draft.problems.error(
      node.at, fmt::format("'{}' of '{}': {}", shown(node.text), label, value.error().message));
  return std::nullopt;
}

}  // namespace

std::optional<double> Draft::value_in(const KnownUnit& unit, const Node& node,
                                      std::string_view label) {
  return read_quantity(*this, node, label, is_acceleration(unit),
                       [&](double value, const KnownUnit& written) -> Result<double> {
                         GEMEL_ASSIGN(const Conversion to_unit, conversion(written, unit));
                         return to_unit.of(value);
                       });
}

std::optional<double> Draft::difference_in(const KnownUnit& unit, const Node& node,
                                           std::string_view label) {
  return read_quantity(*this, node, label, is_acceleration(unit),
                       [&](double value, const KnownUnit& written) -> Result<double> {
                         GEMEL_ASSIGN(const double factor, difference_factor(written, unit));
                         return factor * value;
                       });
}

std::optional<double> Draft::change_per_second_in(const KnownUnit& unit, const Node& node,
                                                  std::string_view label) {
  const auto rate = units.per_second(unit);
  if (!rate) {
    problems.error(node.at, rate.error().message);
    return std::nullopt;
  }
  const auto change =
      read_quantity(*this, node, label, is_acceleration(unit),
                    [&](double value, const KnownUnit& written) -> Result<double> {
                      GEMEL_ASSIGN(const double factor, difference_factor(written, **rate));
                      return factor * value;
                    });
  if (change && *change <= 0.0) {
    problems.error(node.at,
                   fmt::format("'{}' must be above zero, not {}", label, shown(node.text)));
    return std::nullopt;
  }
  return change;
}

Limits Draft::limits_in(const KnownUnit& unit, const Node& node, std::string_view label) {
  if (!node.is_list() || node.items.size() != 2) return {};
  Limits limits{value_in(unit, *node.items[0], label), value_in(unit, *node.items[1], label)};
  if (limits.low && limits.high && *limits.low >= *limits.high) {
    problems.error(node.at, fmt::format("'{}': the low end {} is not below the high end {}", label,
                                        text::number(*limits.low), text::number(*limits.high)));
  }
  return limits;
}

namespace {

/// The number of the state that a condition names.
std::optional<double> state_value(Draft& draft, const Signal& signal, const ConditionText& parts,
                                  const Node& node) {
  if (parts.comparison != Comparison::Equal && parts.comparison != Comparison::NotEqual) {
    draft.problems.error(
        node.at, fmt::format("'{}' is a state, which is compared with == or != only", signal.path));
    return std::nullopt;
  }
  for (std::size_t i = 0; i < signal.states.size(); ++i) {
    if (signal.states[i] == parts.value) return static_cast<double>(i);
  }
  const auto near = text::did_you_mean(parts.value, signal.states);
  draft.problems.error(
      node.at,
      fmt::format(
          "'{}' is no state of '{}'{}", shown(parts.value), signal.path,
          !near.empty() ? near : fmt::format("; there are {}", fmt::join(signal.states, ", "))));
  return std::nullopt;
}

}  // namespace

std::optional<Condition> Draft::condition_of(AssetId from, const Node& node) {
  if (!node.is_text()) return std::nullopt;
  const auto written = parse_condition(node.text);
  if (!written) return std::nullopt;  // reported with the form
  return condition_of(from, *written, node);
}

std::optional<Condition> Draft::condition_of(AssetId from, const ConditionText& written,
                                             const Node& node) {
  const auto found = find_signal(from, written.signal);
  if (!found) {
    problems.error(node.at, fmt::format("'{}': {}", shown(node.text), found.error().message));
    return std::nullopt;
  }
  const Signal& signal = plant.signal(*found);
  Node value_node;
  value_node.kind = Node::Kind::Text;
  value_node.at = node.at;
  value_node.text = std::string(written.value);
  std::optional<double> value;
  if (!signal.states.empty()) {
    value = state_value(*this, signal, written, node);
  } else if (const auto quantity = parse_quantity(value_node.text); !quantity) {
    problems.error(node.at, fmt::format("'{}': {}", shown(node.text), quantity.error().message));
  } else {
    value = value_in(*signal_units[found->index], value_node, signal.path);
  }
  if (!value) return std::nullopt;
  return Condition{*found, written.comparison, *value, written.hold, node.text};
}

TrainingSpec Draft::training_of(const Node* node) {
  TrainingSpec training;
  if (node == nullptr || !node->is_table()) return training;
  const Fields fields(*node);
  training.first = fields.duration("first", training.first);
  const Node* from = fields.find_text("from");
  const Node* until = fields.find_text("until");
  if (from == nullptr && until == nullptr) return training;
  if (fields.find("first") != nullptr) {
    problems.error(node->at, "a training stretch is 'first', or 'from' and 'until', not both");
  }
  TimeRange range;
  const auto read = [&](const Node* at, Timestamp& into) {
    if (at == nullptr) return;
    if (const auto time = parse_timestamp(at->text)) {
      into = *time;
    } else {
      problems.error(at->at, time.error().message);
    }
  };
  read(from, range.from);
  read(until, range.until);
  if (range.from >= range.until)
    problems.error(node->at, "the training stretch ends before it begins");
  training.range = range;
  return training;
}

}  // namespace gemel::spec
