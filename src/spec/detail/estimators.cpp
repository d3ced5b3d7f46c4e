// Soft sensors, forecasts and remaining lives, and the signals that they write.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/quantity.hpp"

namespace gemel::spec {
namespace {

struct Setting {
  std::string_view name;
  double low, high;
};
constexpr std::array kSoftSensorSettings{Setting{"forgetting", 0.9, 1.0},
                                         Setting{"learns_on", 0, 1}};
constexpr std::array kLifeSettings{Setting{"particles", 100, 100'000}, Setting{"noise", 0, 1e300}};

/// "10 min" -> "10min", for names of signals.
std::string lead_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c != ' ') name += c;
  }
  return name;
}

class EstimatorBuild {
 public:
  explicit EstimatorBuild(Draft& draft) : draft_(draft) {}

  void add_soft_sensor(const Pending& pending) {
    const Fields fields(*pending.node);
    auto spec = begin(pending, fields, EstimatorKind::SoftSensor);
    for (const Node* item : fields.items("from")) {
      const SignalId id = numeric(pending.asset, item);
      if (!id.valid()) continue;
      if (id == spec.of || std::ranges::find(spec.from, id) != spec.from.end()) {
        draft_.problems.error(item->at, fmt::format("'{}' stands here twice", shown(item->text)));
        continue;
      }
      spec.from.push_back(id);
    }
    if (!set_of(spec, pending, fields)) return;
    if (spec.from.empty()) {
      if (!fields.items("from").empty()) return;  // said of each
      return draft_.problems.error(
          pending.at, fmt::format("soft sensor '{}' has nothing to go by; name signals in 'from'",
                                  pending.name));
    }
    if (std::ranges::find(spec.from, spec.of) != spec.from.end()) {
      return draft_.problems.error(
          pending.at, fmt::format("soft sensor '{}' would estimate a signal from itself: take '{}' "
                                  "out of 'from'",
                                  pending.name, draft_.plant.signal(spec.of).path));
    }
    read_settings(spec, kSoftSensorSettings, fields);
    const auto unit = draft_.signal_units[spec.of.index];
    add_outputs(spec, pending, pending.name, {}, *unit, SignalRole::SoftSensor,
                "What " + draft_.plant.signal(spec.of).path + " should show, by other signals");
    draft_.plant.estimators.push_back(std::move(spec));
  }

  void add_forecast(const Pending& pending) {
    const Fields fields(*pending.node);
    auto spec = begin(pending, fields, EstimatorKind::Forecast);
    if (!set_of(spec, pending, fields)) return;
    spec.lookback = fields.duration("lookback", {});
    const auto leads = fields.one_or_more("ahead");
    for (const Node* lead : leads) {
      if (!lead->is_text()) continue;
      const auto length = parse_duration(lead->text);
      if (!length) continue;  // reported with the form
      if (length->ns <= 0 || (spec.step.ns > 0 && *length < spec.step)) {
        draft_.problems.error(lead->at,
                              fmt::format("'{}' is less than a step ahead", shown(lead->text)));
        continue;
      }
      const auto name = pending.name + "." + lead_name(lead->text);
      add_outputs(spec, pending, name, *length, *draft_.signal_units[spec.of.index],
                  SignalRole::Forecast,
                  fmt::format("What {} is expected to be {} later",
                              draft_.plant.signal(spec.of).path, lead->text));
    }
    if (spec.outputs.empty()) {
      if (leads.empty())
        draft_.problems.error(pending.at,
                              fmt::format("forecast '{}' does not say how far it looks; write "
                                          "'ahead: [10 min, 1 h]'",
                                          pending.name));
      return;
    }
    draft_.plant.estimators.push_back(std::move(spec));
  }

  void add_life(const Pending& pending) {
    const Fields fields(*pending.node);
    auto spec = begin(pending, fields, EstimatorKind::Life);
    const Node* ends = fields.find("ends");
    const Node* model = fields.find_text("model");
    if ((ends == nullptr) == (model == nullptr)) {
      return draft_.problems.error(
          pending.at, fmt::format("life '{}' needs either 'ends', such as 'vibration > 7.1 mm/s', "
                                  "or a 'model' of `gemel life train`",
                                  pending.name));
    }
    spec.horizon = fields.duration("horizon", Duration::days(90));
    if (spec.horizon.ns <= 0)
      return draft_.problems.error(pending.at, "'horizon' must be above zero");
    read_stop(spec, fields);
    read_settings(spec, kLifeSettings, fields);
    if (model != nullptr) return add_learned_life(std::move(spec), pending, fields, *model);
    spec.ends = draft_.condition_of(pending.asset, *ends);
    if (!spec.ends) return;
    const auto& signal = draft_.plant.signal(spec.ends->signal);
    const bool ordered =
        spec.ends->comparison != Comparison::Equal && spec.ends->comparison != Comparison::NotEqual;
    if (!signal.states.empty() || !ordered) {
      return draft_.problems.error(
          ends->at, fmt::format("'{}': a life ends when a number passes a limit, such as "
                                "'vibration > 7.1 mm/s'",
                                shown(ends->text)));
    }
    spec.of = spec.ends->signal;
    add_life_outputs(std::move(spec), pending, "How long until " + spec.ends->text);
  }

 private:
  /// A life that a model tells of; it begins with the history, or when 'begins' says.
  void add_learned_life(EstimatorSpec spec, const Pending& pending, const Fields& fields,
                        const Node& model) {
    spec.model = draft_.located(model.text);
    for (const Node* item : fields.items("signals")) {
      if (const SignalId id = numeric(pending.asset, item); id.valid()) spec.from.push_back(id);
    }
    if (fields.find("signals") == nullptr) {
      for (const SignalId id : draft_.plant.asset(pending.asset).signals) {
        const Signal& signal = draft_.plant.signal(id);
        if (signal.role == SignalRole::Measured && signal.states.empty()) spec.from.push_back(id);
      }
    }
    if (spec.from.empty()) {
      return draft_.problems.error(pending.at,
                                   fmt::format("life '{}' has no signal to go by", pending.name));
    }
    spec.training = {.first = Duration::seconds(1), .range = std::nullopt};
    if (const Node* begins = fields.find_text("begins")) {
      const auto time = parse_timestamp(begins->text);
      if (!time) return draft_.problems.error(begins->at, time.error().message);
      spec.training.range = TimeRange{*time, *time + Duration::seconds(1)};
    }
    add_life_outputs(std::move(spec), pending, "How long it is expected to last");
  }

  void add_life_outputs(EstimatorSpec spec, const Pending& pending,
                        const std::string& description) {
    const auto days = draft_.units.read("d");
    if (!days) return draft_.problems.error(pending.at, days.error().message);
    add_outputs(spec, pending, pending.name, {}, **days, SignalRole::Life, description);
    if (spec.outputs.empty()) return;
    if (spec.next_stop || spec.stop_every.ns > 0) {
      if (Signal* risk = add_output(spec, pending, pending.name + ".fails_before_stop",
                                    draft_.units.none(), SignalRole::Life, Part::Probability)) {
        risk->range = {0.0, 1.0};
        risk->description = "Probability of failing before the next planned stop";
        spec.outputs.front().probability = risk->id;
      }
    }
    draft_.plant.estimators.push_back(std::move(spec));
  }

  EstimatorSpec begin(const Pending& pending, const Fields& fields, EstimatorKind kind) {
    EstimatorSpec spec;
    const std::string& asset_path = draft_.plant.asset(pending.asset).path;
    spec.kind = kind;
    spec.asset = pending.asset;
    spec.name = pending.name;
    spec.path = asset_path.empty() ? pending.name : asset_path + "." + pending.name;
    spec.training = draft_.training_of(fields.find("training"));
    spec.step = fields.duration("step", {});
    if (const Node* node = fields.find_text("coverage")) {
      if (const auto value = draft_.value_in(draft_.units.none(), *node, "coverage")) {
        if (*value >= 0.5 && *value <= 0.99)
          spec.coverage = *value;
        else
          draft_.problems.error(
              node->at, fmt::format("'coverage' goes from 0.5 to 0.99, not {}", shown(node->text)));
      }
    }
    return spec;
  }

  SignalId numeric(AssetId asset, const Node* node) {
    const SignalId id = draft_.signal_of(asset, *node);
    if (!id.valid() || draft_.plant.signal(id).states.empty()) return id;
    draft_.problems.error(node->at,
                          fmt::format("'{}' is a state, not a number", shown(node->text)));
    return {};
  }

  bool set_of(EstimatorSpec& spec, const Pending& pending, const Fields& fields) {
    const Node* of = fields.find("of");
    if (of == nullptr || !of->is_text()) return false;  // reported with the form
    spec.of = numeric(pending.asset, of);
    return spec.of.valid();
  }

  template <std::size_t N>
  void read_settings(EstimatorSpec& spec, const std::array<Setting, N>& known,
                     const Fields& fields) {
    for (const auto& entry : fields.entries("settings")) {
      if (entry.value == nullptr) continue;
      const auto setting = std::ranges::find(known, entry.key, &Setting::name);
      if (setting == known.end()) {
        std::vector<std::string> names;
        for (const auto& one : known) names.emplace_back(one.name);
        draft_.problems.error(entry.at, fmt::format("no setting '{}'; there are {}",
                                                    shown(entry.key), fmt::join(names, ", ")));
        continue;
      }
      const auto value = draft_.difference_in(draft_.units.none(), *entry.value, entry.key);
      if (!value) continue;
      if (*value < setting->low || *value > setting->high) {
        draft_.problems.error(
            entry.value->at, fmt::format("'{}' goes from {} to {}, not {}", entry.key, setting->low,
                                         setting->high, shown(entry.value->text)));
        continue;
      }
      spec.settings[entry.key] = *value;
    }
  }

  void read_stop(EstimatorSpec& spec, const Fields& fields) {
    const Node* node = fields.find("planned_stop");
    if (node == nullptr || !node->is_table()) return;
    const Fields stop(*node);
    spec.stop_every = stop.duration("every", {});
    if (const Node* at = stop.find_text("at")) {
      if (const auto time = parse_timestamp(at->text))
        spec.next_stop = *time;
      else
        draft_.problems.error(at->at, time.error().message);
    }
    if (stop.find("every") == nullptr && stop.find("at") == nullptr)
      draft_.problems.error(node->at, "a planned stop has a time 'at', or comes 'every' so often");
  }

  Signal* add_output(const EstimatorSpec& spec, const Pending& pending, const std::string& name,
                     const KnownUnit& unit, SignalRole role, Part part) {
    Signal* signal = draft_.add_signal(pending.asset, name, unit, pending.at);
    if (signal == nullptr) return nullptr;
    signal->role = role;
    signal->of = spec.of;
    signal->part = part;
    if (spec.step.ns > 0) signal->period = spec.step;
    return signal;
  }

  void add_outputs(EstimatorSpec& spec, const Pending& pending, const std::string& name,
                   Duration lead, const KnownUnit& unit, SignalRole role,
                   const std::string& description) {
    EstimateSignals out;
    out.lead = lead;
    const auto percent = fmt::format("{:.0f} %", 100.0 * spec.coverage);
    const auto add = [&](const std::string& suffix, Part part, const std::string& words) {
      Signal* signal = add_output(spec, pending, name + suffix, unit, role, part);
      if (signal == nullptr) return SignalId{};
      signal->lead = lead;
      signal->description = words;
      return signal->id;
    };
    out.middle = add("", Part::Middle, description);
    out.low = add(".low", Part::Low, "Low end of its " + percent + " interval");
    out.high = add(".high", Part::High, "High end of its " + percent + " interval");
    if (out.middle.valid() && out.low.valid() && out.high.valid()) spec.outputs.push_back(out);
  }

  Draft& draft_;
};

}  // namespace

void build_estimators(Draft& draft) {
  EstimatorBuild build(draft);
  const auto each = [&](const std::vector<Pending>& pending, auto add) {
    for (const auto& one : pending) {
      if (!draft.too_large && is_name(one.name)) (build.*add)(one);
    }
  };
  each(draft.soft_sensors, &EstimatorBuild::add_soft_sensor);
  each(draft.forecasts, &EstimatorBuild::add_forecast);
  each(draft.lives, &EstimatorBuild::add_life);
}

}  // namespace gemel::spec
