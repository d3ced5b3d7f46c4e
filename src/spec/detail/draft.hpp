#pragma once
// A plant in the making, and what the stages of the making share.

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/plant.hpp"
#include "spec/detail/document.hpp"
#include "spec/detail/problems.hpp"
#include "spec/detail/quantity.hpp"
#include "spec/detail/units.hpp"

namespace gemel::spec {

/// A declaration that is read once every signal is known.
struct Pending {
  AssetId asset;
  std::string name;
  Location at;
  const Node* node = nullptr;
};

/// Limits: kSignalsMax signals, and kPartsMax declarations in all, types written out for each of
/// their assets.
struct Draft {
  static constexpr std::size_t kSignalsMax = 200'000;
  static constexpr std::size_t kPartsMax = 1'000'000;

  Draft(Problems& p, std::string twin_folder) : problems(p), folder(std::move(twin_folder)) {}

  Problems& problems;
  std::string folder;  // of the twin file; relative paths count from here
  Plant plant;
  Units units;

  std::vector<const KnownUnit*> signal_units;   // as plant.signals
  std::vector<const KnownUnit*> control_units;  // as plant.controls
  std::unordered_map<std::string, SignalId> signals_by_path;
  std::unordered_map<std::string, ControlId> controls_by_path;
  std::unordered_map<std::string, std::uint32_t> sources_by_name;

  std::vector<Pending> controls;  // as plant.controls
  std::vector<Pending> detectors;
  std::vector<Pending> rules;
  std::vector<Pending> soft_sensors;
  std::vector<Pending> forecasts;
  std::vector<Pending> lives;
  std::vector<Pending> simulators;
  std::vector<Pending> bindings;                                  // from types
  std::vector<std::pair<SignalId, const Node*>> history_classes;  // that signals name
  std::size_t parts = 0;
  bool too_large = false;

  /// Counts a declaration; false, and a problem, once there are too many.
  bool take_part(Location at);

  /// Adds a signal under its asset. Nothing when its path is taken or there are too many; that is
  /// reported at `at`.
  Signal* add_signal(AssetId asset, std::string name, const KnownUnit& unit, Location at);
  /// The signals that tell what a simulator follows: `name`, `name`.low and `name`.high.
  void add_followed(FollowedQuantity& followed, AssetId asset, const std::string& name,
                    const KnownUnit& unit, const std::string& description, Location at);

  /// `path` if it is absolute, otherwise counted from the twin file's folder.
  std::string located(const std::string& path) const;

  // Names in an asset's declarations mean, in this order: something below the asset, something
  // below what the asset is part of, and so on outwards; then the only path of the plant that ends
  // so.
  Result<SignalId> find_signal(AssetId from, std::string_view path) const;
  Result<ControlId> find_control(AssetId from, std::string_view path) const;
  /// As find_signal; reports what it does not find at the node.
  SignalId signal_of(AssetId from, const Node& node);
  ControlId control_of(AssetId from, const Node& node);

  // Quantities in a unit that the place asks for. Each reports trouble at the node and is then
  // empty.
  std::optional<double> value_in(const KnownUnit& unit, const Node& node, std::string_view label);
  std::optional<double> difference_in(const KnownUnit& unit, const Node& node,
                                      std::string_view label);
  std::optional<double> change_per_second_in(const KnownUnit& unit, const Node& node,
                                             std::string_view label);
  /// The unit of `node`'s text; a plain number when there is no node or the unit is unknown, which
  /// is reported.
  const KnownUnit& unit_of(const Node* node, bool expects_acceleration);
  /// "[0, 5]" or "[0 bar, 500 kPa]"; `label` is for messages.
  Limits limits_in(const KnownUnit& unit, const Node& node, std::string_view label);

  std::optional<Condition> condition_of(AssetId from, const Node& node);
  /// The same of one that was taken apart; trouble is reported at `node`, whose text it was.
  std::optional<Condition> condition_of(AssetId from, const ConditionText& written,
                                        const Node& node);
  TrainingSpec training_of(const Node* node);
};

// The stages, in their order. Each takes the whole file's table.
void build_assets(Draft& draft, const Node& twin);
void build_sources(Draft& draft, const Node& twin);
void build_simulators(Draft& draft, const Node& twin);
void build_estimators(Draft& draft);
void build_detectors(Draft& draft);
void build_controls(Draft& draft);
void build_bindings(Draft& draft, const Node& twin);
void build_connections(Draft& draft, const Node& twin);
void build_decisions(Draft& draft, const Node& twin);
void build_history(Draft& draft, const Node& twin);

/// A hash of what the plant means: equal for equal plants, whatever their comments, order of keys
/// and addresses.
std::string version_of(const Plant& plant);

}  // namespace gemel::spec
