#include "inference/settings.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/detector_kinds.hpp"
#include "inference/kinds.hpp"

namespace gemel::inference {
namespace {

DetectorSpec spec_with(std::string_view kind, std::string_view setting, double value) {
  DetectorSpec spec;
  spec.path = "pump.behaviour";
  spec.kind = kind;
  spec.settings = {{std::string(setting), value}};
  if (setting == "on_rows") spec.settings["of_rows"] = 1000;
  if (setting == "of_rows") spec.settings["on_rows"] = 1;
  return spec;
}

TEST(Kinds, AreThoseOfTheTwinFile) {
  std::vector<std::string_view> run, written;
  for (const auto& kind : kinds()) run.push_back(kind.name);
  for (const auto& kind : detector_kinds()) written.push_back(kind.name);
  std::ranges::sort(run);
  std::ranges::sort(written);
  EXPECT_EQ(run, written) << "a kind stands in core/detector_kinds.cpp and in kinds.cpp";
  EXPECT_EQ(find_kind(rule_kind().name), nullptr) << "a rule learns nothing";
}

TEST(Settings, OfEveryKindAreReadWithinTheirLimitsAndRefusedBeyond) {
  std::vector<DetectorKind> all(detector_kinds().begin(), detector_kinds().end());
  all.push_back(rule_kind());
  for (const auto& kind : all) {
    for (const auto& setting : kind.settings) {
      const auto where = std::string(kind.name) + "." + std::string(setting.name);
      EXPECT_LT(setting.low, setting.high) << where;
      EXPECT_TRUE(read_settings(spec_with(kind.name, setting.name, setting.low))) << where;
      EXPECT_TRUE(read_settings(spec_with(kind.name, setting.name, setting.high))) << where;
      const double below = setting.low - 1.0, above = 2.0 * setting.high;
      EXPECT_FALSE(read_settings(spec_with(kind.name, setting.name, below))) << where;
      EXPECT_FALSE(read_settings(spec_with(kind.name, setting.name, above))) << where;
    }
  }
}

TEST(Settings, ReachWhatTheyAreFor) {
  // Of each one that a kind has, both ends mean different things: none is read and forgotten.
  for (const auto& kind : detector_kinds()) {
    for (const auto& setting : kind.settings) {
      const auto low = read_settings(spec_with(kind.name, setting.name, setting.low));
      const auto high = read_settings(spec_with(kind.name, setting.name, setting.high));
      ASSERT_TRUE(low && high);
      auto values = [](const DetectorSettings& s) {
        auto all = values_of(s);
        all.insert(all.end(), {s.grow ? 1.0 : 0.0, s.adapt ? 1.0 : 0.0, s.adapt_max, s.clear_below,
                               static_cast<double>(s.episode.off)});
        return all;
      };
      EXPECT_NE(values(*low), values(*high)) << kind.name << "." << setting.name;
    }
  }
}

TEST(Settings, LeftOutAreWithinTheLimitsOfTheirKind) {
  const auto within = [](const DetectorKind& kind, std::string_view name, double value) {
    const auto* setting = kind.find_setting(name);
    if (setting == nullptr) return;
    EXPECT_GE(value, setting->low) << kind.name << "." << name;
    EXPECT_LE(value, setting->high) << kind.name << "." << name;
  };
  for (const auto& kind : detector_kinds()) {
    DetectorSpec spec;
    spec.kind = kind.name;
    const auto settings = read_settings(spec);
    ASSERT_TRUE(settings);
    within(kind, "window", static_cast<double>(settings->window));
    within(kind, "trees", settings->trees);
    within(kind, "sample", settings->sample);
    within(kind, "fit_share", settings->fit_share);
    within(kind, "adapt_max", settings->adapt_max);
    within(kind, "clear_below", settings->clear_below);
    within(kind, "on_rows", static_cast<double>(settings->episode.on));
    within(kind, "of_rows", static_cast<double>(settings->episode.of));
    within(kind, "off_rows", static_cast<double>(settings->episode.off));
  }
}

TEST(Settings, OfAnotherKindAreRefusedByName) {
  const auto refused = read_settings(spec_with("robust_limits", "trees", 100));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("'robust_limits' has no setting 'trees'"),
            std::string::npos)
      << refused.error().message;
}

}  // namespace
}  // namespace gemel::inference
