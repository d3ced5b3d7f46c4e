#include "spec/detail/fmu_build.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

constexpr double kHour_s = 3600.0;
constexpr double kMembersMost = 10'000.0;

/// A signal's name of a variable such as "body[1].phi" or "der(x)".
std::string as_name(std::string_view variable) {
  std::string name(variable);
  for (auto& each : name) {
    const bool fits = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                      (each >= '0' && each <= '9') || each == '_' || each == '-' || each == '.';
    if (!fits) each = '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

class FmuBuild {
 public:
  FmuBuild(Draft& draft, const Fields& fields, Location at, SimulatorSpec& simulator)
      : draft_(draft), fields_(fields), at_(at), simulator_(simulator) {}

  std::vector<SignalId> build() {
    take_file();
    made_.step = fields_.duration("step", {});
    made_.own_process = fields_.text("own_process") == "true";
    made_.followed_here = fields_.text("own_process") == "false";
    for (const auto& entry : fields_.entries("parameters")) {
      if (entry.value == nullptr) continue;
      if (const auto value = draft_.value_in(plain_, *entry.value, entry.key))
        simulator_.parameters[entry.key] = *value;
    }
    for (const auto& entry : fields_.entries("bind")) {
      if (entry.value == nullptr || !entry.value->is_text()) continue;
      if (const SignalId id = draft_.signal_of(simulator_.asset, *entry.value); id.valid())
        simulator_.signals[entry.key] = id;
    }
    for (const auto& entry : fields_.entries("controls")) {
      if (entry.value == nullptr || !entry.value->is_text()) continue;
      if (const ControlId id = draft_.control_of(simulator_.asset, *entry.value); id.valid())
        simulator_.controls[entry.key] = id;
    }
    take_following();
    std::vector<SignalId> expected;
    for (const auto& [name, signal] : simulator_.signals) {
      if (!made_.followed.empty() && !simulator_.controls.contains(name))
        expected.push_back(signal);
    }
    simulator_.description = std::move(made_);
    return expected;
  }

 private:
  void take_file() {
    const auto& key = simulator_.kind;  // "fmu" or "ssp"
    const Node* file = fields_.find_text(key);
    if (file == nullptr) {
      return draft_.problems.error(
          at_, fmt::format("this simulator lacks '{}', the file of its model", key));
    }
    made_.file = draft_.located(file->text);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(made_.file, ignored))
      draft_.problems.warning(file->at,
                              fmt::format("'{}': there is no file {}", key, shown(file->text)));
  }

  void take_following() {
    for (const auto& entry : fields_.entries("noise")) take_noise(entry);
    for (const auto& entry : fields_.entries("follow")) follow(entry);
    made_.filter = fields_.text("filter");
    if (const Node* members = fields_.find("members")) {
      const double count = draft_.value_in(plain_, *members, "members").value_or(2.0);
      if (!(count >= 2.0 && count <= kMembersMost) || count != std::floor(count)) {
        return draft_.problems.error(
            members->at,
            fmt::format("'members' is {}; a whole number from 2 to 10000", text::number(count)));
      }
      made_.members = static_cast<std::uint32_t>(count);
    }
    for (const char* key : {"filter", "members", "noise", "training"}) {
      if (const Node* node = fields_.find(key); node != nullptr && made_.followed.empty())
        draft_.problems.error(
            node->at, fmt::format("'{}' is for what is followed; this fmu follows nothing", key));
    }
  }

  void take_noise(const Node::Entry& entry) {
    if (entry.value == nullptr) return;
    const auto bound = simulator_.signals.find(entry.key);
    if (bound == simulator_.signals.end()) {
      std::vector<std::string> names;
      for (const auto& each : simulator_.signals) names.push_back(each.first);
      return draft_.problems.error(entry.at,
                                   fmt::format("no signal is bound to '{}'{}", shown(entry.key),
                                               text::did_you_mean(entry.key, names)));
    }
    const auto& unit = *draft_.signal_units[bound->second.index];
    const auto noise = draft_.difference_in(unit, *entry.value, entry.key);
    if (!noise) return;
    if (!(*noise > 0.0))
      return draft_.problems.error(
          entry.value->at, fmt::format("the noise of '{}' is {}; it must be above 0", entry.key,
                                       text::number(*noise)));
    made_.noise[entry.key] = *noise * unit.unit.scale;
  }

  void follow(const Node::Entry& entry) {
    if (entry.value == nullptr || !entry.value->is_table()) return;
    const Fields fields(*entry.value);
    const KnownUnit* unit = &plain_;
    if (const Node* named = fields.find_text("unit")) unit = &draft_.unit_of(named, false);
    FollowedQuantity followed{entry.key, std::numeric_limits<double>::quiet_NaN()};
    const double scale = unit->unit.scale;
    if (const Node* start = fields.find("start")) {
      if (const auto value = draft_.value_in(*unit, *start, "start"))
        followed.start = unit->unit.to_si(*value);
    }
    if (const Node* spread = fields.find("spread")) {
      followed.spread = scale * draft_.difference_in(*unit, *spread, "spread").value_or(1.0);
      if (!(followed.spread > 0.0))
        draft_.problems.error(spread->at, fmt::format("'{}': its spread must be above 0; it is how "
                                                      "far from the start it may be",
                                                      entry.key));
    }
    if (const Node* wander = fields.find("wander")) {
      const double in_an_hour = draft_.difference_in(*unit, *wander, "wander").value_or(0.0);
      followed.wander = scale * in_an_hour / std::sqrt(kHour_s);
      if (in_an_hour < 0.0)
        draft_.problems.error(wander->at,
                              fmt::format("'{}': its wander can't be below 0", entry.key));
    }
    for (const char* key : {"memory", "sudden"}) {
      if (const Node* node = fields.find(key))
        draft_.problems.error(
            node->at,
            fmt::format("'{}' is for 'equations'; what is followed of an fmu has none", key));
    }
    AssetId asset = simulator_.asset;
    std::string name = simulator_.name + "." + as_name(entry.key);
    if (const Node* node = fields.find_text("asset")) {
      const auto found = draft_.plant.find_asset(node->text);
      if (!found) return draft_.problems.error(node->at, found.error().message);
      asset = *found;
      name = as_name(entry.key.substr(entry.key.find('.') + 1));
    }
    draft_.add_followed(followed, asset, name, *unit, entry.key + ", as the FMU follows it",
                        entry.at);
    made_.followed.push_back(std::move(followed));
  }

  Draft& draft_;
  const Fields& fields_;
  const Location at_;
  SimulatorSpec& simulator_;
  const KnownUnit& plain_ = **draft_.units.read("1");
  FmuSpec made_;
};

}  // namespace

std::vector<SignalId> build_fmu(Draft& draft, const Fields& fields, Location at,
                                SimulatorSpec& simulator) {
  return FmuBuild(draft, fields, at, simulator).build();
}

}  // namespace gemel::spec
