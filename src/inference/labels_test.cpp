#include "inference/labels.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

const Driver kLowFlow{"pump_1.flow", 1.0, 171, 248}, kHighFlow{"pump_1.flow", 1.0, 300, 248},
    kShaking{"pump_1.vibration", 1.0, 6, 2};

class SuggestLabels : public testing::Test {
 protected:
  SuggestLabels() {
    for (const char* name : {"behaviour", "machine"}) {
      DetectorSpec spec;
      spec.path = std::string("pump_1.") + name;
      spec.score = test::kScore;
      plant.detectors.push_back(spec);
    }
    DetectorSpec rule;
    rule.path = "tank_1.low";
    plant.detectors.push_back(rule);
  }
  void add(std::uint64_t id, std::string source, double score, std::vector<Driver> drivers) {
    Alarm alarm;
    alarm.raised.alarm = id;
    alarm.raised.source = std::move(source);
    alarm.raised.score = score;
    alarm.raised.drivers = std::move(drivers);
    alarms.push_back(alarm);
  }
  void label(std::size_t at) {
    alarms[at].label = AlarmLabelled{alarms[at].raised.alarm, Truth::Unknown, "", "anna"};
  }
  std::vector<std::uint64_t> order(std::size_t most = 10) const {
    std::vector<std::uint64_t> ids;
    for (const auto& one : suggest_labels(plant, alarms, most)) ids.push_back(one.alarm);
    return ids;
  }
  std::string reasons(std::size_t at) const {
    std::string all;
    const auto suggested = suggest_labels(plant, alarms);
    for (const auto& reason : suggested.at(at).reasons) all += reason + "; ";
    return all;
  }
  Plant plant = test::bare_station();
  std::vector<Alarm> alarms;
};

using IDs = std::vector<std::uint64_t>;

TEST_F(SuggestLabels, SuggestNothingWhereThereIsNothing) { EXPECT_TRUE(order().empty()); }

TEST_F(SuggestLabels, NearestTheThresholdComesFirstAndSaysSo) {
  add(1, "pump_1.behaviour", 5.0, {kLowFlow});
  add(2, "pump_1.machine", 1.1, {kShaking});
  EXPECT_EQ(order(), (IDs{2, 1}));
  EXPECT_NE(reasons(0).find("its score of 1.1 is near the threshold"), std::string::npos);
  EXPECT_EQ(reasons(1).find("near the threshold"), std::string::npos);
}

TEST_F(SuggestLabels, WhatARuleFoundIsNotUncertain) {
  add(1, "tank_1.low", 1.0, {kHighFlow});
  add(2, "pump_1.machine", 2.0, {kShaking});
  EXPECT_EQ(order(), (IDs{2, 1}));
}

TEST_F(SuggestLabels, LabelledOnesAreNotSuggestedNorWhatIsJustLikeThem) {
  add(1, "pump_1.behaviour", 1.2, {kLowFlow});
  add(2, "pump_1.behaviour", 1.2, {kLowFlow});
  add(3, "pump_1.behaviour", 1.2, {kHighFlow});  // off to the other side: another thing
  label(0);
  EXPECT_EQ(order(), (IDs{3}));
  EXPECT_NE(reasons(0).find("nothing like it was labelled yet"), std::string::npos);
}

TEST_F(SuggestLabels, OneOfManyAlikeStandsForAll) {
  for (std::uint64_t id = 1; id <= 5; ++id) add(id, "pump_1.behaviour", 1.2, {kLowFlow});
  EXPECT_EQ(order(), (IDs{5}));  // the newest
  EXPECT_NE(reasons(0).find("raised 5 of"), std::string::npos);
}

TEST_F(SuggestLabels, FrequentSourcesComeFirst) {
  add(1, "pump_1.behaviour", 1.2, {kLowFlow});
  add(2, "pump_1.behaviour", 1.2, {kLowFlow});
  add(3, "pump_1.machine", 1.2, {kShaking});
  EXPECT_EQ(order(), (IDs{2, 3}));
}

TEST_F(SuggestLabels, ScoresThatAreNoneAreLeftOut) {
  add(1, "pump_1.behaviour", std::nan(""), {kLowFlow});
  add(2, "pump_1.machine", -1.0, {kShaking});
  EXPECT_TRUE(order().empty());
}

TEST_F(SuggestLabels, AreAsManyAsAskedForAtMostInAnOrderOfTheirOwn) {
  for (std::uint64_t id = 1; id <= 14; ++id) {
    const auto signal = "pump_1.signal_" + std::to_string(id);
    add(id, "pump_1.machine", 1.0 + 0.1 * static_cast<double>(id), {{signal, 1.0, 2, 1}});
  }
  const auto first = order();
  EXPECT_EQ(first, (IDs{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  std::ranges::reverse(alarms);
  EXPECT_EQ(order(), first);
  EXPECT_EQ(order(3), (IDs{1, 2, 3}));
}

}  // namespace
}  // namespace gemel::inference
