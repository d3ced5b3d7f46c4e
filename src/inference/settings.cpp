#include "inference/settings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "core/detector_kinds.hpp"
#include "inference/kinds.hpp"

namespace gemel::inference {
namespace {

/// Where a setting goes; its limits stand with its kind.
using Put = void (*)(DetectorSettings&, double);

std::size_t rows(double v) { return static_cast<std::size_t>(v); }

Put find_put(std::string_view name) {
  using S = DetectorSettings;
  static constexpr std::pair<std::string_view, Put> kPuts[] = {
      {"trees", [](S& s, double v) { s.trees = static_cast<std::uint32_t>(v); }},
      {"sample", [](S& s, double v) { s.sample = static_cast<std::uint32_t>(v); }},
      {"window", [](S& s, double v) { s.window = rows(v); }},
      {"limits", [](S& s, double v) { s.limits = v != 0.0; }},
      {"fit_share", [](S& s, double v) { s.fit_share = v; }},
      {"period", [](S& s, double v) { s.period = Duration::from_seconds(v); }},
      {"grow", [](S& s, double v) { s.grow = v != 0.0; }},
      {"adapt", [](S& s, double v) { s.adapt = v != 0.0; }},
      {"adapt_max", [](S& s, double v) { s.adapt_max = v; }},
      {"on_rows", [](S& s, double v) { s.episode.on = rows(v); }},
      {"of_rows", [](S& s, double v) { s.episode.of = rows(v); }},
      {"off_rows", [](S& s, double v) { s.episode.off = rows(v); }},
      {"clear_below", [](S& s, double v) { s.clear_below = v; }},
      {"hysteresis", [](S& s, double v) { s.hysteresis = v; }},
      {"clear_after", [](S& s, double v) { s.clear_after = Duration::from_seconds(v); }},
  };
  const auto found = std::ranges::find(kPuts, name, &std::pair<std::string_view, Put>::first);
  return found == std::end(kPuts) ? nullptr : found->second;
}

Error unknown_setting(const DetectorKind& kind, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& known : kind.settings) names.emplace_back(known.name);
  return {ErrorCode::InvalidInput, "'" + std::string(kind.name) + "' has no setting '" + name +
                                       "'" + text::did_you_mean(name, names)};
}

}  // namespace

Result<DetectorSettings> read_settings(const DetectorSpec& spec) {
  DetectorSettings out;
  if (const Kind* kind = find_kind(spec.kind)) out.window = kind->window;
  const DetectorKind* known = find_detector_kind(spec.kind);
  if (known == nullptr) return out;  // who runs it says so
  for (const auto& [name, value] : spec.settings) {
    const auto* setting = known->find_setting(name);
    const Put put = find_put(name);
    if (setting == nullptr || put == nullptr)
      return unknown_setting(*known, name).within(spec.path);
    if (!(value >= setting->low && value <= setting->high)) {
      return Error{ErrorCode::InvalidInput, spec.path + ": " + name + " is " + text::number(value) +
                                                "; it must be from " + text::number(setting->low) +
                                                " to " + text::number(setting->high)};
    }
    put(out, value);
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
