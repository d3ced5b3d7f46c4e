// Merging, forgetting, backing up: that nothing else changes by it, whenever the power fails.

#include <cstdlib>

#include <gtest/gtest.h>

#include "history/backup.hpp"
#include "history/file_history.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"
#include "history/simulated_files.hpp"
#include "history/statistics.hpp"

namespace gemel::history {
namespace {

using testing::Comparison;
using testing::plant_of;
using testing::RandomStream;

constexpr std::size_t kSignals = 3;

Options options_for(SimulatedFiles& files, const Plant& plant, std::uint64_t segment_samples) {
  Options options;
  options.directory = "/h";
  options.plant = &plant;
  options.upkeep = Upkeep::Elsewhere;
  options.segment_samples = segment_samples;
  options.files = &files;
  return options;
}

std::vector<Record> everything(const HistoryReader& history, std::uint32_t signal) {
  auto records = history.read({signal}, {}, Timestamp::max(), SIZE_MAX);
  EXPECT_TRUE(records) << records.error().message;
  return records.value_or({});
}

/// Those of a signal that may not be forgotten yet.
std::vector<Record> kept(std::vector<Record> records, Duration keep, Timestamp newest) {
  std::erase_if(records, [&](const Record& record) {
    return keep.ns > 0 && record.source_time < newest - keep;
  });
  return records;
}

/// One life after another of a history whose power fails at random.
class Lives {
 public:
  Lives(std::uint64_t seed, Duration keep)
      : files_(seed), random_(seed * 31 + 7), stream_(seed, kSignals), plant_(plant_of(kSignals)) {
    plant_->signals[0].keep = keep;
    oracle_ = std::make_unique<MemoryHistory>(*plant_);
    options_ = options_for(files_, *plant_, 3 + seed % 40);
  }

  void live_and_check() {
    files_.cut_power_after(1 + random_.below(400));
    live();
    files_.restart();
    check();
  }

 private:
  void live() {
    auto opened = open(options_);
    if (!opened) return;
    auto& history = **opened;
    for (int i = 0; i < 150 && !files_.power_is_off(); ++i) {
      switch (random_.below(12)) {
        case 0:
          (void)backup("/h", "/b", {}, {}, &files_);
          break;
        case 1:
        case 2:
        case 3:
          while (random_.below(6) != 0 && history.tend({}).value_or(false)) {
          }
          break;
        default:
          if (!commit(history)) return;
      }
    }
  }

  bool commit(History& history) {
    auto frame = stream_.next();
    (void)history.drop_known(frame.samples);
    pending_ = frame;
    if (!history.commit(frame)) return false;
    EXPECT_TRUE(oracle_->commit(frame));
    pending_.reset();
    return true;
  }

  void check() {
    const auto opened = open(options_);
    ASSERT_TRUE(opened) << opened.error().message;
    auto& history = **opened;
    take_survivor(history, *oracle_);
    expect_all_there(history);
    const auto verified = verify("/h", &files_);
    ASSERT_TRUE(verified);
    EXPECT_TRUE(verified->damage.empty())
        << verified->damage.front().file << ' ' << verified->damage.front().what;
    const auto copied = backup("/h", "/b", {}, {}, &files_);
    ASSERT_TRUE(copied) << copied.error().message;
    auto reading = options_;
    reading.directory = "/b";
    reading.read_only = true;
    const auto copy = open(reading);
    ASSERT_TRUE(copy) << copy.error().message;
    expect_all_there(**copy);
  }

  /// The frame whose commit was cut off may be there or not.
  void take_survivor(const History& history, MemoryHistory& oracle) {
    const auto newest = history.frame_at_or_before(Timestamp::max());
    if (pending_ && newest && *newest == pending_->known_at) {
      EXPECT_TRUE(oracle.commit(*pending_));
    }
    pending_.reset();
  }

  void expect_all_there(const HistoryReader& history) {
    const auto newest = oracle_->frame_at_or_before(Timestamp::max());
    if (!newest) return;
    for (std::uint32_t i = 0; i < kSignals; ++i) {
      const auto keep = plant_->signals[i].keep;
      const auto all = everything(*oracle_, i);
      const auto here = everything(history, i);
      EXPECT_TRUE(kept(here, keep, *newest) == kept(all, keep, *newest)) << "signal " << i;
      EXPECT_TRUE(std::includes(
          all.begin(), all.end(), here.begin(), here.end(),
          [](const Record& a, const Record& b) { return a.source_time < b.source_time; }));
    }
    EXPECT_TRUE(*history.events({}, SIZE_MAX) == *oracle_->events({}, SIZE_MAX));
    EXPECT_EQ(*history.frame_at_or_before(Timestamp::max()), *newest);
    EXPECT_TRUE(*history.beliefs(*newest, Timestamp::max()) ==
                *oracle_->beliefs(*newest, Timestamp::max()));
  }

  SimulatedFiles files_;
  Random random_;
  RandomStream stream_;
  std::shared_ptr<Plant> plant_;
  std::unique_ptr<MemoryHistory> oracle_;
  Options options_;
  std::optional<Frame> pending_;
};

/// More on demand: ten lives each.
std::uint64_t seeds() {
  const char* told = std::getenv("GEMEL_CRASH_SEEDS");
  return told ? std::strtoull(told, nullptr, 10) : 100;
}

TEST(UpkeepProperty, LosesNothingWheneverThePowerFails) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Lives lives(seed, seed % 2 == 0 ? Duration::seconds(20) : Duration{});
    for (int life = 0; life < 10; ++life) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", life " + std::to_string(life));
      lives.live_and_check();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

constexpr Timestamp kT0{1'700'000'000'000'000'000};

/// A sample a second of each signal for an hour, in small segments.
class Forgetting : public ::testing::Test {
 protected:
  void fill(bool with_events = true) {
    history_ = std::move(*open(options_for(files_, *plant_, 300)));
    for (int i = 1; i <= 3600; ++i) {
      const auto now = kT0 + Duration::seconds(i);
      Frame frame{now, {{{0}, {}, now, 1.0 * i}, {{1}, {}, now, 2.0 * i}}, {}};
      if (with_events) frame.events.push_back({now, Notice{"n", "t"}});
      ASSERT_TRUE(history_->commit(frame));
      while (*history_->tend({})) {
      }
    }
  }

  SimulatedFiles files_;
  std::shared_ptr<Plant> plant_ = plant_of(2);
  std::unique_ptr<History> history_;
};

TEST_F(Forgetting, TakesWhatIsTooOldAndNothingElse) {
  plant_->signals[0].keep = Duration::minutes(10);
  fill();
  const auto of_first = everything(*history_, 0);
  ASSERT_FALSE(of_first.empty());
  EXPECT_LT(of_first.size(), 1800u);
  EXPECT_LE(of_first.front().source_time, kT0 + Duration::minutes(50));
  EXPECT_EQ(of_first.back().value, 3600.0);
  EXPECT_EQ(everything(*history_, 1).size(), 3600u);
  EXPECT_EQ(history_->events({}, SIZE_MAX)->size(), 3600u);
  EXPECT_TRUE(verify("/h", &files_)->damage.empty());
}

TEST_F(Forgetting, LeavesRollUpsOfWhatIsGone) {
  plant_->signals[0].keep = Duration::minutes(10);
  fill();
  // 24 hours to the pixel: the first hour is one bucket.
  const auto buckets =
      history_->downsample({0}, {kT0, kT0 + Duration::hours(48)}, 2, Timestamp::max());
  ASSERT_TRUE(buckets) << buckets.error().message;
  EXPECT_EQ(buckets->front().count, 3600u);
  EXPECT_EQ(buckets->front().min, 1.0);
  EXPECT_EQ(buckets->front().max, 3600.0);
  EXPECT_NEAR(buckets->front().mean, 1800.5, 0.01);
  // And in a trend that is finer than they are, they stand where their middle is.
  const auto fine =
      history_->downsample({0}, {kT0, kT0 + Duration::minutes(20)}, 40, Timestamp::max());
  ASSERT_TRUE(fine);
  std::uint64_t count = 0;
  for (const auto& bucket : *fine) count += bucket.count;
  EXPECT_GT(count, 500u);
}

TEST_F(Forgetting, BelievesWhatSeldomChanges) {
  plant_->signals[0].keep = Duration::minutes(5);
  fill();
  history_.reset();
  history_ = std::move(*open(options_for(files_, *plant_, 300)));
  const auto late = kT0 + Duration::hours(3);
  for (int i = 0; i < 2000; ++i) {
    const auto now = late + Duration::seconds(i);
    ASSERT_TRUE(history_->commit({now, {{{1}, {}, now, 1.0}}, {}}));
    while (*history_->tend({})) {
    }
  }
  EXPECT_TRUE(everything(*history_, 0).empty());
  EXPECT_EQ((*history_->beliefs(Timestamp::max(), Timestamp::max()))[SignalId{0}].value, 3600.0);
  history_.reset();
  history_ = std::move(*open(options_for(files_, *plant_, 300)));
  EXPECT_EQ((*history_->beliefs(Timestamp::max(), Timestamp::max()))[SignalId{0}].value, 3600.0);
}

TEST_F(Forgetting, KeepsWithinTheBytesThatItMayTake) {
  fill(false);
  const auto all = history_->status().bytes_on_disk;
  history_.reset();
  files_ = SimulatedFiles();
  plant_->history.keep_bytes = all * 3 / 4;
  fill(false);
  EXPECT_LT(history_->status().bytes_on_disk, all * 9 / 10);
  const auto of_first = everything(*history_, 0);
  ASSERT_FALSE(of_first.empty());
  EXPECT_LT(of_first.size(), 3600u);
  EXPECT_EQ(of_first.back().value, 3600.0);
}

TEST(Backup, IsTheHistoryOfOneMomentAndGoesOnFromTheLast) {
  SimulatedFiles files;
  const auto plant = plant_of(kSignals);
  RandomStream stream(3, kSignals);
  MemoryHistory oracle(*plant);
  const auto from = stream.now();
  auto history = std::move(*open(options_for(files, *plant, 40)));
  const auto go_on = [&](int frames) {
    for (int i = 0; i < frames; ++i) {
      const auto frame = stream.next();
      ASSERT_TRUE(history->commit(frame));
      ASSERT_TRUE(oracle.commit(frame));
      while (*history->tend({})) {
      }
    }
  };
  go_on(200);
  const auto first = backup("/h", "/b", {}, {}, &files);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->last_known_at, stream.now());
  EXPECT_GT(first->bytes, 0u);
  go_on(30);
  const auto second = backup("/h", "/b", {}, {}, &files);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_GT(second->bytes_before, 0u);
  EXPECT_EQ(second->last_known_at, stream.now());

  const auto restored = restore("/b", "/r", false, {}, {}, &files);
  ASSERT_TRUE(restored) << restored.error().message;
  auto options = options_for(files, *plant, 40);
  options.directory = "/r";
  const auto again = open(options);
  ASSERT_TRUE(again);
  Comparison comparison(1, kSignals, from, stream.now());
  for (int i = 0; i < 20; ++i) comparison.ask(oracle, **again);
}

TEST(Backup, RefusesWhatWouldDestroySomething) {
  SimulatedFiles files;
  const auto plant = plant_of(kSignals);
  EXPECT_EQ(backup("/h", "/b", {}, {}, &files).error().code, ErrorCode::NotFound);
  auto history = std::move(*open(options_for(files, *plant, 40)));
  RandomStream stream(1, kSignals);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(history->commit(stream.next()));
    while (*history->tend({})) {
    }
  }
  EXPECT_EQ(backup("/h", "/h", {}, {}, &files).error().code, ErrorCode::InvalidInput);
  ASSERT_TRUE(backup("/h", "/b", {}, {}, &files));
  EXPECT_EQ(restore("/b", "/h", false, {}, {}, &files).error().code, ErrorCode::Conflict);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(backup("/h", "/c", {}, stop.get_token(), &files).error().code, ErrorCode::Cancelled);
  auto options = options_for(files, *plant, 40);
  options.directory = "/c";
  options.read_only = true;
  EXPECT_EQ(open(options).error().code, ErrorCode::Unavailable);
  files.flip("/b/seg-000001-000008", 900, 1);
  EXPECT_EQ(restore("/b", "/r", false, {}, {}, &files).error().code, ErrorCode::Corruption);
  EXPECT_TRUE(restore("/b", "/r", true, {}, {}, &files));
}

TEST(Compact, LeavesOneSegmentAndTheSameAnswers) {
  SimulatedFiles files;
  const auto plant = plant_of(kSignals);
  MemoryHistory oracle(*plant);
  RandomStream stream(8, kSignals);
  const auto from = stream.now();
  {
    auto history = std::move(*open(options_for(files, *plant, 60)));
    for (int i = 0; i < 340; ++i) {
      const auto frame = stream.next();
      ASSERT_TRUE(history->commit(frame));
      ASSERT_TRUE(oracle.commit(frame));
      while (*history->tend({})) {
      }
    }
  }
  const auto before = statistics("/h", &files);
  ASSERT_TRUE(compact("/h", {}, {}, &files));
  const auto after = statistics("/h", &files);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->samples(), after->samples());
  EXPECT_GT(before->segments.size(), 1u);
  EXPECT_EQ(after->segments.size(), 1u);
  EXPECT_EQ(after->log_samples, 0u);
  EXPECT_LT(after->segment_bytes(), before->segment_bytes() + before->log_bytes);
  EXPECT_TRUE(verify("/h", &files)->damage.empty());
  const auto history = open(options_for(files, *plant, 60));
  Comparison comparison(5, kSignals, from, stream.now());
  for (int i = 0; i < 50; ++i) comparison.ask(oracle, **history);
}

}  // namespace
}  // namespace gemel::history
