#pragma once
// For tests: random streams of frames with everything that is normal in a plant (late, repeated,
// corrected and missing samples, events), and the comparison of one history with another.

#include <cmath>
#include <memory>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::history::testing {

inline std::shared_ptr<Plant> plant_of(std::size_t signals) {
  auto plant = std::make_shared<Plant>();
  plant->name = "test";
  plant->assets.emplace_back();
  for (std::uint32_t i = 0; i < signals; ++i) {
    Signal signal;
    signal.id = {i};
    signal.asset = {0};
    signal.name = "s" + std::to_string(i);
    signal.path = "line." + signal.name;
    signal.unit.symbol = "bar";
    plant->signals.push_back(std::move(signal));
  }
  plant->index_paths();
  return plant;
}

/// Frames as the pipeline makes them: no sample is known before its source time.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::size_t signals) : random_(seed), signals_(signals) {}

  Timestamp now() const { return now_; }

  Frame next() {
    now_ = now_ + Duration::milliseconds(1 + static_cast<std::int64_t>(random_.below(1500)));
    Frame frame;
    frame.known_at = now_;
    const auto count = random_.below(12);
    for (std::uint64_t i = 0; i < count; ++i) frame.samples.push_back(sample());
    // A source that repeats itself, within a frame or much later.
    if (!sent_.empty() && random_.below(3) == 0)
      frame.samples.push_back(sent_[random_.below(sent_.size())]);
    for (const auto& sample : frame.samples) sent_.push_back(sample);
    while (random_.below(3) == 0) frame.events.push_back({now_, event()});
    return frame;
  }

 private:
  Sample sample() {
    Sample sample;
    sample.signal = {static_cast<std::uint32_t>(random_.below(signals_))};
    sample.value = static_cast<double>(random_.below(5)) / 10.0;
    sample.source_time = source_time();
    if (random_.below(6) == 0) sample.quality.mark(Cause::Stuck, Grade::Uncertain);
    if (random_.below(8) == 0) sample.quality.mark(Cause::OutOfRange, Grade::Bad);
    if (random_.below(10) == 0) {
      sample.quality.mark(Cause::Gap, Grade::Missing);
      sample.value = 0.0;
    }
    if (random_.below(50) == 0) sample.value = random_.normal() * 1e9;
    return sample;
  }

  Timestamp source_time() {
    const auto lateness = random_.below(20);
    // Whole seconds, so that corrections of the same moment come about.
    if (lateness == 0)
      return {(now_.ns - static_cast<std::int64_t>(random_.below(400)) * kSecond) / kSecond *
              kSecond};
    if (lateness < 6) return {now_.ns / kSecond * kSecond};
    return now_ - Duration::milliseconds(static_cast<std::int64_t>(random_.below(300)));
  }

  EventBody event() {
    const auto known = [&] { return 1 + random_.below(next_id_); };
    switch (random_.below(15)) {
      case 0:
        return AlarmRaised{.alarm = next_id_++,
                           .asset = "line",
                           .source = "line.check",
                           .name = "s0 abnormal",
                           .priority = static_cast<Priority>(random_.below(4)),
                           .cause = "c",
                           .consequence = "d",
                           .action = "e",
                           .score = random_.uniform(),
                           .drivers = {{"line.s0", 1.0, 2.5, 2.0}},
                           .onset = now_,
                           .version = "1",
                           .nearest_normal = now_ - Duration::hours(1),
                           .nearest_distance = 0.5};
      case 1:
        return AlarmUpdated{known(), "s1 abnormal", random_.uniform(), {}};
      case 2:
        return AlarmAcknowledged{known(), "ann", "seen"};
      case 3:
        return AlarmShelved{known(), now_ + Duration::hours(1), "ann", "noise"};
      case 4:
        return AlarmUnshelved{known(), "expiry"};
      case 5:
        return AlarmCleared{known()};
      case 6:
        return RecommendationMade{.recommendation = next_id_++,
                                  .decision = "valve",
                                  .title = "open it",
                                  .reason = "it is shut",
                                  .changes = {{"line.valve", "%", 10, 20}},
                                  .effects = {{"flow", "l/min", 1, 2, 1.5, 2.5}},
                                  .confidence = 0.9,
                                  .evidence = {"a", "b"},
                                  .alternatives = {},
                                  .rank = 1,
                                  .expires = now_ + Duration::minutes(5),
                                  .horizon = Duration::minutes(10),
                                  .version = "7"};
      case 7:
        return RecommendationDecided{known(), static_cast<Verdict>(random_.below(4)), "bob",
                                     "why not"};
      case 8:
        return RecommendationMeasured{known(), {{"flow", "l/min", 1, 2.1, 1.5, 2.5}}, true};
      case 9: {
        CommandJudged judged;
        judged.command.id = next_id_++;
        judged.command.control = "line.valve";
        judged.command.expires = now_ + Duration::seconds(30);
        judged.asked = 25;
        judged.admission = static_cast<Admission>(random_.below(3));
        return judged;
      }
      case 10:
        return CommandEnded{known(), static_cast<CommandResult>(random_.below(4)), 19.9, "ok"};
      case 11:
        return AlarmLabelled{known(), static_cast<Truth>(random_.below(3)), "a gull", "ann"};
      case 12:
        return DriftFound{"line.pump.behaviour",
                          static_cast<Drift>(random_.below(3)),
                          "line.s0",
                          1.5,
                          now_,
                          "1",
                          "residuals have grown",
                          now_ - Duration::hours(1),
                          now_};
      case 13:
        return RetrainAsked{"line.pump.behaviour", now_ - Duration::hours(1), now_, "ann"};
      default:
        return Notice{"mqtt", "link lost"};
    }
  }

  static constexpr std::int64_t kSecond = 1'000'000'000;
  Random random_;
  std::size_t signals_;
  Timestamp now_{1'700'000'000 * kSecond};
  std::uint64_t next_id_ = 1;
  std::vector<Sample> sent_;
};

/// Asks both the same question at random and expects the same answer.
class Comparison {
 public:
  Comparison(std::uint64_t seed, std::size_t signals, Timestamp from, Timestamp until)
      : random_(seed), signals_(signals), from_(from - Duration::minutes(10)), until_(until) {}

  void ask(const HistoryReader& expected, const HistoryReader& actual) {
    const SignalId signal{static_cast<std::uint32_t>(random_.below(signals_))};
    const auto range = a_range();
    const auto known_at = a_known_at();
    expect_same(expected.read(signal, range, known_at, 1000),
                actual.read(signal, range, known_at, 1000));
    expect_same(expected.read(signal, range, known_at, 3), actual.read(signal, range, known_at, 3));
    const auto at = a_time();
    const auto beliefs = expected.beliefs(at, known_at);
    const auto actual_beliefs = actual.beliefs(at, known_at);
    ASSERT_TRUE(actual_beliefs) << actual_beliefs.error().message;
    EXPECT_TRUE(*beliefs == *actual_beliefs)
        << "as of " << to_string(at) << ", known at " << to_string(known_at);
    const auto count = 1 + random_.below(50);
    expect_same_buckets(expected.downsample(signal, range, count, known_at),
                        actual.downsample(signal, range, count, known_at));
    const auto signals = some_signals();
    const auto trends = expected.trends(signals, range, count, known_at);
    const auto actual_trends = actual.trends(signals, range, count, known_at);
    ASSERT_TRUE(trends && actual_trends);
    ASSERT_EQ(trends->size(), actual_trends->size());
    for (std::size_t i = 0; i < trends->size(); ++i)
      expect_same_buckets((*trends)[i], (*actual_trends)[i]);
    const auto limit = random_.below(2) == 0 ? random_.below(10) : SIZE_MAX;
    expect_same(expected.events(range, limit), actual.events(range, limit));
    expect_same(expected.frame_at_or_before(at), actual.frame_at_or_before(at));
    expect_same(expected.extent(), actual.extent());
  }

 private:
  template <class T>
  static void expect_same(const Result<T>& expected, const Result<T>& actual) {
    ASSERT_EQ(expected.has_value(), actual.has_value())
        << (actual ? expected : actual).error().message;
    if (expected) {
      EXPECT_TRUE(*expected == *actual);
    } else {
      EXPECT_EQ(expected.error().code, actual.error().code);
    }
  }

  static void expect_same_buckets(const Result<std::vector<Bucket>>& expected,
                                  const Result<std::vector<Bucket>>& actual) {
    ASSERT_TRUE(expected && actual);
    ASSERT_EQ(expected->size(), actual->size());
    for (std::size_t i = 0; i < expected->size(); ++i) {
      const auto& a = (*expected)[i];
      const auto& b = (*actual)[i];
      EXPECT_EQ(std::tie(a.start, a.min, a.max, a.first, a.last, a.count, a.bad),
                std::tie(b.start, b.min, b.max, b.first, b.last, b.count, b.bad));
      EXPECT_NEAR(a.mean, b.mean, 1e-6 * (1 + std::abs(a.min) + std::abs(a.max)));
    }
  }

  /// In any order, some of them twice; now and then more than one thread draws.
  std::vector<SignalId> some_signals() {
    std::vector<SignalId> signals(random_.below(8) == 0 ? 40 : random_.below(4));
    for (auto& signal : signals) signal = {static_cast<std::uint32_t>(random_.below(signals_))};
    return signals;
  }
  Timestamp a_time() {
    const auto span = until_ - from_ + Duration::seconds(10);
    return from_ +
           Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(span.ns)))};
  }
  Timestamp a_known_at() { return random_.below(3) == 0 ? Timestamp::max() : a_time(); }
  TimeRange a_range() {
    if (random_.below(5) == 0) return {};
    auto a = a_time(), b = a_time();
    if (b < a) std::swap(a, b);
    return {a, b + Duration{1}};
  }

  Random random_;
  std::size_t signals_;
  Timestamp from_;
  Timestamp until_;
};

}  // namespace gemel::history::testing
