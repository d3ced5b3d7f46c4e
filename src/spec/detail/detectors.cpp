// Detectors and rules, the scores that they write, and the health that follows from them.

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/detector_kinds.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/quantity.hpp"
#include "spec/detail/rule_build.hpp"

namespace gemel::spec {
namespace {

class DetectorBuild {
 public:
  explicit DetectorBuild(Draft& draft) : draft_(draft) {}

  void build() {
    for (const auto& pending : draft_.detectors) add_detector(pending);
    for (const auto& pending : draft_.rules) add_rule(pending);
    add_health();
  }

 private:
  /// What detectors and rules have in common.
  DetectorSpec begin(const Pending& pending, const Fields& fields, std::string name) {
    DetectorSpec spec;
    const std::string& asset_path = draft_.plant.asset(pending.asset).path;
    spec.asset = pending.asset;
    spec.path = asset_path.empty() ? name : asset_path + "." + name;
    spec.name = std::move(name);
    spec.alarm = fields.text("alarm");
    spec.priority = fields.priority();
    spec.consequence = fields.text("consequence");
    spec.action = fields.text("action");
    return spec;
  }

  void add_detector(const Pending& pending) {
    if (draft_.too_large || !is_name(pending.name)) return;
    const Node nothing;
    const bool is_short = !pending.node->is_table();  // detector: auto
    const Fields fields(is_short ? nothing : *pending.node);
    DetectorSpec spec = begin(pending, fields, pending.name);
    const Node* named = is_short ? pending.node : fields.find_text("kind");
    spec.kind = named == nullptr ? "auto" : named->text;
    spec.training = draft_.training_of(fields.find("training"));
    if (const Node* rate = fields.find_text("false_alarms")) {
      spec.false_alarms_per_s = parse_rate(rate->text).value_or(spec.false_alarms_per_s);
    }
    spec.signals = watched(pending, fields);
    if (spec.kind == "residual") compare_with_estimates(spec, pending, fields);
    read_model(spec, fields);
    if (const DetectorKind* kind = kind_of(spec.kind, named)) read_settings(spec, *kind, fields);
    paths_.insert(spec.path);
    if (Signal* score = draft_.add_signal(pending.asset, pending.name + ".score",
                                          draft_.units.none(), pending.at)) {
      score->role = SignalRole::Score;
      score->description = "Score of " + spec.path + "; 1 is its threshold";
      spec.score = score->id;
    }
    draft_.plant.detectors.push_back(std::move(spec));
  }

  /// A network's card may be written later, by `gemel train`: its absence is worth a warning only.
  void read_model(DetectorSpec& spec, const Fields& fields) {
    const Node* node = fields.find_text("model");
    const bool network = spec.kind == "network";
    if (node == nullptr && network)
      draft_.problems.error(fields.find("kind")->at,
                            "a detector of kind 'network' needs 'model', the path of its card");
    if (node == nullptr) return;
    if (!network)
      return draft_.problems.error(node->at, fmt::format("'model' has no meaning for kind '{}'; "
                                                         "remove it, or write kind: network",
                                                         shown(spec.kind)));
    spec.model = draft_.located(node->text);
    std::error_code ignored;
    if (spec.model.find('\0') != std::string::npos ||
        !std::filesystem::is_regular_file(spec.model, ignored))
      draft_.problems.warning(
          node->at,
          fmt::format("'model': there is no file {}; `gemel train` writes one", shown(spec.model)));
  }

  /// Null, and a problem at `node`, when there is no such kind.
  const DetectorKind* kind_of(const std::string& wanted, const Node* node) {
    std::vector<std::string> names;
    for (const auto& kind : detector_kinds()) {
      if (kind.name == wanted) return &kind;
      names.emplace_back(kind.name);
    }
    const auto near = text::did_you_mean(wanted, names);
    draft_.problems.error(
        node->at,
        fmt::format("no kind of detector '{}'{}", shown(wanted),
                    !near.empty() ? near : fmt::format("; there are {}", fmt::join(names, ", "))));
    return nullptr;
  }

  void read_settings(DetectorSpec& spec, const DetectorKind& kind, const Fields& fields) {
    for (const auto& entry : fields.entries("settings")) {
      if (entry.value == nullptr) continue;
      if (spec.expression && entry.key == "hysteresis") continue;  // it holds its own
      const auto* setting = kind.find_setting(entry.key);
      if (setting != nullptr) {
        read_setting(spec, *setting, entry);
        continue;
      }
      std::vector<std::string> names;
      for (const auto& known : kind.settings) names.emplace_back(known.name);
      const auto near = text::did_you_mean(entry.key, names);
      draft_.problems.error(
          entry.at,
          fmt::format("'{}' has no setting '{}'{}", kind.name, shown(entry.key),
                      !near.empty() ? near : fmt::format("; it has {}", fmt::join(names, ", "))));
    }
  }

  void read_setting(DetectorSpec& spec, const DetectorSetting& setting, const Node::Entry& entry) {
    const auto unit =
        setting.unit == "signal"
            ? Result<const KnownUnit*>(draft_.signal_units[spec.signals.front().index])
            : draft_.units.read(setting.unit);
    if (!unit) return draft_.problems.error(entry.at, unit.error().message);
    const auto value = draft_.difference_in(**unit, *entry.value, setting.name);
    if (!value) return;
    if (*value < setting.low || *value > setting.high) {
      return draft_.problems.error(
          entry.value->at, fmt::format("'{}' goes from {} to {}, not {}", setting.name, setting.low,
                                       setting.high, shown(entry.value->text)));
    }
    spec.settings[entry.key] = *value;
  }

  std::vector<SignalId> watched(const Pending& pending, const Fields& fields) {
    std::vector<SignalId> signals;
    if (fields.find("signals") == nullptr) {
      for (const SignalId id : draft_.plant.asset(pending.asset).signals) {
        const Signal& signal = draft_.plant.signal(id);
        if (signal.role == SignalRole::Measured && signal.states.empty()) signals.push_back(id);
      }
    }
    for (const Node* item : fields.items("signals")) {
      if (draft_.too_large || !draft_.take_part(item->at)) return signals;
      const SignalId id = draft_.signal_of(pending.asset, *item);
      if (!id.valid()) continue;
      if (std::find(signals.begin(), signals.end(), id) != signals.end()) {
        draft_.problems.error(item->at, fmt::format("'{}' stands here twice", shown(item->text)));
      } else if (!draft_.plant.signal(id).states.empty()) {
        draft_.problems.error(
            item->at, fmt::format("'{}' is a state; detectors watch numbers, rules watch states",
                                  draft_.plant.signal(id).path));
      } else {
        signals.push_back(id);
      }
    }
    if (signals.empty() && fields.items("signals").empty())
      draft_.problems.error(pending.at,
                            fmt::format("detector '{}' has no signal to watch", pending.name));
    return signals;
  }

  /// Of each signal that is watched, all that is estimated of it; an estimate that is named brings
  /// what it speaks of. The stretch is counted from when the estimates begin.
  void compare_with_estimates(DetectorSpec& spec, const Pending& pending, const Fields& fields) {
    const bool named = fields.find("signals") != nullptr;
    std::vector<SignalId> measured, estimates;
    const auto add = [](std::vector<SignalId>& to, SignalId id) {
      if (std::find(to.begin(), to.end(), id) == to.end()) to.push_back(id);
    };
    for (const auto id : spec.signals) {
      const Signal& signal = draft_.plant.signal(id);
      if (is_estimate(signal)) {
        add(measured, signal.of);
        add(estimates, id);
        continue;
      }
      bool any = false;
      for (const Signal& other : draft_.plant.signals) {
        if (!is_estimate(other) || other.of != id) continue;
        add(estimates, other.id);
        any = true;
      }
      if (any) add(measured, id);
      if (!any && named)
        draft_.problems.error(
            fields.find("signals")->at,
            fmt::format("nothing estimates '{}': let a simulator's port stand for it, or write a "
                        "soft sensor of it",
                        signal.path));
    }
    if (estimates.empty() && !named)
      draft_.problems.error(
          pending.at, fmt::format("detector '{}' has no estimate to compare with: let a "
                                  "simulator's ports stand for its signals, or write soft sensors",
                                  pending.name));
    Duration first = {};
    for (const auto id : estimates) first = std::max(first, learns_for(id));
    if (!spec.training.range) spec.training.first = spec.training.first + first;
    spec.signals = std::move(measured);
    spec.signals.insert(spec.signals.end(), estimates.begin(), estimates.end());
  }

  static bool is_estimate(const Signal& signal) {
    return signal.part == Part::Middle &&
           (signal.role == SignalRole::Estimate || signal.role == SignalRole::SoftSensor);
  }

  /// How much of the history goes by before this estimate is there.
  Duration learns_for(SignalId estimate) const {
    const auto of = [](const TrainingSpec& training) {
      return training.range ? Duration{} : training.first;
    };
    for (const auto& one : draft_.plant.estimators) {
      for (const auto& output : one.outputs) {
        if (output.middle == estimate) return of(one.training);
      }
    }
    return draft_.plant.simulators.empty() ? Duration{} : of(draft_.plant.simulators[0].training);
  }

  void add_rule(const Pending& pending) {
    if (draft_.too_large) return;
    const Fields fields(*pending.node);
    const Node* when = fields.find("when");
    if (when == nullptr) return;
    DetectorSpec spec = begin(pending, fields, rule_name(pending, fields));
    spec.kind = "rule";
    const Node* settings = fields.find("settings");
    const Node* hysteresis =
        settings != nullptr && settings->is_table() ? settings->find("hysteresis") : nullptr;
    auto built = build_rule(draft_, pending.asset, *when, hysteresis);
    if (!built) return;
    spec.rule = std::move(built->condition);
    spec.expression = std::move(built->expression);
    if (spec.rule) spec.signals = {spec.rule->signal};
    if (spec.expression) spec.signals = spec.expression->signals;
    if (built->hysteresis) spec.settings["hysteresis"] = *built->hysteresis;
    read_settings(spec, rule_kind(), fields);
    if (spec.alarm.empty()) spec.alarm = when->text;
    paths_.insert(spec.path);
    draft_.plant.detectors.push_back(std::move(spec));
  }

  /// "Low suction" -> "low_suction", "rule" without an alarm's name; a number follows where it is
  /// taken.
  std::string rule_name(const Pending& pending, const Fields& fields) const {
    std::string name;
    for (const char c : fields.text("alarm").substr(0, 40)) {
      const bool is_upper = c >= 'A' && c <= 'Z';
      const bool fits = is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (fits) {
        name += static_cast<char>(is_upper ? c - 'A' + 'a' : c);
      } else if (!name.empty() && name.back() != '_') {
        name += '_';
      }
    }
    while (!name.empty() && name.back() == '_') name.pop_back();
    if (name.empty() || !is_name(name)) name = "rule";
    const std::string& asset_path = draft_.plant.asset(pending.asset).path;
    const std::string prefix = asset_path.empty() ? "" : asset_path + ".";
    std::string unique = name;
    for (int n = 2; paths_.contains(prefix + unique); ++n) unique = name + "_" + std::to_string(n);
    return unique;
  }

  /// Every asset that something watches, or something below, gets a health; so does the plant.
  void add_health() {
    std::vector<bool> watched(draft_.plant.assets.size(), false);
    for (const auto& detector : draft_.plant.detectors) {
      for (AssetId id = detector.asset; id.valid() && !watched[id.index];
           id = draft_.plant.asset(id).parent) {
        watched[id.index] = true;
      }
    }
    for (std::uint32_t i = 0; i < watched.size(); ++i) {
      if (!watched[i]) continue;
      Signal* health = draft_.add_signal(AssetId{i}, "health", draft_.units.none(), {});
      if (health == nullptr) return;
      health->role = SignalRole::Health;
      health->range = {0.0, 1.0};
      health->description = "1 healthy, 0 failed";
      draft_.plant.assets[i].health = health->id;
    }
  }

  Draft& draft_;
  std::unordered_set<std::string> paths_;  // of detectors and rules
};

}  // namespace

void build_detectors(Draft& draft) { DetectorBuild(draft).build(); }

}  // namespace gemel::spec
