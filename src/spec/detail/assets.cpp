// Types and the tree of assets: every asset with its measured signals and its controls.

#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/grammar.hpp"
#include "spec/detail/quantity.hpp"

namespace gemel::spec {
namespace {

constexpr std::size_t kAssetDepthMax = 32;

class AssetBuild {
 public:
  AssetBuild(Draft& draft, const Node& twin) : draft_(draft), types_(draft_types(twin)) {}

  void build_tree(const Node& twin) {
    Asset& plant = draft_.plant.assets.emplace_back();
    plant.id = AssetId{0};
    plant.name = draft_.plant.name;
    plant.description = Fields(twin).text("description");
    for (const auto& entry : Fields(twin).entries("assets")) add_asset(AssetId{0}, entry, 1);
  }

 private:
  using TypeTable = std::unordered_map<std::string, const Node*>;

  static TypeTable draft_types(const Node& twin) {
    TypeTable types;
    for (const auto& entry : Fields(twin).entries("types")) {
      if (entry.value != nullptr && entry.value->is_table()) types.emplace(entry.key, entry.value);
    }
    return types;
  }

  void add_asset(AssetId parent, const Node::Entry& entry, std::size_t depth) {
    if (entry.value == nullptr || !is_name(entry.key) || !draft_.take_part(entry.at)) return;
    if (depth > kAssetDepthMax) {
      return draft_.problems.error(entry.at,
                                   fmt::format("assets more than {} levels deep", kAssetDepthMax));
    }
    const AssetId id{static_cast<std::uint32_t>(draft_.plant.assets.size())};
    const std::string& parent_path = draft_.plant.asset(parent).path;
    Asset asset;
    asset.id = id;
    asset.parent = parent;
    asset.name = entry.key;
    asset.path = parent_path.empty() ? entry.key : parent_path + "." + entry.key;
    draft_.plant.assets.push_back(std::move(asset));
    draft_.plant.assets[parent.index].children.push_back(id);
    if (!entry.value->is_table()) return;
    describe(id, Fields(*entry.value));
    add_parts(id, Fields(*entry.value));
    add_children(id, *entry.value, depth);
  }

  void describe(AssetId id, const Fields& fields) {
    Asset& asset = draft_.plant.assets[id.index];
    asset.type = fields.text("type");
    asset.serial = fields.text("serial");
    asset.description = fields.text("description");
    if (const Node* at = fields.find("at")) asset.at = place_of(*at);
    if (const Node* scene = fields.find("scene")) {
      draft_.problems.warning(scene->at, "'scene' is not shown by this version");
    }
    if (asset.type.empty() || types_.contains(asset.type)) return;
    std::vector<std::string> names;
    for (const auto& [name, node] : types_) names.push_back(name);
    draft_.problems.error(
        fields.find("type")->at,
        fmt::format("no type '{}'{}", shown(asset.type), text::did_you_mean(asset.type, names)));
  }

  std::optional<std::pair<double, double>> place_of(const Node& node) {
    double latitude = 0, longitude = 0;
    if (!node.is_list() || node.items.size() != 2 ||
        !text::parse_number(node.items[0]->text, latitude) ||
        !text::parse_number(node.items[1]->text, longitude)) {
      return std::nullopt;
    }
    if (std::abs(latitude) > 90 || std::abs(longitude) > 180) {
      draft_.problems.error(node.at,
                            "'at' is [latitude, longitude] in degrees, within ±90 and ±180");
    }
    return std::pair{latitude, longitude};
  }

  void add_parts(AssetId id, const Fields& own) {
    const auto type = types_.find(draft_.plant.asset(id).type);
    const Node nothing;
    const Fields typed(type == types_.end() ? nothing : *type->second);
    for_each_part("signals", typed, own, [&](const Node::Entry& e) { add_signal(id, e); });
    for_each_part("controls", typed, own, [&](const Node::Entry& e) { add_control(id, e); });
    const Fields& watched = own.find("detector") != nullptr ? own : typed;
    const Node* one = watched.find("detector");  // a word, or a table
    if (one != nullptr && (one->is_text() || one->is_table()) && draft_.take_part(one->at))
      draft_.detectors.push_back({id, "behaviour", one->at, one});
    for_each_part("detectors", typed, own,
                  [&](const Node::Entry& e) { put_off(draft_.detectors, id, e); });
    for_each_part("soft_sensors", typed, own,
                  [&](const Node::Entry& e) { put_off(draft_.soft_sensors, id, e); });
    for_each_part("forecasts", typed, own,
                  [&](const Node::Entry& e) { put_off(draft_.forecasts, id, e); });
    for_each_part("life", typed, own, [&](const Node::Entry& e) { put_off(draft_.lives, id, e); });
    for (const auto* fields : {&typed, &own}) {
      for (const Node* rule : fields->items("rules"))
        put_off(draft_.rules, id, {"", rule->at, rule});
    }
    const Fields& simulated = own.find("simulator") != nullptr ? own : typed;
    if (const Node* node = simulated.find("simulator"))
      put_off(draft_.simulators, id, {"simulator", node->at, node});
    for (const Node* node : typed.one_or_more("binding"))
      put_off(draft_.bindings, id, {"", node->at, node});
  }

  /// The type's declarations, each replaced by the asset's own of the same name, then the others of
  /// its own.
  template <class Add>
  static void for_each_part(std::string_view key, const Fields& typed, const Fields& own, Add add) {
    const Node* mine = own.find(key);
    for (const auto& entry : typed.entries(key)) {
      const bool replaced = mine != nullptr && mine->is_table() && mine->find(entry.key) != nullptr;
      if (!replaced && entry.value != nullptr) add(entry);
    }
    for (const auto& entry : own.entries(key)) {
      if (entry.value != nullptr) add(entry);
    }
  }

  void put_off(std::vector<Pending>& where, AssetId id, const Node::Entry& entry) {
    if (entry.value->is_table() && draft_.take_part(entry.at))
      where.push_back({id, entry.key, entry.at, entry.value});
  }

  void add_children(AssetId id, const Node& table, std::size_t depth) {
    for (const auto& entry : table.entries) {
      if (draft_.too_large) return;
      if (kAssetRecord.find(entry.key) == nullptr) add_asset(id, entry, depth + 1);
    }
  }

  void add_signal(AssetId id, const Node::Entry& entry) {
    if (!entry.value->is_table() || !is_name(entry.key)) return;
    if (entry.key == "health") {
      return draft_.problems.error(
          entry.at, "a signal can't be named 'health', which Gemel itself computes; rename it");
    }
    const Fields fields(*entry.value);
    const KnownUnit& unit = draft_.unit_of(fields.find("unit"), measures_acceleration(entry.key));
    Signal* signal = draft_.add_signal(id, entry.key, unit, entry.at);
    if (signal == nullptr) return;
    signal->description = fields.text("description");
    signal->gap = fields.duration("gap", {});
    signal->stuck_after = fields.duration("stuck", {});
    if (const Node* kept = fields.find_text("history"))
      draft_.history_classes.emplace_back(signal->id, kept);
    if (const Node* rate = fields.find_text("rate")) {
      if (const auto per_second = parse_rate(rate->text))
        signal->period = Duration::from_seconds(1.0 / *per_second);
    }
    if (signal->gap.ns > 0 && fields.find("rate") != nullptr && signal->gap < signal->period) {
      draft_.problems.warning(
          fields.find("gap")->at,
          fmt::format(
              "the gap {} is shorter than the distance of two values, {}; every value would "
              "be missing",
              to_string(signal->gap), to_string(signal->period)));
    }
    if (const Node* states = fields.find("states")) return add_states(*signal, *states, fields);
    if (const Node* range = fields.find("range"))
      signal->range = draft_.limits_in(unit, *range, entry.key);
    if (const Node* change = fields.find("max_change")) {
      signal->rate_limit_per_s =
          draft_.change_per_second_in(unit, *change, "max_change").value_or(0.0);
    }
    if (const Node* calibration = fields.find("calibration");
        calibration != nullptr && calibration->is_table()) {
      calibrate(*signal, unit, Fields(*calibration));
    }
  }

  /// "g" is standard gravity for these, and the gram for everything else.
  static bool measures_acceleration(std::string_view name) {
    for (const std::string_view word : {"vibration", "accel", "shock"}) {
      if (name.find(word) != std::string_view::npos) return true;
    }
    return false;
  }

  void add_states(Signal& signal, const Node& states, const Fields& fields) {
    for (const std::string_view key : {"unit", "range", "max_change", "calibration"}) {
      if (const Node* node = fields.find(key)) {
        draft_.problems.error(
            node->at, fmt::format("'{}' has no meaning for an enumeration; leave it out", key));
      }
    }
    if (!states.is_list()) return;
    for (const Node* state : states.items) {
      if (!state->is_text()) continue;
      if (std::find(signal.states.begin(), signal.states.end(), state->text) !=
          signal.states.end()) {
        draft_.problems.error(state->at,
                              fmt::format("state '{}' stands here twice", shown(state->text)));
      }
      signal.states.push_back(state->text);
    }
    if (signal.states.empty())
      return draft_.problems.error(states.at, "an enumeration needs at least one state");
    signal.range = {0.0, static_cast<double>(signal.states.size() - 1)};
  }

  void calibrate(Signal& signal, const KnownUnit& unit, const Fields& fields) {
    signal.gain = fields.number("gain", 1.0);
    if (signal.gain == 0.0)
      draft_.problems.error(fields.find("gain")->at, "a gain of 0 makes every value the same");
    if (const Node* offset = fields.find("offset"))
      signal.offset = draft_.difference_in(unit, *offset, "offset").value_or(0.0);
  }

  void add_control(AssetId id, const Node::Entry& entry) {
    if (!entry.value->is_table() || !is_name(entry.key) || !draft_.take_part(entry.at)) return;
    const Fields fields(*entry.value);
    const KnownUnit& unit = draft_.unit_of(fields.find("unit"), false);
    Asset& asset = draft_.plant.assets[id.index];
    Control control;
    control.id = ControlId{static_cast<std::uint32_t>(draft_.plant.controls.size())};
    control.asset = id;
    control.name = entry.key;
    control.path = asset.path + "." + entry.key;
    control.description = fields.text("description");
    control.unit = unit.unit;
    asset.controls.push_back(control.id);
    draft_.controls_by_path.emplace(control.path, control.id);
    draft_.control_units.push_back(&unit);
    draft_.controls.push_back({id, entry.key, entry.at, entry.value});
    draft_.plant.controls.push_back(std::move(control));
  }

  Draft& draft_;
  const TypeTable types_;
};

}  // namespace

void build_assets(Draft& draft, const Node& twin) {
  draft.plant.name = Fields(twin).text("plant");
  if (const Node* name = Fields(twin).find_text("plant");
      name != nullptr && (name->text.empty() || name->text.size() > 100)) {
    draft.problems.error(name->at, "'plant' needs a name of 1 to 100 bytes");
  }
  AssetBuild(draft, twin).build_tree(twin);
}

}  // namespace gemel::spec
