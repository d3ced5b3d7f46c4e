#pragma once
// The kinds of detector that this version runs, with their settings: what a twin file is checked
// against and what `inference` reads, from one table.

#include <span>
#include <string_view>

namespace gemel {

/// What it is when left out stands in inference/settings.hpp.
struct DetectorSetting {
  std::string_view name;
  double low = 0.0;  // both ends may be asked for
  double high = 0.0;
  std::string_view unit = {};  // "signal": that of the signal it watches; otherwise of the number
};

struct DetectorKind {
  std::string_view name;
  std::span<const DetectorSetting> settings;

  /// Null when it has no such setting.
  const DetectorSetting* find_setting(std::string_view wanted) const;
};

/// The kinds that `kind:` may name.
std::span<const DetectorKind> detector_kinds();
/// Rules, which are detectors that learn nothing.
const DetectorKind& rule_kind();
/// Of all of them, "rule" too; null when there is no such kind.
const DetectorKind* find_detector_kind(std::string_view name);

}  // namespace gemel
