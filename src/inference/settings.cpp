#include "inference/settings.hpp"

#include <functional>
#include <map>

#include "base/text.hpp"
#include "inference/kinds.hpp"

namespace gemel::inference {
namespace {

struct Setting {
  double low;
  double high;
  std::function<void(DetectorSettings&, double)> set;
};

const std::map<std::string, Setting, std::less<>>& known_settings() {
  using S = DetectorSettings;
  const auto rows = [](double v) { return static_cast<std::size_t>(v); };
  static const std::map<std::string, Setting, std::less<>> kSettings{
      {"trees", {1, 10'000, [](S& s, double v) { s.trees = static_cast<std::uint32_t>(v); }}},
      {"sample", {2, 16'384, [](S& s, double v) { s.sample = static_cast<std::uint32_t>(v); }}},
      {"window", {1, 1000, [rows](S& s, double v) { s.window = rows(v); }}},
      {"limits", {0, 1, [](S& s, double v) { s.limits = v != 0.0; }}},
      {"fit_share", {0.2, 0.8, [](S& s, double v) { s.fit_share = v; }}},
      {"period", {1e-6, 86'400, [](S& s, double v) { s.period = Duration::from_seconds(v); }}},
      {"grow", {0, 1, [](S& s, double v) { s.grow = v != 0.0; }}},
      {"adapt", {0, 1, [](S& s, double v) { s.adapt = v != 0.0; }}},
      {"adapt_max", {1, 100, [](S& s, double v) { s.adapt_max = v; }}},
      {"on_rows", {1, 1000, [rows](S& s, double v) { s.episode.on = rows(v); }}},
      {"of_rows", {1, 1000, [rows](S& s, double v) { s.episode.of = rows(v); }}},
      {"off_rows", {1, 100'000, [rows](S& s, double v) { s.episode.off = rows(v); }}},
      {"clear_below", {0.1, 1, [](S& s, double v) { s.clear_below = v; }}},
      {"hysteresis", {0, 1e300, [](S& s, double v) { s.hysteresis = v; }}},
      {"clear_after",
       {0, 86'400, [](S& s, double v) { s.clear_after = Duration::from_seconds(v); }}},
  };
  return kSettings;
}

Error unknown_setting(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, setting] : known_settings()) names.push_back(known);
  return {ErrorCode::InvalidInput, "no setting '" + name + "'" + text::did_you_mean(name, names)};
}

}  // namespace

Result<DetectorSettings> read_settings(const DetectorSpec& spec) {
  DetectorSettings out;
  if (const Kind* kind = find_kind(spec.kind)) out.window = kind->window;
  for (const auto& [name, value] : spec.settings) {
    const auto found = known_settings().find(name);
    if (found == known_settings().end()) return unknown_setting(name).within(spec.path);
    const auto& setting = found->second;
    if (!(value >= setting.low && value <= setting.high)) {
      return Error{ErrorCode::InvalidInput, spec.path + ": " + name + " is " + text::number(value) +
                                                "; it must be from " + text::number(setting.low) +
                                                " to " + text::number(setting.high)};
    }
    setting.set(out, value);
  }
  if (out.episode.on > out.episode.of) {
    return Error{ErrorCode::InvalidInput,
                 spec.path + ": on_rows is " + std::to_string(out.episode.on) +
                     ", more than of_rows, " + std::to_string(out.episode.of) +
                     "; an alarm could never be raised"};
  }
  return out;
}

std::vector<double> values_of(const DetectorSettings& s) {
  return {static_cast<double>(s.trees),
          static_cast<double>(s.sample),
          static_cast<double>(s.window),
          s.limits ? 1.0 : 0.0,
          s.fit_share,
          s.period.in_seconds(),
          static_cast<double>(s.episode.on),
          static_cast<double>(s.episode.of)};
}

bool learns(const DetectorSpec& spec) { return find_kind(spec.kind) != nullptr; }

}  // namespace gemel::inference
