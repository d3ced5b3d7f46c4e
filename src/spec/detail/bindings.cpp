// Which signal is found where in the sources, and where commands go.

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/grammar.hpp"
#include "spec/detail/paths.hpp"

namespace gemel::spec {
namespace {

constexpr std::array<std::string_view, 6> kBindingKeys{"from", "topic", "measurement",
                                                       "tags", "time",  "command"};

bool is_binding_key(std::string_view key) {
  return std::find(kBindingKeys.begin(), kBindingKeys.end(), key) != kBindingKeys.end();
}

enum class Kind { Mqtt, Files, LineProtocol };

Kind kind_of(const Source& source) {
  if (std::holds_alternative<MqttSource>(source.settings)) return Kind::Mqtt;
  if (std::holds_alternative<FileSource>(source.settings)) return Kind::Files;
  return Kind::LineProtocol;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::Mqtt:
      return "mqtt";
    case Kind::Files:
      return "files";
    case Kind::LineProtocol:
      return "line_protocol";
  }
  return "";
}

class BindingBuild {
 public:
  explicit BindingBuild(Draft& draft) : draft_(draft) {}

  void build(const Node& twin) {
    std::vector<bool> has_own(draft_.plant.assets.size(), false);
    for (const auto& entry : Fields(twin).entries("bindings")) {
      const auto asset = draft_.plant.find_asset(entry.key == draft_.plant.name ? "" : entry.key);
      if (!asset) {
        draft_.problems.error(entry.at, asset.error().message);
        continue;
      }
      has_own[asset->index] = true;
      for (const Node* node : one_or_more(entry.value)) add(*asset, *node);
    }
    for (const auto& pending : draft_.bindings) {
      if (!has_own[pending.asset.index]) add(pending.asset, *pending.node);
    }
    subscribe_to_bindings();
    tell_unbound();
  }

 private:
  static std::vector<const Node*> one_or_more(const Node* node) {
    if (node == nullptr) return {};
    return node->is_list() ? node->items : std::vector<const Node*>{node};
  }

  void add(AssetId asset, const Node& node) {
    if (!node.is_table() || draft_.too_large || !draft_.take_part(node.at)) return;
    const Fields fields(node);
    Binding binding;
    if (!find_source(fields, binding.source)) return;
    const Kind kind = kind_of(draft_.plant.sources[binding.source]);
    if (kind == Kind::Mqtt) read_topic(binding, asset, fields);
    if (kind == Kind::LineProtocol) read_series(binding, asset, fields);
    refuse_keys_of_others(fields, kind);
    read_time(binding, fields, kind);
    for (const auto& entry : node.entries) {
      if (!is_binding_key(entry.key) && entry.value != nullptr)
        add_field(binding, asset, entry, kind);
    }
    for (const auto& entry : fields.entries("command"))
      add_command(binding.source, asset, entry, kind);
    if (!binding.fields.empty()) draft_.plant.bindings.push_back(std::move(binding));
  }

  bool find_source(const Fields& fields, std::uint32_t& index) {
    const Node* from = fields.find_text("from");
    if (from == nullptr) return false;
    const auto found = draft_.sources_by_name.find(from->text);
    if (found != draft_.sources_by_name.end()) {
      index = found->second;
      return true;
    }
    std::vector<std::string> names;
    for (const auto& source : draft_.plant.sources) names.push_back(source.name);
    const auto near = text::did_you_mean(from->text, names);
    draft_.problems.error(
        from->at,
        fmt::format("no source '{}'{}", shown(from->text),
                    !near.empty()   ? near
                    : names.empty() ? "; declare one under 'sources'"
                                    : fmt::format("; there are {}", fmt::join(names, ", "))));
    return false;
  }

  void read_topic(Binding& binding, AssetId asset, const Fields& fields) {
    const Node* topic = fields.find_text("topic");
    if (topic == nullptr) {
      if (fields.find("topic") == nullptr && has_fields(fields)) {
        draft_.problems.error(fields.table().at,
                              "this binding lacks 'topic', which its source, of kind mqtt, needs");
      }
      return;
    }
    binding.topic = filled_in(topic->text, asset);
    if (const auto trouble = topic_trouble(binding.topic, true); !trouble.empty())
      draft_.problems.error(topic->at, trouble);
    const auto& filters =
        std::get<MqttSource>(draft_.plant.sources[binding.source].settings).topics;
    const bool heard = filters.empty() ||
                       std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
                         return covers(filter, binding.topic);
                       });
    if (!heard) {
      draft_.problems.warning(
          topic->at,
          fmt::format("'{}' is in none of the topics that source '{}' subscribes to ({})",
                      shown(binding.topic), draft_.plant.sources[binding.source].name,
                      shown(fmt::format("{}", fmt::join(filters, ", ")))));
    }
  }

  static bool has_fields(const Fields& fields) {
    const auto& entries = fields.table().entries;
    return std::any_of(entries.begin(), entries.end(),
                       [](const Node::Entry& e) { return !is_binding_key(e.key); });
  }

  /// The measurement and tags of a line.
  void read_series(Binding& binding, AssetId asset, const Fields& fields) {
    if (const Node* measurement = fields.find_text("measurement")) {
      binding.measurement = name_in_lines(*measurement, asset, "a measurement");
    } else if (fields.find("measurement") == nullptr && has_fields(fields)) {
      draft_.problems.error(fields.table().at,
                            "this binding lacks 'measurement', which its source, of kind "
                            "line_protocol, needs");
    }
    for (const auto& entry : fields.entries("tags")) {
      if (entry.value != nullptr && entry.value->is_text())
        binding.tags[entry.key] = name_in_lines(*entry.value, asset, "a tag's value");
    }
  }

  std::string name_in_lines(const Node& node, AssetId asset, std::string_view what) {
    auto name = filled_in(node.text, asset);
    const bool possible = !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (!possible)
      draft_.problems.error(
          node.at,
          fmt::format("{} in line protocol is neither empty nor holds control characters", what));
    return name;
  }

  void refuse_keys_of_others(const Fields& fields, Kind kind) {
    const auto refuse = [&](std::string_view key) {
      if (const Node* node = fields.find(key)) {
        draft_.problems.error(
            node->at, fmt::format("'{}' has no meaning for a source of kind {}; remove it", key,
                                  name_of(kind)));
      }
    };
    if (kind != Kind::Mqtt) refuse("topic");
    if (kind == Kind::LineProtocol) {
      refuse("time");
    } else {
      refuse("measurement");
      refuse("tags");
    }
  }

  /// {asset} and {path} of a topic, a measurement or a tag.
  std::string filled_in(std::string topic, AssetId id) const {
    const Asset& asset = draft_.plant.asset(id);
    std::string slashed = asset.path;
    std::replace(slashed.begin(), slashed.end(), '.', '/');
    for (const auto& [mark, text] :
         {std::pair<std::string_view, const std::string&>{"{asset}", asset.name},
          {"{path}", slashed}}) {
      for (auto at = topic.find(mark); at != std::string::npos && topic.size() < 4096;
           at = topic.find(mark, at + text.size())) {
        topic.replace(at, mark.size(), text);
      }
    }
    return topic;
  }

  void read_time(Binding& binding, const Fields& fields, Kind kind) {
    const Node* time = fields.find_text("time");
    if (time == nullptr || kind == Kind::LineProtocol) return;
    binding.time_path = time->text;
    if (kind != Kind::Mqtt) return;
    if (const auto trouble = payload_path_trouble(time->text); !trouble.empty())
      draft_.problems.error(time->at, trouble);
  }

  void add_field(Binding& binding, AssetId asset, const Node::Entry& entry, Kind kind) {
    if (!draft_.take_part(entry.at)) return;
    const SignalId id = signal_below(asset, entry);
    if (!id.valid()) return;
    const Signal& signal = draft_.plant.signal(id);
    if (signal.role != SignalRole::Measured) {
      return draft_.problems.error(
          entry.at, fmt::format("'{}' is computed by Gemel and can't be bound", signal.path));
    }
    BoundField field;
    field.signal = id;
    const Node* path = entry.value;
    if (entry.value->is_table()) {
      const Fields fields(*entry.value);
      path = fields.find_text("path");
      read_conversion(field, fields);
    }
    if (path == nullptr || !path->is_text()) return;
    field.path = path->text;
    if (kind == Kind::Mqtt) {
      if (const auto trouble = payload_path_trouble(field.path); !trouble.empty())
        return draft_.problems.error(path->at, trouble);
      if (field.path == "$") field.path.clear();
    } else if (field.path.empty()) {
      return draft_.problems.error(path->at, fmt::format("the name of a {} can't be empty",
                                                         kind == Kind::Files ? "column" : "field"));
    }
    binding.fields.push_back(std::move(field));
    // Two brokers may tell the same value; two series of a collector are two values.
    if (!bound_.insert(id).second && kind == Kind::LineProtocol) {
      draft_.problems.error(
          entry.at, fmt::format("signal '{}' is bound twice; remove one binding", signal.path));
    }
  }

  /// Only signals of the asset itself or of its parts: a binding of one asset that fills another
  /// would mislead.
  SignalId signal_below(AssetId asset, const Node::Entry& entry) {
    const std::string& prefix = draft_.plant.asset(asset).path;
    const auto found =
        draft_.signals_by_path.find(prefix.empty() ? entry.key : prefix + "." + entry.key);
    if (found != draft_.signals_by_path.end()) return found->second;
    std::vector<std::string> names;
    for (const SignalId id : draft_.plant.asset(asset).signals) {
      if (draft_.plant.signal(id).role == SignalRole::Measured)
        names.push_back(draft_.plant.signal(id).name);
    }
    for (const auto key : kBindingKeys) names.emplace_back(key);
    draft_.problems.error(
        entry.at,
        fmt::format("'{}' has no signal '{}'{}", prefix.empty() ? draft_.plant.name : prefix,
                    shown(entry.key), text::did_you_mean(entry.key, names)));
    return {};
  }

  /// declared = factor * (scale * found + offset) + shift
  void read_conversion(BoundField& field, const Fields& fields) {
    field.scale = fields.number("scale", 1.0);
    field.offset = fields.number("offset", 0.0);
    if (field.scale == 0.0)
      draft_.problems.error(fields.find("scale")->at, "a scale of 0 makes every value the same");
    const Node* unit = fields.find_text("unit");
    if (unit == nullptr) return;
    const Signal& signal = draft_.plant.signal(field.signal);
    const KnownUnit& declared = *draft_.signal_units[field.signal.index];
    if (!signal.states.empty())
      return draft_.problems.error(unit->at,
                                   fmt::format("'{}' is a state and has no unit", signal.path));
    const auto written = draft_.units.read(unit->text, declared.dimension == "m/s2");
    if (!written) return draft_.problems.error(unit->at, written.error().message);
    const auto to_declared = conversion(**written, declared);
    if (!to_declared) {
      return draft_.problems.error(
          unit->at, fmt::format("signal '{}': {}", signal.path, to_declared.error().message));
    }
    field.scale *= to_declared->scale;
    field.offset = to_declared->of(field.offset);
  }

  void add_command(std::uint32_t source, AssetId asset, const Node::Entry& entry, Kind kind) {
    if (entry.value == nullptr) return;
    const std::string& prefix = draft_.plant.asset(asset).path;
    const auto found = draft_.controls_by_path.find(prefix + "." + entry.key);
    if (found == draft_.controls_by_path.end()) {
      std::vector<std::string> names;
      for (const ControlId id : draft_.plant.asset(asset).controls)
        names.push_back(draft_.plant.control(id).name);
      return draft_.problems.error(
          entry.at, fmt::format("'{}' has no control '{}'{}", prefix, shown(entry.key),
                                text::did_you_mean(entry.key, names)));
    }
    if (kind != Kind::Mqtt) {
      return draft_.problems.error(
          entry.at, fmt::format("commands can't go to a source of kind {}", name_of(kind)));
    }
    const Node* topic = entry.value->is_table() ? entry.value->find("topic") : entry.value;
    if (topic == nullptr || !topic->is_text()) return;
    Control& control = draft_.plant.controls[found->second.index];
    if (control.source != UINT32_MAX) {
      return draft_.problems.error(entry.at,
                                   fmt::format("control '{}' is bound twice", control.path));
    }
    control.source = source;
    control.topic = filled_in(topic->text, asset);
    if (const auto trouble = topic_trouble(control.topic, false); !trouble.empty())
      draft_.problems.error(topic->at, trouble);
  }

  /// A source that names no topics subscribes to those of its bindings.
  void subscribe_to_bindings() {
    std::vector<std::vector<std::string>> wanted(draft_.plant.sources.size());
    for (const auto& binding : draft_.plant.bindings)
      wanted[binding.source].push_back(binding.topic);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      auto* mqtt = std::get_if<MqttSource>(&draft_.plant.sources[i].settings);
      if (mqtt == nullptr || !mqtt->topics.empty()) continue;
      std::sort(wanted[i].begin(), wanted[i].end());
      wanted[i].erase(std::unique(wanted[i].begin(), wanted[i].end()), wanted[i].end());
      mqtt->topics = std::move(wanted[i]);
    }
  }

  void tell_unbound() {
    // After an error this would only repeat what follows from it.
    if (draft_.plant.sources.empty() || draft_.problems.any_error()) return;
    for (const auto& asset : draft_.plant.assets) {
      std::vector<std::string_view> names;
      for (const SignalId id : asset.signals) {
        if (draft_.plant.signal(id).role == SignalRole::Measured && !bound_.contains(id))
          names.push_back(draft_.plant.signal(id).name);
      }
      if (names.empty()) continue;
      draft_.problems.warning(
          {}, fmt::format("'{}': no binding fills {}; they will stay without a value",
                          asset.path.empty() ? draft_.plant.name : asset.path,
                          shown(fmt::format("{}", fmt::join(names, ", ")))));
    }
    for (const auto& control : draft_.plant.controls) {
      if (control.source == UINT32_MAX && control.autonomy == Autonomy::Approve) {
        draft_.problems.warning(
            {}, fmt::format("control '{}' has no command topic; nothing can be sent to it",
                            control.path));
      }
    }
  }

  Draft& draft_;
  std::set<SignalId> bound_;
};

}  // namespace

void build_bindings(Draft& draft, const Node& twin) { BindingBuild(draft).build(twin); }

}  // namespace gemel::spec
