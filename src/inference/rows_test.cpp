#include "inference/rows.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

constexpr std::array kSignals{test::kFlow, test::kPressure};

RowAssembler two_signals() { return {test::bare_station(), kSignals}; }

Sample sample(std::size_t slot, double second, double value, Quality quality = {}) {
  return {kSignals[slot], quality, at(second), value};
}

struct SeenRow {
  Timestamp time;
  std::vector<double> values;
  std::vector<Quality> qualities;
  friend bool operator==(const SeenRow&, const SeenRow&) = default;
};

std::vector<SeenRow> rows_of(const std::vector<std::pair<std::size_t, Sample>>& samples) {
  auto assembler = two_signals();
  std::vector<SeenRow> rows;
  for (const auto& [slot, s] : samples) {
    if (const auto row = assembler.take(slot, s)) {
      rows.push_back({row->time,
                      {row->values.begin(), row->values.end()},
                      {row->qualities.begin(), row->qualities.end()}});
    }
  }
  return rows;
}

TEST(RowAssembler, GivesARowOutAtOnceWhenEverySignalIsNew) {
  auto rows = two_signals();
  EXPECT_FALSE(rows.take(0, sample(0, 0.0, 1.0)));
  const auto row = rows.take(1, sample(1, 0.1, 2.0));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->time, at(0.1));
  EXPECT_EQ(row->values[0], 1.0);
  EXPECT_EQ(row->values[1], 2.0);
}

TEST(RowAssembler, HoldsTheFreshValueOfASignalThatKeepsTheRowWaiting) {
  const auto rows = rows_of(
      {{0, sample(0, 0, 1)}, {1, sample(1, 0, 2)}, {0, sample(0, 1, 3)}, {0, sample(0, 2, 4)}});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].time, at(1));
  EXPECT_EQ(rows[1].values, (std::vector<double>{3, 2}));
  EXPECT_TRUE(rows[1].qualities[1].usable());
}

TEST(RowAssembler, MarksASignalMissingOnceItsValueIsNotFreshAnyMore) {
  std::vector<std::pair<std::size_t, Sample>> samples{{1, sample(1, 0, 2)}};
  for (int second = 0; second < 9; ++second) samples.emplace_back(0, sample(0, second, second));
  const auto rows = rows_of(samples);
  ASSERT_GE(rows.size(), 8u);
  EXPECT_TRUE(rows[5].qualities[1].usable());  // at 5 s, the signal's gap
  EXPECT_EQ(rows[6].qualities[1].grade, Grade::Missing);
}

TEST(RowAssembler, CallsASignalMissingThatNeverCame) {
  const auto rows = rows_of({{0, sample(0, 0, 1)}, {0, sample(0, 1, 1)}});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].qualities[1].grade, Grade::Missing);
}

TEST(RowAssembler, IsNotDisturbedByLateSamples) {
  const auto rows = rows_of({{0, sample(0, 0, 1)},
                             {1, sample(1, 0, 2)},
                             {0, sample(0, 1, 3)},
                             {1, sample(1, 1, 4)},
                             {0, sample(0, 0.5, 99)},
                             {1, sample(1, 0.5, 99)},
                             {0, sample(0, 2, 5)},
                             {1, sample(1, 2, 6)}});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[2].values, (std::vector<double>{5, 6}));
}

RC_GTEST_PROP(RowAssemblerProperty, RowsComeInTheOrderOfTimeWhateverArrives, ()) {
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 2), rc::gen::inRange(0, 200)));
  std::vector<std::pair<std::size_t, Sample>> samples;
  for (const auto& [slot, tenths] : steps)
    samples.emplace_back(slot, sample(static_cast<std::size_t>(slot), tenths / 10.0, tenths));
  Timestamp last = Timestamp::min();
  for (const auto& row : rows_of(samples)) {
    RC_ASSERT(row.time > last);
    last = row.time;
  }
}

RC_GTEST_PROP(RowAssemblerProperty, TheOrderOfSignalsWithinOneSecondDoesNotMatter, ()) {
  std::vector<std::pair<std::size_t, Sample>> one;
  std::vector<std::pair<std::size_t, Sample>> other;
  for (int second = 0; second < 20; ++second) {
    const auto missing = *rc::gen::inRange(0, 4);  // 0, 1: that signal is missing this second
    std::vector<std::pair<std::size_t, Sample>> now;
    if (missing != 0) now.emplace_back(0, sample(0, second, second));
    if (missing != 1) now.emplace_back(1, sample(1, second, -second));
    one.insert(one.end(), now.begin(), now.end());
    if (*rc::gen::arbitrary<bool>()) std::ranges::reverse(now);
    other.insert(other.end(), now.begin(), now.end());
  }
  RC_ASSERT(rows_of(one) == rows_of(other));
}

}  // namespace
}  // namespace gemel::inference
