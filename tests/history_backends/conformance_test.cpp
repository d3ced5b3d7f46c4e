// What every history promises, asked of each implementation.

#include <cstdlib>

#include <gtest/gtest.h>

#include "backend.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"

namespace gemel::testing {
namespace {

using history::MemoryHistory;
using history::testing::Comparison;
using history::testing::plant_of;
using history::testing::RandomStream;

constexpr Timestamp kT0{1'700'000'000'000'000'000};
constexpr SignalId kA{0};
constexpr SignalId kB{1};
constexpr SignalId kC{2};

Timestamp t(double s) { return kT0 + Duration::from_seconds(s); }
Sample sample(SignalId signal, double at, double value, Quality quality = {}) {
  return {signal, quality, t(at), value};
}
Quality gap() {
  Quality quality;
  quality.mark(Cause::Gap, Grade::Missing);
  return quality;
}

class HistoryPort : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (!GetParam().absent.empty()) {
      const char* no_skip = std::getenv("GEMEL_NO_SKIP");
      if (no_skip != nullptr && std::string_view(no_skip) == "1")
        FAIL() << GetParam().absent << ", and GEMEL_NO_SKIP=1";
      GTEST_SKIP() << GetParam().absent;
    }
    open_new(1);
  }

  /// An empty history at a place of its own.
  void open_new(std::uint64_t seed) {
    history_.reset();
    place_ = GetParam().make_place(seed);
    ASSERT_TRUE(place_);
    open_again();
  }
  void open_again() {
    history_.reset();
    history_ = place_->open(*plant_);
    ASSERT_TRUE(history_);
  }
  void add(double at, std::vector<Sample> samples, std::vector<Event> events = {}) {
    const auto done = history_->commit({t(at), std::move(samples), std::move(events)});
    ASSERT_TRUE(done) << done.error().message;
  }
  std::vector<double> values(SignalId signal, TimeRange range = {},
                             Timestamp known_at = Timestamp::max()) {
    std::vector<double> found;
    const auto records = history_->read(signal, range, known_at, 1000);
    if (!records)
      ADD_FAILURE() << records.error().message;
    else
      for (const auto& record : *records) found.push_back(record.value);
    return found;
  }

  std::shared_ptr<Plant> plant_ = plant_of(3);
  std::unique_ptr<Place> place_;
  std::unique_ptr<History> history_;
};

using Values = std::vector<double>;

TEST_P(HistoryPort, IsEmptyAtFirst) {
  EXPECT_EQ(history_->extent().error().code, ErrorCode::NotFound);
  EXPECT_EQ(history_->frame_at_or_before(t(0)).error().code, ErrorCode::NotFound);
  EXPECT_EQ(values(kA), Values{});
  EXPECT_TRUE(history_->events({}, 10)->empty());
  EXPECT_EQ(history_->beliefs(t(0), Timestamp::max())->size(), 3u);
  EXPECT_EQ(history_->status().samples, 0u);
}

TEST_P(HistoryPort, GivesRecordsInTheOrderOfSourceTime) {
  add(10, {sample(kA, 5, 5), sample(kA, 7, 7), sample(kB, 6, 60)});
  add(11, {sample(kA, 6, 6)});
  add(12, {sample(kA, 1, 1)});
  EXPECT_EQ(values(kA), (Values{1, 5, 6, 7}));
  EXPECT_EQ(values(kA, {t(5), t(7)}), (Values{5, 6}));
  EXPECT_EQ(values(kB), Values{60});
}

TEST_P(HistoryPort, TellsWhatWasKnownThen) {
  add(10, {sample(kA, 5, 1)});
  add(20, {sample(kA, 5, 2)});  // a correction
  add(30, {sample(kA, 4, 9)});  // late
  EXPECT_EQ(values(kA), (Values{9, 2}));
  EXPECT_EQ(values(kA, {}, t(25)), Values{2});
  EXPECT_EQ(values(kA, {}, t(19)), Values{1});
  EXPECT_EQ(values(kA, {}, t(9)), Values{});
}

TEST_P(HistoryPort, BelievesTheNewestValueAndTheNewestGap) {
  add(10, {sample(kA, 9, 1), sample(kB, 9, 2)});
  add(20, {sample(kA, 15, 0, gap())});
  add(21, {sample(kA, 8, 7)});  // late: changes nothing
  const auto now = history_->beliefs(t(30), Timestamp::max());
  EXPECT_TRUE((*now)[kA].missing());
  EXPECT_EQ((*now)[kA].value, 1);
  EXPECT_EQ((*now)[kA].missing_since, t(15));
  EXPECT_EQ((*now)[kB].value, 2);
  const auto then = history_->beliefs(t(14), t(30));
  EXPECT_FALSE((*then)[kA].missing());
}

TEST_P(HistoryPort, SaysThatARangeHoldsTooMuch) {
  add(10, {sample(kA, 1, 1), sample(kA, 2, 2), sample(kA, 3, 3)});
  EXPECT_EQ(history_->read(kA, {}, Timestamp::max(), 2).error().code, ErrorCode::Capacity);
  EXPECT_EQ(history_->read(kA, {}, Timestamp::max(), 3)->size(), 3u);
}

TEST_P(HistoryPort, DropsWhatIsHeldAndKeepsCorrections) {
  add(10, {sample(kA, 5, 1), sample(kB, 5, 1), sample(kB, 6, 0, gap())});
  Quality late;
  late.mark(Cause::Late, Grade::Uncertain);
  std::vector<Sample> batch{sample(kA, 5, 1, late), sample(kA, 5, 2), sample(kA, 6, 3),
                            sample(kA, 6, 3),       sample(kB, 6, 5), sample(kB, 6, 0, gap()),
                            sample(kB, 4, 1)};
  EXPECT_EQ(*history_->drop_known(batch), 3u);
  EXPECT_EQ(batch, (std::vector<Sample>{sample(kA, 5, 2), sample(kA, 6, 3), sample(kB, 6, 5),
                                        sample(kB, 4, 1)}));
  EXPECT_EQ(history_->status().duplicates, 3u);
}

TEST_P(HistoryPort, RefusesAFrameThatIsNotLater) {
  add(10, {sample(kA, 5, 1)});
  EXPECT_EQ(history_->commit({t(10), {sample(kA, 6, 2)}, {}}).error().code,
            ErrorCode::InvalidInput);
  EXPECT_EQ(history_->commit({t(9), {}, {}}).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(values(kA), Values{1});
}

TEST_P(HistoryPort, RefusesWhatDoesNotBelong) {
  EXPECT_EQ(history_->commit({t(1), {sample(SignalId{3}, 0, 1)}, {}}).error().code,
            ErrorCode::InvalidInput);
  EXPECT_EQ(history_->commit({t(1), {}, {{t(2), Notice{}}}}).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(history_->read(SignalId{3}, {}, t(0), 1).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(history_->downsample(kA, {t(0), t(1)}, 0, t(0)).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(history_->downsample(kA, {t(1), t(1)}, 1, t(0)).error().code, ErrorCode::InvalidInput);
}

TEST_P(HistoryPort, FillsBucketsOfEqualWidth) {
  Quality bad;
  bad.mark(Cause::OutOfRange, Grade::Bad);
  add(10, {sample(kA, 0, 4), sample(kA, 1, 2), sample(kA, 1.5, 6, bad), sample(kA, 2.5, 0, gap()),
           sample(kA, 9, 1)});
  const auto buckets = history_->downsample(kA, {t(0), t(8)}, 4, Timestamp::max());
  ASSERT_EQ(buckets->size(), 4u);
  const auto& first = buckets->front();
  EXPECT_EQ(first.start, t(0));
  EXPECT_EQ(first.min, 2);
  EXPECT_EQ(first.max, 6);
  EXPECT_EQ(first.mean, 4);
  EXPECT_EQ(first.first, 4);
  EXPECT_EQ(first.last, 6);
  EXPECT_EQ(first.count, 3u);
  EXPECT_EQ(first.bad, 1u);
  EXPECT_EQ((*buckets)[1].count, 0u);
  EXPECT_EQ((*buckets)[1].start, t(2));
}

TEST_P(HistoryPort, KeepsTheNewestEventsOfARange) {
  for (int i = 1; i <= 5; ++i) add(i, {}, {{t(i), Notice{"n", std::to_string(i)}}});
  const auto two = history_->events({t(1), t(5)}, 2);
  ASSERT_EQ(two->size(), 2u);
  EXPECT_EQ(std::get<Notice>((*two)[0].body).text, "3");
  EXPECT_EQ(std::get<Notice>((*two)[1].body).text, "4");
  EXPECT_EQ(history_->events({}, 100)->size(), 5u);
  EXPECT_TRUE(history_->events({}, 0)->empty());
}

TEST_P(HistoryPort, FindsTheFrameAtOrBefore) {
  for (int i = 1; i <= 5; ++i) add(i * 10, {});
  EXPECT_EQ(*history_->frame_at_or_before(t(39.5)), t(30));
  EXPECT_EQ(*history_->frame_at_or_before(t(40)), t(40));
  EXPECT_EQ(*history_->frame_at_or_before(Timestamp::max()), t(50));
  EXPECT_EQ(history_->frame_at_or_before(t(9)).error().code, ErrorCode::NotFound);
}

TEST_P(HistoryPort, KnowsItsExtent) {
  add(10, {sample(kA, 5, 1)});
  add(11, {sample(kB, 3, 1), sample(kC, 8, 0, gap())});
  EXPECT_EQ(*history_->extent(), (TimeRange{t(3), t(8) + Duration{1}}));
}

TEST_P(HistoryPort, AnswersAsTheOracleDoes) {
  for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(GetParam().seeds); ++seed) {
    RandomStream stream(seed, plant_->signals.size());
    MemoryHistory oracle(*plant_);
    ASSERT_NO_FATAL_FAILURE(open_new(seed));
    const auto from = stream.now();
    Random random(seed);
    for (int i = 0; i < 300; ++i) {
      auto frame = stream.next();
      auto same = frame.samples;
      ASSERT_EQ(*oracle.drop_known(frame.samples), *history_->drop_known(same));
      ASSERT_EQ(frame.samples, same);
      ASSERT_TRUE(oracle.commit(frame));
      const auto done = history_->commit(frame);
      ASSERT_TRUE(done) << done.error().message;
      if (GetParam().lasts && random.below(40) == 0) {
        ASSERT_NO_FATAL_FAILURE(open_again());
      }
      Comparison(seed * 1000 + static_cast<std::uint64_t>(i), 3, from, stream.now())
          .ask(oracle, *history_);
      if (HasFailure()) {
        FAIL() << "seed " << seed << ", frame " << i;
      }
    }
    const auto a = oracle.status(), b = history_->status();
    EXPECT_EQ(a.samples, b.samples);
    EXPECT_EQ(a.events, b.events);
    EXPECT_EQ(a.last_known_at, b.last_known_at);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, HistoryPort, ::testing::ValuesIn(backends()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace gemel::testing
