#include "plant_layout.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace gemel::bench {
namespace {

struct Sensor {
  std::string_view name;
  SignalKind kind;
};

using enum SignalKind;
constexpr std::array<Sensor, 20> kSensors{
    {{"temperature", Analogue}, {"pressure", Analogue},   {"flow", Analogue},
     {"vibration", Analogue},   {"current", Analogue},    {"voltage", Analogue},
     {"level", Analogue},       {"humidity", Analogue},   {"torque", Analogue},
     {"speed", Analogue},       {"acidity", Analogue},    {"conductivity", Analogue},
     {"power", Analogue},       {"cycles", Counter},      {"energy", Counter},
     {"parts", Counter},        {"pulses", Counter},      {"target", SetPoint},
     {"mode", SetPoint},        {"upper_limit", SetPoint}}};
constexpr std::uint32_t kAssetsPerLine = 10;
constexpr std::uint32_t kLinesPerSite = 5;

/// An asset's fifty signals begin with sensor 0 or, in every other asset, with sensor 10.
std::string type_of(std::uint32_t asset) { return asset % 2 == 0 ? "Even" : "Odd"; }

}  // namespace

SignalKind kind_of(std::uint32_t signal) { return kSensors[signal % kSensors.size()].kind; }

Place place_of(std::uint32_t signal) {
  const auto asset = signal / kSignalsPerAsset;
  const auto line = asset / kAssetsPerLine;
  const auto of_its_kind = signal % kSignalsPerAsset / kSensors.size();
  return {.site = fmt::format("s{:02}", line / kLinesPerSite),
          .line = fmt::format("l{}", line % kLinesPerSite),
          .asset = fmt::format("unit{:04}", asset),
          .sensor = fmt::format("{}_{:02}", kSensors[signal % kSensors.size()].name, of_its_kind)};
}

std::shared_ptr<const Plant> bare_plant(std::uint32_t signals) {
  auto plant = std::make_shared<Plant>();
  plant->name = "bench";
  plant->assets.emplace_back();
  plant->assets.front().id = {0};
  plant->signals.reserve(signals);
  for (std::uint32_t i = 0; i < signals; ++i) {
    const auto place = place_of(i);
    Signal signal;
    signal.id = {i};
    signal.asset = {0};
    signal.name = place.sensor;
    signal.path = place.path();
    plant->signals.push_back(std::move(signal));
  }
  plant->index_paths();
  return plant;
}

namespace {

/// The type of assets whose first signal is `first`. A narrow line has one field, so each signal
/// has a binding of its own, told apart by the sensor's tag.
std::string type_block(std::uint32_t first) {
  std::string signals, bindings;
  for (auto i = first; i < first + kSignalsPerAsset; ++i) {
    const auto sensor = place_of(i).sensor;
    signals += fmt::format("      {}: {{}}\n", sensor);
    bindings += fmt::format(
        "      - {{ from: collectors, measurement: telemetry, tags: {{ asset: \"{{asset}}\", "
        "sensor: "
        "{} }}, {}: v }}\n",
        sensor, sensor);
  }
  return fmt::format("  {}:\n    signals:\n{}    binding:\n{}", type_of(first / kSignalsPerAsset),
                     signals, bindings);
}

}  // namespace

std::string twin_file(std::uint32_t signals, const std::string& commit_every) {
  std::string text = "gemel: 1\nplant: bench\ntypes:\n" + type_block(0);
  if (signals > kSignalsPerAsset) text += type_block(kSignalsPerAsset);
  text += "assets:\n";
  Place last;
  for (std::uint32_t i = 0; i < signals; i += kSignalsPerAsset) {
    const auto place = place_of(i);
    if (place.site != last.site) text += fmt::format("  {}:\n", place.site);
    if (place.site != last.site || place.line != last.line)
      text += fmt::format("    {}:\n", place.line);
    text += fmt::format("      {}: {{ type: {} }}\n", place.asset, type_of(i / kSignalsPerAsset));
    last = place;
  }
  text += "sources:\n  collectors: { kind: line_protocol }\n";
  if (!commit_every.empty()) text += fmt::format("history: {{ commit: every {} }}\n", commit_every);
  return text;
}

}  // namespace gemel::bench
