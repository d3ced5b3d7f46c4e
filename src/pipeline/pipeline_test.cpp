#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel::pipeline {
namespace {

constexpr SignalId kFlow{0};
constexpr SignalId kLevel{1};

Timestamp at(double seconds) { return Timestamp{Duration::from_seconds(seconds).ns}; }
constexpr Timestamp kLater{Duration::hours(100).ns};

/// Two signals of one asset; `flow` has every check.
Plant two_signals() {
  Plant plant;
  plant.assets.resize(2);
  plant.assets[1].path = "pump_1";
  for (std::uint32_t i = 0; i < 2; ++i) {
    Signal& signal = plant.signals.emplace_back();
    signal.id = SignalId{i};
    signal.asset = AssetId{1};
  }
  Signal& flow = plant.signals[0];
  flow.path = "pump_1.flow";
  flow.range = {0.0, 100.0};
  flow.rate_limit_per_s = 10.0;
  flow.gap = Duration::seconds(5);
  flow.stuck_after = Duration::seconds(60);
  plant.signals[1].path = "pump_1.level";
  return plant;
}

Sample sample_of(double seconds, double value, SignalId signal = kFlow) {
  Sample sample;
  sample.signal = signal;
  sample.source_time = at(seconds);
  sample.value = value;
  return sample;
}

/// Cleans one batch against a clock that is far ahead.
std::vector<Sample> cleaned(Pipeline& pipeline, std::vector<Sample> samples,
                            Timestamp now = kLater) {
  pipeline.clean(samples, now);
  return samples;
}

TEST(Pipeline, LeavesAPlausibleValueGood) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out = cleaned(pipeline, {sample_of(1, 50)});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0], sample_of(1, 50));
}

TEST(Pipeline, CalibratesBeforeItChecksTheRange) {
  Plant plant = two_signals();
  plant.signals[0].gain = 2.0;
  plant.signals[0].offset = -1.0;
  Pipeline pipeline(plant);
  const auto out = cleaned(pipeline, {sample_of(1, 50), sample_of(2, 51)});
  EXPECT_EQ(out[0].value, 99.0);
  EXPECT_EQ(out[0].quality.grade, Grade::Good);
  EXPECT_EQ(out[1].value, 101.0);
  EXPECT_TRUE(out[1].quality.has(Cause::OutOfRange));
}

TEST(Pipeline, KeepsAValueOutsideItsRangeAsBad) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out =
      cleaned(pipeline, {sample_of(1, 0.0), sample_of(2, -0.001), sample_of(3, 100.0)});
  EXPECT_EQ(out[0].quality.grade, Grade::Good) << "the limits belong to the range";
  EXPECT_EQ(out[1].quality.grade, Grade::Bad);
  EXPECT_EQ(out[1].value, -0.001);
  EXPECT_FALSE(out[2].quality.has(Cause::OutOfRange));
}

TEST(Pipeline, MakesNonFiniteValuesSensorFaults) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    const auto out = cleaned(pipeline, {sample_of(1, value)});
    EXPECT_EQ(out[0].value, 0.0);
    EXPECT_EQ(out[0].quality.grade, Grade::Bad);
    EXPECT_TRUE(out[0].quality.has(Cause::SensorFault));
  }
}

TEST(Pipeline, KeepsWhatTheSourceItselfCalledBad) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  Sample bad = sample_of(1, 50);
  bad.quality.mark(Cause::SensorFault, Grade::Bad);
  EXPECT_EQ(cleaned(pipeline, {bad})[0], bad);
}

TEST(Pipeline, DoubtsAChangeThatIsTooFast) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out =
      cleaned(pipeline, {sample_of(0, 10), sample_of(1, 20), sample_of(2, 31), sample_of(3, 21)});
  EXPECT_EQ(out[1].quality.grade, Grade::Good) << "10 a second is permitted";
  EXPECT_EQ(out[2].quality.grade, Grade::Uncertain);
  EXPECT_TRUE(out[2].quality.has(Cause::RateOfChange));
  EXPECT_EQ(out[3].quality.grade, Grade::Good)
      << "compared with the last trusted value, not with the spike";
}

TEST(Pipeline, BelievesAStepThatLasts) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out = cleaned(pipeline, {sample_of(0, 10), sample_of(1, 50), sample_of(2, 50),
                                      sample_of(3, 50), sample_of(4, 50)});
  EXPECT_TRUE(out[3].quality.has(Cause::RateOfChange));
  EXPECT_FALSE(out[4].quality.has(Cause::RateOfChange)) << "40 in 4 s is within 10 a second";
}

TEST(Pipeline, CallsAValueStuckOnceItHasNotChangedForLonger) {
  Plant plant = two_signals();
  plant.signals[0].gap = {};
  Pipeline pipeline(plant);
  const auto out = cleaned(
      pipeline, {sample_of(0, 10), sample_of(60, 10), sample_of(61, 10), sample_of(62, 11)});
  EXPECT_FALSE(out[1].quality.has(Cause::Stuck));
  EXPECT_TRUE(out[2].quality.has(Cause::Stuck));
  EXPECT_EQ(out[2].quality.grade, Grade::Uncertain);
  EXPECT_FALSE(out[3].quality.has(Cause::Stuck));
}

TEST(Pipeline, DoesNotCallAValueStuckForHavingBeenSilent) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out = cleaned(pipeline, {sample_of(0, 10), sample_of(100, 10)});
  EXPECT_FALSE(out[1].quality.has(Cause::Stuck));
}

TEST(Pipeline, MarksLateSamplesAndLeavesTheirGrade) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out =
      cleaned(pipeline, {sample_of(0, 10), sample_of(2, 12), sample_of(1, 90), sample_of(3, 13)});
  EXPECT_TRUE(out[2].quality.has(Cause::Late));
  EXPECT_EQ(out[2].quality.grade, Grade::Good) << "a late sample is not held against the rate";
  EXPECT_EQ(out[3].quality, Quality{}) << "nor is the next one held against the late one";
}

TEST(Pipeline, TakesTwoValuesOfOneMomentAsNeitherLateNorFast) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out = cleaned(pipeline, {sample_of(1, 10), sample_of(1, 90)});
  EXPECT_EQ(out[1].quality, Quality{});
}

TEST(Pipeline, NeverLetsASourceTimeLieInTheFuture) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto out = cleaned(pipeline, {sample_of(11.5, 10), sample_of(12.5, 10)}, at(10));
  EXPECT_EQ(out[0].source_time, at(10));
  EXPECT_EQ(out[0].quality, Quality{}) << "small disagreements of clocks are no fault";
  EXPECT_EQ(out[1].source_time, at(10));
  EXPECT_TRUE(out[1].quality.has(Cause::ClockSkew));
  EXPECT_EQ(out[1].quality.grade, Grade::Uncertain);
}

TEST(Pipeline, TellsOfASkewOncePerAssetAndTenMinutes) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  const auto tell = [&](double now) {
    cleaned(pipeline, {sample_of(now + 5, 10), sample_of(now + 5, 10, kLevel)}, at(now));
    return pipeline.take_skew_notices();
  };
  const auto first = tell(100);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].asset, AssetId{1});
  EXPECT_EQ(describe(first[0], plant),
            "pump_1: source times are 5 s ahead of this machine's clock and were set to the time "
            "of arrival; "
            "synchronise the clocks");
  EXPECT_TRUE(tell(699).empty());
  EXPECT_EQ(tell(701).size(), 1u);
}

TEST(Pipeline, SurvivesTimesAtTheEndsOfTheScale) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  std::vector<Sample> samples{sample_of(0, 1), sample_of(0, 2), sample_of(1, 3)};
  samples[0].source_time = Timestamp::min();
  samples[1].source_time = Timestamp::max();
  EXPECT_EQ(pipeline.clean(samples, at(10)), 1u) << "the gap between them";
  EXPECT_GT(samples[0].source_time, Timestamp::min()) << "which stands for 'never'";
  EXPECT_EQ(samples[1].source_time, at(10));
}

std::vector<Sample> marks(Pipeline& pipeline, double now) {
  std::vector<Sample> out;
  pipeline.mark_gaps(at(now), out);
  return out;
}

TEST(PipelineGaps, MarksSilenceOnceAndAgainAfterTheSignalCameBack) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  cleaned(pipeline, {sample_of(100, 10)}, at(100));
  EXPECT_TRUE(marks(pipeline, 105).empty());
  const auto first = marks(pipeline, 105.5);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].source_time, at(105));
  EXPECT_EQ(first[0].signal, kFlow);
  EXPECT_EQ(first[0].quality.grade, Grade::Missing);
  EXPECT_TRUE(first[0].quality.has(Cause::Gap));
  EXPECT_TRUE(marks(pipeline, 200).empty());
  EXPECT_EQ(cleaned(pipeline, {sample_of(200, 10)}, at(200)).size(), 1u)
      << "the gap was marked already";
  EXPECT_EQ(marks(pipeline, 206).size(), 1u);
}

TEST(PipelineGaps, FindsAGapBetweenTwoSamplesOfOneDelivery) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  std::vector<Sample> samples{sample_of(0, 10), sample_of(5, 10), sample_of(10.5, 10)};
  EXPECT_EQ(pipeline.clean(samples, at(20)), 1u);
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples[3].source_time, at(10));
  EXPECT_EQ(samples[3].quality.grade, Grade::Missing);
}

TEST(PipelineGaps, SaysNothingOfASignalThatNeverCameOrHasNoGap) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  cleaned(pipeline, {sample_of(1, 10, kLevel)}, at(1));
  EXPECT_TRUE(marks(pipeline, 1e6).empty());
}

TEST(PipelineGaps, DoesNotTakeASlowClockForSilence) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(cleaned(pipeline, {sample_of(100 + i, 10 + i % 2)}, at(130 + i)).size(), 1u);
    EXPECT_TRUE(marks(pipeline, 130 + i).empty());
  }
}

TEST(PipelineGaps, DoesNotMarkASilenceThatTheSourceReportedItself) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  Sample lost = sample_of(3, 0);
  lost.quality.mark(Cause::LinkLost, Grade::Missing);
  cleaned(pipeline, {sample_of(1, 10), lost}, at(3));
  EXPECT_TRUE(marks(pipeline, 100).empty());
}

TEST(PipelineGaps, ABadSampleIsNoSilence) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  cleaned(pipeline, {sample_of(1, 10), sample_of(5, std::nan(""))}, at(5));
  EXPECT_TRUE(marks(pipeline, 9).empty());
}

TEST(PipelineRestart, CarriesOnFromASnapshot) {
  const Plant plant = two_signals();
  Snapshot snapshot(2);
  snapshot.beliefs.edit(kFlow).absorb({at(10), at(10), 50.0, {}});
  Pipeline pipeline(plant);
  pipeline.restore(snapshot);
  const auto out =
      cleaned(pipeline, {sample_of(9, 50), sample_of(11, 75), sample_of(12, 55)}, at(12));
  EXPECT_TRUE(out[0].quality.has(Cause::Late));
  EXPECT_TRUE(out[1].quality.has(Cause::RateOfChange));
  EXPECT_EQ(out[2].quality, Quality{});
}

TEST(PipelineRestart, DoesNotMarkAnOpenGapTwice) {
  const Plant plant = two_signals();
  Snapshot snapshot(2);
  snapshot.beliefs.edit(kFlow).absorb({at(10), at(10), 50.0, {}});
  Pipeline before(plant), after(plant);
  before.restore(snapshot);
  EXPECT_EQ(marks(before, 30).size(), 1u);
  Record mark{at(15), at(20), 0.0, {}};
  mark.quality.mark(Cause::Gap, Grade::Missing);
  snapshot.beliefs.edit(kFlow).absorb(mark);
  after.restore(snapshot);
  EXPECT_TRUE(marks(after, 30).empty());
}

// ---- properties

Sample any_sample() {
  Sample sample = sample_of(*rc::gen::inRange(0, 200) * 0.5, *rc::gen::inRange(-20, 130) * 1.0,
                            SignalId{static_cast<std::uint32_t>(*rc::gen::inRange(0, 2))});
  const int oddity = *rc::gen::inRange(0, 20);
  if (oddity == 0) sample.value = std::nan("");
  if (oddity == 1) sample.quality.mark(Cause::SensorFault, Grade::Bad);
  if (oddity == 2) sample.source_time = at(1e6);
  if (oddity == 3) sample.quality.mark(Cause::LinkLost, Grade::Missing);
  return sample;
}

std::vector<Sample> any_stream() {
  std::vector<Sample> stream(static_cast<std::size_t>(*rc::gen::inRange(0, 60)));
  for (auto& sample : stream) sample = any_sample();
  // Mostly in order, as telemetry is.
  if (*rc::gen::inRange(0, 3) > 0) {
    std::stable_sort(stream.begin(), stream.end(), [](const Sample& a, const Sample& b) {
      return a.source_time < b.source_time;
    });
  }
  return stream;
}

bool earlier(const Sample& a, const Sample& b) {
  return std::tuple(a.signal, a.source_time, a.quality.grade, a.quality.causes, a.value) <
         std::tuple(b.signal, b.source_time, b.quality.grade, b.quality.causes, b.value);
}

RC_GTEST_PROP(PipelineProperty, TheSameSamplesGetTheSameMarksHoweverTheyAreCut, ()) {
  const Plant plant = two_signals();
  const auto stream = any_stream();
  Pipeline whole(plant), pieces(plant);
  auto expected = cleaned(whole, stream, at(500));
  std::vector<Sample> found;
  for (std::size_t begin = 0; begin < stream.size();) {
    const auto length = static_cast<std::size_t>(*rc::gen::inRange(1, 10));
    const auto end = std::min(stream.size(), begin + length);
    const auto out = cleaned(
        pieces,
        {stream.begin() + static_cast<long>(begin), stream.begin() + static_cast<long>(end)},
        at(500));
    found.insert(found.end(), out.begin(), out.end());
    begin = end;
  }
  whole.mark_gaps(at(600), expected);
  pieces.mark_gaps(at(600), found);
  std::sort(expected.begin(), expected.end(), earlier);
  std::sort(found.begin(), found.end(), earlier);
  RC_ASSERT(expected == found);
}

RC_GTEST_PROP(PipelineProperty, WhatLeavesIsFiniteNotInTheFutureAndOnlyEverDoubtedMore, ()) {
  const Plant plant = two_signals();
  const auto stream = any_stream();
  Pipeline pipeline(plant);
  const Timestamp now = at(*rc::gen::inRange(0, 120));
  const auto out = cleaned(pipeline, stream, now);
  for (std::size_t i = 0; i < out.size(); ++i) {
    RC_ASSERT(std::isfinite(out[i].value));
    RC_ASSERT(out[i].source_time <= now);
    if (i < stream.size()) RC_ASSERT(out[i].quality.grade >= stream[i].quality.grade);
    if (out[i].quality.has(Cause::SensorFault)) RC_ASSERT(out[i].quality.grade >= Grade::Bad);
  }
}

RC_GTEST_PROP(PipelineProperty, EverySilenceLongerThanTheGapIsMarkedOnce, ()) {
  const Plant plant = two_signals();
  Pipeline pipeline(plant);
  std::vector<Sample> all;
  std::map<std::int64_t, int> expected;
  double time = 1.0;
  for (int i = *rc::gen::inRange(1, 40); i > 0; --i) {
    std::vector<Sample> batch{sample_of(time, i)};
    pipeline.clean(batch, at(time));
    all.insert(all.end(), batch.begin() + 1, batch.end());
    const double pause = *rc::gen::inRange(1, 20) * 0.5;
    if (pause > 5.0) expected[at(time + 5.0).ns] = 1;
    if (*rc::gen::arbitrary<bool>()) pipeline.mark_gaps(at(time + pause - 0.1), all);
    time += pause;
  }
  std::vector<Sample> batch{sample_of(time, 1)};
  pipeline.clean(batch, at(time));
  all.insert(all.end(), batch.begin() + 1, batch.end());
  std::map<std::int64_t, int> found;
  for (const auto& mark : all) ++found[mark.source_time.ns];
  RC_ASSERT(found == expected);
}

}  // namespace
}  // namespace gemel::pipeline
