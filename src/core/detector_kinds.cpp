#include "core/detector_kinds.hpp"

#include <algorithm>
#include <array>

namespace gemel {
namespace {

constexpr std::array kAutoSettings{
    DetectorSetting{"window", 1, 1000},
    DetectorSetting{"fit_share", 0.2, 0.8},
    DetectorSetting{"period", 1e-6, 86'400, "s"},
    DetectorSetting{"on_rows", 1, 1000},
    DetectorSetting{"of_rows", 1, 1000},
    DetectorSetting{"off_rows", 1, 100'000},
    DetectorSetting{"clear_below", 0.1, 1},
    DetectorSetting{"grow", 0, 1},
    DetectorSetting{"adapt", 0, 1},
    DetectorSetting{"adapt_max", 1, 100},
};
constexpr std::array kForestSettings{
    DetectorSetting{"trees", 1, 10'000},     DetectorSetting{"sample", 2, 16'384},
    DetectorSetting{"window", 1, 1000},      DetectorSetting{"limits", 0, 1},
    DetectorSetting{"fit_share", 0.2, 0.8},  DetectorSetting{"period", 1e-6, 86'400, "s"},
    DetectorSetting{"on_rows", 1, 1000},     DetectorSetting{"of_rows", 1, 1000},
    DetectorSetting{"off_rows", 1, 100'000}, DetectorSetting{"clear_below", 0.1, 1},
    DetectorSetting{"adapt", 0, 1},          DetectorSetting{"adapt_max", 1, 100},
};
// Those of a forest that have nothing to do with trees.
constexpr std::array kLimitSettings{
    DetectorSetting{"window", 1, 1000},           DetectorSetting{"fit_share", 0.2, 0.8},
    DetectorSetting{"period", 1e-6, 86'400, "s"}, DetectorSetting{"on_rows", 1, 1000},
    DetectorSetting{"of_rows", 1, 1000},          DetectorSetting{"off_rows", 1, 100'000},
    DetectorSetting{"clear_below", 0.1, 1},       DetectorSetting{"adapt", 0, 1},
    DetectorSetting{"adapt_max", 1, 100},
};
constexpr std::array kComponentSettings{
    DetectorSetting{"limits", 0, 1},         DetectorSetting{"window", 1, 1000},
    DetectorSetting{"fit_share", 0.2, 0.8},  DetectorSetting{"period", 1e-6, 86'400, "s"},
    DetectorSetting{"on_rows", 1, 1000},     DetectorSetting{"of_rows", 1, 1000},
    DetectorSetting{"off_rows", 1, 100'000}, DetectorSetting{"clear_below", 0.1, 1},
    DetectorSetting{"adapt", 0, 1},          DetectorSetting{"adapt_max", 1, 100},
};
constexpr std::array kChangeSettings{
    DetectorSetting{"fit_share", 0.2, 0.8},  DetectorSetting{"period", 1e-6, 86'400, "s"},
    DetectorSetting{"on_rows", 1, 1000},     DetectorSetting{"of_rows", 1, 1000},
    DetectorSetting{"off_rows", 1, 100'000}, DetectorSetting{"clear_below", 0.1, 1},
    DetectorSetting{"adapt", 0, 1},          DetectorSetting{"adapt_max", 1, 100},
};
constexpr std::array kHalfSpaceSettings{
    DetectorSetting{"trees", 1, 10'000},          DetectorSetting{"sample", 2, 16'384},
    DetectorSetting{"window", 1, 1000},           DetectorSetting{"fit_share", 0.2, 0.8},
    DetectorSetting{"period", 1e-6, 86'400, "s"}, DetectorSetting{"on_rows", 1, 1000},
    DetectorSetting{"of_rows", 1, 1000},          DetectorSetting{"off_rows", 1, 100'000},
    DetectorSetting{"clear_below", 0.1, 1},
};
// Those that look at windows of each signal by itself.
constexpr std::array kSeriesSettings{
    DetectorSetting{"window", 2, 1000},           DetectorSetting{"fit_share", 0.2, 0.8},
    DetectorSetting{"period", 1e-6, 86'400, "s"}, DetectorSetting{"on_rows", 1, 1000},
    DetectorSetting{"of_rows", 1, 1000},          DetectorSetting{"off_rows", 1, 100'000},
    DetectorSetting{"clear_below", 0.1, 1},
};
constexpr std::array kNetworkSettings{
    DetectorSetting{"fit_share", 0.2, 0.8},  DetectorSetting{"period", 1e-6, 86'400, "s"},
    DetectorSetting{"on_rows", 1, 1000},     DetectorSetting{"of_rows", 1, 1000},
    DetectorSetting{"off_rows", 1, 100'000}, DetectorSetting{"clear_below", 0.1, 1},
};
constexpr std::array kRuleSettings{
    DetectorSetting{"hysteresis", 0, 1e300, "signal"},
    DetectorSetting{"clear_after", 0, 86'400, "s"},
};
constexpr std::array kDetectorKinds{
    DetectorKind{"auto", kAutoSettings},
    DetectorKind{"change_point", kChangeSettings},
    DetectorKind{"isolation_forest", kForestSettings},
    DetectorKind{"principal_components", kComponentSettings},
    DetectorKind{"robust_limits", kLimitSettings},
    DetectorKind{"half_space_trees", kHalfSpaceSettings},
    DetectorKind{"discord", kSeriesSettings},
    DetectorKind{"subspace", kSeriesSettings},
    DetectorKind{"k_means", kSeriesSettings},
    DetectorKind{"panel", kSeriesSettings},
    DetectorKind{"network", kNetworkSettings},
    DetectorKind{"residual", kLimitSettings},
};
constexpr DetectorKind kRuleKind{"rule", kRuleSettings};

}  // namespace

const DetectorSetting* DetectorKind::find_setting(std::string_view wanted) const {
  const auto found = std::ranges::find(settings, wanted, &DetectorSetting::name);
  return found == settings.end() ? nullptr : &*found;
}

std::span<const DetectorKind> detector_kinds() { return kDetectorKinds; }
const DetectorKind& rule_kind() { return kRuleKind; }

const DetectorKind* find_detector_kind(std::string_view name) {
  if (name == kRuleKind.name) return &kRuleKind;
  const auto found = std::ranges::find(kDetectorKinds, name, &DetectorKind::name);
  return found == kDetectorKinds.end() ? nullptr : &*found;
}

}  // namespace gemel
