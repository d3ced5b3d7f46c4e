#include "inference/evaluation.hpp"

#include <gtest/gtest.h>

#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

/// One row a second. labels: '1' anomalous; alarms: '1' alarmed.
Evaluation evaluate_text(std::string_view labels, std::string_view alarms) {
  std::vector<JudgedRow> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    rows.push_back({at(static_cast<double>(i)), labels[i] == '1', alarms[i] == '1'});
  }
  return evaluate(rows);
}

TEST(Evaluation, CountsRows) {
  const auto e = evaluate_text("0001111000", "0100111100");
  EXPECT_EQ(e.rows.true_positives, 3u);
  EXPECT_EQ(e.rows.false_positives, 2u);
  EXPECT_EQ(e.rows.false_negatives, 1u);
  EXPECT_EQ(e.rows.true_negatives, 4u);
  EXPECT_DOUBLE_EQ(e.rows.f1(), 6.0 / 9.0);
  EXPECT_DOUBLE_EQ(e.rows.false_alarm_rate(), 2.0 / 6.0);
  EXPECT_DOUBLE_EQ(e.rows.missed_alarm_rate(), 0.25);
}

TEST(Evaluation, MeasuresTheDelayOfEachAnomaly) {
  const auto e = evaluate_text("0011100111001", "0000100000000");
  ASSERT_EQ(e.onsets.size(), 3u);
  EXPECT_EQ(e.onsets[0].delay, Duration::seconds(2));
  EXPECT_EQ(e.onsets[1].delay, std::nullopt);
  EXPECT_FALSE(e.onsets[0].alarmed_before);
}

TEST(Evaluation, TellsApartAnAlarmThatWasOpenBefore) {
  const auto e = evaluate_text("0011", "0111");
  EXPECT_TRUE(e.onsets[0].alarmed_before);
  EXPECT_EQ(e.onsets[0].delay, Duration{});
}

TEST(Evaluation, OfNothingIsZeroes) {
  EXPECT_EQ(evaluate({}).rows.f1(), 0.0);
  EXPECT_EQ(evaluate_text("000", "000").rows.missed_alarm_rate(), 0.0);
}

TEST(AlarmedIntervals, CoverFromRaiseToClear) {
  AlarmedIntervals alarms;
  alarms.raised(1, at(10));
  alarms.raised(2, at(15));
  alarms.cleared(1, at(20));
  EXPECT_FALSE(alarms.alarmed(at(9)));
  EXPECT_TRUE(alarms.alarmed(at(10)));
  EXPECT_TRUE(alarms.alarmed(at(30)));
  alarms.cleared(2, at(25));
  EXPECT_FALSE(alarms.alarmed(at(25)));
}

}  // namespace
}  // namespace gemel::inference
