// The engine as a whole: what is published is durable, what was durable comes back, and people's
// wishes keep the rules.

#include <algorithm>
#include <atomic>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "state/encode.hpp"
#include "twin_under_test.hpp"

namespace gemel::scenarios {
namespace {

std::unique_ptr<History> in_memory() {
  return std::make_unique<history::MemoryHistory>(*small_plant());
}

class TemporaryDirectory {
 public:
  TemporaryDirectory()
      : path_(std::filesystem::temp_directory_path() / ("gemel-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::unique_ptr<History> in(const TemporaryDirectory& directory, const Plant& plant) {
  auto opened = history::open({.directory = directory.path(), .plant = &plant});
  EXPECT_TRUE(opened) << opened.error().message;
  return std::move(opened).value();
}

/// Commits into memory, and is durable when the test lets it be.
class SyncedByTheTest final : public History {
 public:
  struct Disk {
    std::atomic<bool> fails{false};
    std::atomic<int> syncs{0};
  };
  explicit SyncedByTheTest(Disk& disk) : disk_(disk) {}

  Result<void> sync() override {
    if (disk_.fails) return {ErrorCode::Unavailable, "Input/output error"};
    ++disk_.syncs;
    return {};
  }
  Result<void> commit(const Frame& frame) override { return held_.commit(frame); }
  Result<std::size_t> drop_known(std::vector<Sample>& samples) override {
    return held_.drop_known(samples);
  }
  HistoryStatus status() const override { return held_.status(); }
  Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                   std::size_t limit) const override {
    return held_.read(signal, range, known_at, limit);
  }
  Result<BeliefTable> beliefs(Timestamp at, Timestamp known_at) const override {
    return held_.beliefs(at, known_at);
  }
  Result<std::vector<Bucket>> downsample(SignalId signal, TimeRange range, std::size_t count,
                                         Timestamp known_at) const override {
    return held_.downsample(signal, range, count, known_at);
  }
  Result<std::vector<Event>> events(TimeRange known, std::size_t limit) const override {
    return held_.events(known, limit);
  }
  Result<Timestamp> frame_at_or_before(Timestamp t) const override {
    return held_.frame_at_or_before(t);
  }
  Result<TimeRange> extent() const override { return held_.extent(); }

 private:
  Disk& disk_;
  history::MemoryHistory held_{*small_plant()};
};

AlarmRaised level_alarm(std::uint64_t id) {
  AlarmRaised raised;
  raised.alarm = id;
  raised.asset = "tank";
  raised.source = "tank.limits";
  raised.name = "level abnormal";
  return raised;
}

/// A history in which alarm 1 and recommendation 2 are open.
std::unique_ptr<History> with_open_business(Timestamp at) {
  auto history = in_memory();
  RecommendationMade made;
  made.recommendation = 2;
  made.title = "Open the valve";
  made.changes = {{"tank.valve", "%", 40.0, 60.0}};
  made.expires = at + Duration::hours(1);
  Frame frame{at, {}, {Event{at, level_alarm(1)}, Event{at, made}}};
  EXPECT_TRUE(history->commit(frame));
  return history;
}

const Timestamp kBefore = *parse_timestamp("2026-01-31T07:59:59Z");

TEST(Engine, PublishesWhatItRecordedAndTellsTheSourceAfterwards) {
  RunningTwin twin(in_memory());
  twin.say(kLevel, 1.5);
  ASSERT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kLevel].value == 1.5; }));
  const auto records = twin.engine().history().read(kLevel, {}, Timestamp::max(), 10);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 1u);
  while (twin.script().durable == 0) std::this_thread::yield();
}

TEST(Engine, HoldsBackAndAcknowledgesNothingWhileTheHistoryCannotBeWritten) {
  auto history = std::make_unique<history::MemoryHistory>(*small_plant());
  auto& disk = *history;
  disk.fail_commits(Error{ErrorCode::Unavailable, "no space left on device"});
  RunningTwin twin(std::move(history));
  twin.say(kLevel, 1.5);
  while (twin.engine().status().history_trouble.empty()) std::this_thread::yield();
  EXPECT_NE(twin.engine().status().history_trouble.find("no space"), std::string::npos);
  EXPECT_FALSE(twin.engine().snapshot()->beliefs[kLevel].has_value());
  EXPECT_EQ(twin.script().durable, 0u);

  disk.fail_commits(std::nullopt);
  EXPECT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kLevel].value == 1.5; }));
  EXPECT_EQ(twin.engine().status().history_trouble, "");
}

TEST(Engine, HoldsBackAndAcknowledgesNothingWhileTheDiskCannotBeSynced) {
  SyncedByTheTest::Disk disk;
  auto plant = std::make_shared<Plant>(*small_plant());
  plant->history.commit_every = Duration::seconds(1);
  RunningTwin twin(std::make_unique<SyncedByTheTest>(disk), plant);
  while (disk.syncs == 0) std::this_thread::yield();
  disk.fails = true;
  twin.say(kLevel, 1.5);
  while (twin.engine().status().history.samples == 0) std::this_thread::yield();
  twin.clock().advance(Duration::seconds(1));
  while (twin.engine().status().history_trouble.empty()) std::this_thread::yield();
  EXPECT_NE(twin.engine().status().history_trouble.find("Input/output"), std::string::npos);
  EXPECT_FALSE(twin.engine().snapshot()->beliefs[kLevel].has_value());
  EXPECT_EQ(twin.script().durable, 0u);

  disk.fails = false;
  EXPECT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kLevel].value == 1.5; }));
  while (twin.script().durable == 0) std::this_thread::yield();
  EXPECT_EQ(twin.engine().status().history_trouble, "");
  EXPECT_TRUE(twin.stop());
}

TEST(Engine, EndsWithTheReasonWhenItIsStoppedWhileTheDiskCannotBeSynced) {
  SyncedByTheTest::Disk disk;
  disk.fails = true;
  auto plant = std::make_shared<Plant>(*small_plant());
  plant->history.commit_every = Duration::seconds(1);
  RunningTwin twin(std::make_unique<SyncedByTheTest>(disk), plant);
  twin.say(kLevel, 1.5);
  while (twin.engine().status().history_trouble.empty()) std::this_thread::yield();
  const auto ended = twin.stop();
  ASSERT_FALSE(ended);
  EXPECT_NE(ended.error().message.find("Input/output"), std::string::npos);
  EXPECT_EQ(twin.script().durable, 0u);
}

TEST(Engine, DropsWhatWasDeliveredTwice) {
  RunningTwin twin(in_memory());
  const auto when = twin.clock().now();
  for (int i = 0; i < 3; ++i) twin.say(kLevel, 1.5, when);
  while (twin.script().durable < 3) std::this_thread::yield();
  EXPECT_EQ(twin.engine().history().read(kLevel, {}, Timestamp::max(), 10)->size(), 1u);
}

TEST(Engine, ComesBackAfterARestartAsItWas) {
  const TemporaryDirectory directory;
  const auto plant = small_plant();
  std::string before;
  {
    RunningTwin twin(in(directory, *plant), plant);
    for (int i = 0; i < 50; ++i) {
      twin.clock().advance(Duration::seconds(1));
      twin.say(kLevel, 1.0 + i * 0.01);
    }
    while (twin.script().durable < 50) std::this_thread::yield();
    ASSERT_TRUE(twin.stop());
    before = state::encode(*twin.engine().snapshot());
  }
  engine::EngineOptions options;
  const SystemClock clock;
  options.plant = plant;
  options.history = in(directory, *plant);
  options.clock = &clock;
  options.metrics = std::make_shared<metrics::Registry>();
  const auto again = engine::Engine::create(std::move(options));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(state::encode(*(*again)->snapshot()), before);
}

TEST(Engine, RewindsToEverySnapshotItPublished) {
  RunningTwin twin(in_memory());
  std::vector<std::shared_ptr<const Snapshot>> live;
  for (int i = 0; i < 100; ++i) {
    twin.clock().advance(Duration::seconds(1));
    // Every third sample is late, every fifth bad.
    const auto late = i % 3 == 0 ? Duration::seconds(7) : Duration{};
    twin.say(i % 2 ? kLevel : kPosition, i % 5 == 0 ? 1e6 : i, twin.clock().now() - late);
    const auto seen = live.empty() ? Timestamp::min() : live.back()->known_at;
    const auto next = twin.engine().wait_for_newer(seen, Duration::seconds(10), {});
    if (next->known_at > seen) live.push_back(next);
  }
  ASSERT_GT(live.size(), 50u);
  for (const auto& snapshot : live) {
    const auto rewound = twin.engine().rewind(snapshot->known_at, snapshot->known_at);
    ASSERT_TRUE(rewound);
    EXPECT_EQ(state::encode(*rewound), state::encode(*snapshot));
  }
}

TEST(Engine, MarksAGapWhenASignalFallsSilent) {
  RunningTwin twin(in_memory());
  twin.say(kLevel, 1.0);
  ASSERT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kLevel].has_value(); }));
  twin.clock().advance(Duration::seconds(90));
  EXPECT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kLevel].missing(); }));
  EXPECT_EQ(twin.engine().snapshot()->beliefs[kLevel].value, 1.0);
}

TEST(Engine, KeepsKnownTimesRisingWhenTheClockJumpsBack) {
  RunningTwin twin(in_memory());
  twin.say(kLevel, 1.0);
  ASSERT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kLevel].value == 1.0; }));
  const auto known = twin.engine().snapshot()->known_at;
  twin.clock().advance(Duration::hours(-2));
  twin.say(kLevel, 2.0, known + Duration::nanoseconds(1));
  ASSERT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kLevel].value == 2.0; }));
  EXPECT_GT(twin.engine().snapshot()->known_at, known);
}

TEST(Engine, RecordsWhoAcknowledgedAnAlarmAndRefusesToDoItTwice) {
  RunningTwin twin(with_open_business(kBefore));
  EXPECT_EQ(twin.engine().acknowledge(1, "", "").error().code, ErrorCode::PermissionDenied);
  ASSERT_TRUE(twin.engine().acknowledge(1, "anna", "seen"));
  EXPECT_EQ(twin.engine().snapshot()->alarms->front().acknowledged_by, "anna");
  EXPECT_EQ(twin.engine().acknowledge(1, "ben", "").error().code, ErrorCode::Conflict);
  EXPECT_EQ(twin.engine().acknowledge(77, "anna", "").error().code, ErrorCode::NotFound);
}

TEST(Engine, ShelvesOnlyForALimitedTimeAndWithAReason) {
  RunningTwin twin(with_open_business(kBefore));
  EXPECT_EQ(twin.engine().shelve(1, Duration::minutes(5), "anna", "").error().code,
            ErrorCode::InvalidInput);
  EXPECT_EQ(twin.engine().shelve(1, Duration::days(30), "anna", "later").error().code,
            ErrorCode::InvalidInput);
  ASSERT_TRUE(twin.engine().shelve(1, Duration::minutes(5), "anna", "sensor is being changed"));
  EXPECT_TRUE(twin.engine().snapshot()->alarms->front().shelved_until);
  ASSERT_TRUE(twin.engine().unshelve(1, "anna"));
  EXPECT_FALSE(twin.engine().snapshot()->alarms->front().shelved_until);
}

TEST(Engine, SendsAnApprovedCommandOnlyOnceItsVerdictIsRecorded) {
  RunningTwin twin(with_open_business(kBefore));
  twin.say(kMode, 1.0);
  twin.say(kPosition, 40.0);
  ASSERT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kPosition].usable(); }));
  const auto judged = twin.engine().approve(2, "anna");
  ASSERT_TRUE(judged) << judged.error().message;
  ASSERT_EQ(judged->size(), 1u);
  EXPECT_EQ(judged->front().admission, Admission::Admitted) << judged->front().reason;
  EXPECT_EQ(judged->front().command.by, "anna");
  const auto events = twin.engine().history().events({}, 100);
  ASSERT_TRUE(events);
  EXPECT_TRUE(std::any_of(events->begin(), events->end(), [](const Event& e) {
    return std::holds_alternative<CommandJudged>(e.body);
  }));
  twin.say(kPosition, 60.0, twin.clock().now() + Duration::milliseconds(1));
  twin.clock().advance(Duration::seconds(1));
  EXPECT_TRUE(twin.eventually([](const Snapshot& s) {
    return !s.commands->empty() && s.commands->back().ended &&
           s.commands->back().ended->result == CommandResult::Confirmed;
  }));
  ASSERT_TRUE(twin.stop());
  ASSERT_EQ(twin.sent().sent.size(), 1u);
  EXPECT_EQ(twin.sent().sent.front().value, 60.0);
}

TEST(Engine, SendsNothingWhenTheModeIsLocalOrTheFeedbackStale) {
  RunningTwin twin(with_open_business(kBefore));
  twin.say(kMode, 0.0);
  twin.say(kPosition, 40.0);
  ASSERT_TRUE(twin.eventually([](const Snapshot& s) { return s.beliefs[kPosition].usable(); }));
  const auto judged = twin.engine().approve(2, "anna");
  ASSERT_TRUE(judged);
  EXPECT_EQ(judged->front().admission, Admission::Refused);
  ASSERT_TRUE(twin.stop());
  EXPECT_TRUE(twin.sent().sent.empty());
}

TEST(Engine, ApprovesARecommendationOnceAndNeverAfterItsTime) {
  {
    RunningTwin twin(with_open_business(kBefore));
    EXPECT_EQ(twin.engine().approve(2, "").error().code, ErrorCode::PermissionDenied);
    ASSERT_TRUE(twin.engine().reject(2, "anna", "not now"));
    EXPECT_EQ(twin.engine().approve(2, "anna").error().code, ErrorCode::Conflict);
    EXPECT_EQ(twin.engine().approve(99, "anna").error().code, ErrorCode::NotFound);
  }
  RunningTwin late(with_open_business(kBefore));
  late.clock().advance(Duration::hours(2));
  EXPECT_EQ(late.engine().approve(2, "anna").error().code, ErrorCode::Conflict);
  ASSERT_TRUE(late.stop());
  EXPECT_TRUE(late.sent().sent.empty());
}

TEST(Engine, EndsByItselfWhenEverySourceIsFinished) {
  RunningTwin twin(in_memory());
  for (int i = 0; i < 100; ++i)
    twin.say(kLevel, i * 0.01, twin.clock().now() + Duration::nanoseconds(i));
  twin.clock().advance(Duration::seconds(1));
  twin.script().finish = true;
  while (!twin.script().finished) std::this_thread::yield();
  ASSERT_TRUE(twin.stop());
  EXPECT_EQ(twin.engine().history().read(kLevel, {}, Timestamp::max(), 1000)->size(), 100u);
}

}  // namespace
}  // namespace gemel::scenarios
