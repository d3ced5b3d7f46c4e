#include "exchange/downsample.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel::exchange {
namespace {

Record at(int s, double value) { return {{s * 1'000'000'000LL}, {s * 1'000'000'000LL}, value, {}}; }

std::vector<Record> sine(int count) {
  std::vector<Record> records;
  for (int i = 0; i < count; ++i) records.push_back(at(i, std::sin(i / 10.0)));
  return records;
}

TEST(Downsample, LeavesFewRecordsAsTheyAre) {
  const auto records = sine(10);
  for (const auto how : {Downsampling::Lttb, Downsampling::MinMax, Downsampling::Mean})
    EXPECT_EQ(downsample(records, 10, how), records);
}

TEST(Downsample, LttbPicksTheRecordsOfTheLargestTriangles) {
  // Two buckets of three between the ends. In the first, the spike makes the largest triangle with
  // the start and the mean of the second; in the second, the dip does with the spike and the end.
  const std::vector<Record> records{at(0, 0),   at(1, 0.1), at(2, 9),   at(3, 0.2),
                                    at(4, 0.1), at(5, -7),  at(6, 0.3), at(7, 0)};
  EXPECT_EQ(downsample(records, 4, Downsampling::Lttb),
            (std::vector<Record>{records[0], records[2], records[5], records[7]}));
}

TEST(Downsample, MinMaxKeepsTheExtremesInTheOrderOfTime) {
  const std::vector<Record> records{at(0, 1), at(1, 5),  at(2, -5), at(3, 1),
                                    at(4, 2), at(5, -1), at(6, 3),  at(7, 2)};
  EXPECT_EQ(downsample(records, 4, Downsampling::MinMax),
            (std::vector<Record>{records[1], records[2], records[5], records[6]}));
}

TEST(Downsample, MeansHaveTheWorstQualityOfTheirSpan) {
  std::vector<Record> records{at(0, 1), at(1, 3), at(2, 10), at(3, 20)};
  records[1].quality.mark(Cause::Stuck, Grade::Bad);
  const auto means = downsample(records, 2, Downsampling::Mean);
  ASSERT_EQ(means.size(), 2u);
  EXPECT_EQ(means[0].value, 2.0);
  EXPECT_EQ(means[0].quality, records[1].quality);
  EXPECT_EQ(means[1].value, 15.0);
  EXPECT_EQ(means[1].quality, Quality{});
}

TEST(Downsample, LeavesMissingMarksOut) {
  std::vector<Record> records{at(0, 1), at(1, 0), at(2, 2)};
  records[1].quality.mark(Cause::Gap, Grade::Missing);
  EXPECT_EQ(downsample(records, 2, Downsampling::Lttb),
            (std::vector<Record>{records[0], records[2]}));
}

RC_GTEST_PROP(Downsample, GivesNoMoreThanAskedForInTheOrderOfTime, ()) {
  std::vector<Record> records;
  int time = 0;
  for (const auto value : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-9, 9)))
    records.push_back(at(time += *rc::gen::inRange(1, 5), value));
  const auto points = static_cast<std::size_t>(*rc::gen::inRange(2, 20));
  for (const auto how : {Downsampling::Lttb, Downsampling::MinMax, Downsampling::Mean}) {
    const auto kept = downsample(records, points, how);
    RC_ASSERT(kept.size() <= points || kept.size() == records.size());
    RC_ASSERT(kept.size() <= std::max(points, std::size_t{0}));
    RC_ASSERT(std::is_sorted(kept.begin(), kept.end(), [](const Record& a, const Record& b) {
      return a.source_time < b.source_time;
    }));
    RC_ASSERT(records.empty() == kept.empty());
    if (how == Downsampling::Lttb && !records.empty()) {
      RC_ASSERT(kept.front() == records.front());
      RC_ASSERT(kept.back() == records.back());
    }
  }
}

}  // namespace
}  // namespace gemel::exchange
