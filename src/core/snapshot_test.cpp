#include "core/snapshot.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel {
namespace {

Record record_at(std::int64_t source, std::int64_t known, double value, Grade grade = Grade::Good) {
  Quality quality;
  quality.grade = grade;
  return {Timestamp{source}, Timestamp{known}, value, quality};
}

TEST(Belief, KeepsTheLastValueThroughAGapAndSaysItIsMissing) {
  Belief belief;
  belief.absorb(record_at(1, 1, 20.0));
  belief.absorb(record_at(5, 5, 0.0, Grade::Missing));
  EXPECT_TRUE(belief.missing());
  EXPECT_EQ(belief.value, 20.0);
  EXPECT_EQ(belief.quality().grade, Grade::Missing);
  EXPECT_TRUE(belief.quality().has(Cause::Gap));
  belief.absorb(record_at(6, 6, 21.0));
  EXPECT_FALSE(belief.missing());
}

TEST(Belief, TakesTheCorrectionOfTheSameMoment) {
  Belief belief;
  belief.absorb(record_at(1, 9, 2.0));
  belief.absorb(record_at(1, 3, 1.0));
  EXPECT_EQ(belief.value, 2.0);
}

RC_GTEST_PROP(BeliefProperty, IsTheSameInAnyOrderAndWithRepeats, ()) {
  std::vector<Record> records;
  const int n = *rc::gen::inRange(1, 30);
  for (int i = 0; i < n; ++i) {
    // known_at is unique to a record, as in the history: one frame holds a signal's moment once.
    records.push_back(record_at(*rc::gen::inRange(0, 10), i, *rc::gen::inRange(0, 100),
                                *rc::gen::element(Grade::Good, Grade::Bad, Grade::Missing)));
  }
  Belief in_order;
  for (const auto& r : records) in_order.absorb(r);
  auto shuffled = records;
  shuffled.insert(shuffled.end(), records.begin(), records.end());
  const auto seed = *rc::gen::arbitrary<unsigned>();
  for (std::size_t i = shuffled.size(); i > 1; --i)
    std::swap(shuffled[i - 1], shuffled[(seed * i * 2654435761u) % i]);
  Belief in_any;
  for (const auto& r : shuffled) in_any.absorb(r);
  RC_ASSERT(in_any == in_order);
}

TEST(BeliefTable, EditLeavesCopiesAsTheyWere) {
  BeliefTable table(100);
  table.edit(SignalId{70}).value = 1.0;
  const BeliefTable frozen = table;
  table.edit(SignalId{70}).value = 2.0;
  EXPECT_EQ(frozen[SignalId{70}].value, 1.0);
  EXPECT_EQ(table[SignalId{70}].value, 2.0);
  EXPECT_FALSE(frozen == table);
}

}  // namespace
}  // namespace gemel
