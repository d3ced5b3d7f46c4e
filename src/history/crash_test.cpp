// What the durable history does when the power is cut, the disk is full or failing, and when bits
// flip.

#include <algorithm>

#include <gtest/gtest.h>

#include "history/file_history.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"
#include "history/simulated_files.hpp"

namespace gemel::history {
namespace {

using testing::Comparison;
using testing::plant_of;
using testing::RandomStream;

constexpr std::size_t kSignals = 3;
const std::shared_ptr<Plant> kPlant = plant_of(kSignals);

Options options_for(SimulatedFiles& files, std::uint64_t segment_samples,
                    Duration commit_every = {}) {
  return {.directory = "/h",
          .plant = kPlant.get(),
          .read_only = false,
          .commit_every = commit_every,
          .segment_samples = segment_samples,
          .files = &files};
}

std::unique_ptr<History> must_open(const Options& options) {
  auto opened = open(options);
  EXPECT_TRUE(opened) << opened.error().message;
  return opened ? std::move(*opened) : nullptr;
}

/// Everything in the history, frame for frame as far as one can see it from outside.
std::vector<Record> everything(const HistoryReader& history, SignalId signal) {
  auto records = history.read(signal, {}, Timestamp::max(), SIZE_MAX);
  EXPECT_TRUE(records) << records.error().message;
  return records.value_or({});
}

void expect_same_content(const HistoryReader& expected, const HistoryReader& actual,
                         const std::string& where) {
  for (std::uint32_t i = 0; i < kSignals; ++i) {
    EXPECT_TRUE(everything(expected, {i}) == everything(actual, {i})) << where << ", signal " << i;
  }
  EXPECT_TRUE(*expected.events({}, SIZE_MAX) == *actual.events({}, SIZE_MAX)) << where;
  const auto a = expected.frame_at_or_before(Timestamp::max());
  const auto b = actual.frame_at_or_before(Timestamp::max());
  EXPECT_TRUE(a.has_value() == b.has_value() && (!a || *a == *b)) << where;
}

/// Commits until the power fails. The frames that were durable, and those that may or may not have
/// been.
struct Run {
  std::vector<Frame> durable;
  std::vector<Frame> pending;
};

Run run_until_power_fails(SimulatedFiles& files, RandomStream& stream, const Options& options,
                          Random& random) {
  Run run;
  auto opened = open(options);
  if (!opened) return run;
  auto& history = **opened;
  const bool grouped = options.commit_every != Duration{};
  while (!files.power_is_off() && run.durable.size() < 60) {
    auto frame = stream.next();
    if (history.drop_known(frame.samples)) {
    }
    run.pending.push_back(frame);
    if (!history.commit(frame)) break;
    if (grouped && (random.below(4) != 0 || !history.sync())) continue;
    run.durable.insert(run.durable.end(), run.pending.begin(), run.pending.end());
    run.pending.clear();
  }
  return run;
}

/// After the crash there must be all durable frames and a beginning of the pending ones, and
/// nothing else.
std::size_t survivors(const History& history, const Run& run) {
  const auto newest = history.frame_at_or_before(Timestamp::max());
  const auto known = newest ? *newest : Timestamp::min();
  return static_cast<std::size_t>(
      std::count_if(run.pending.begin(), run.pending.end(),
                    [&](const Frame& frame) { return frame.known_at <= known; }));
}

void crash_again_and_again(std::uint64_t seed, std::uint64_t segment_samples,
                           Duration commit_every) {
  SimulatedFiles files(seed);
  Random random(seed * 77 + 1);
  RandomStream stream(seed, kSignals);
  MemoryHistory oracle(*kPlant);
  const auto options = options_for(files, segment_samples, commit_every);
  for (int crash = 0; crash < 5; ++crash) {
    files.cut_power_after(1 + random.below(120));
    const auto run = run_until_power_fails(files, stream, options, random);
    files.restart();
    const auto history = must_open(options);
    ASSERT_TRUE(history);
    const auto where = "seed " + std::to_string(seed) + ", crash " + std::to_string(crash);
    const auto kept = survivors(*history, run);
    for (const auto& frame : run.durable) ASSERT_TRUE(oracle.commit(frame));
    for (std::size_t i = 0; i < kept; ++i) ASSERT_TRUE(oracle.commit(run.pending[i]));
    expect_same_content(oracle, *history, where);
    const auto verified = verify("/h", &files);
    ASSERT_TRUE(verified);
    EXPECT_TRUE(verified->damage.empty())
        << where << ": " << verified->damage.front().file << ' ' << verified->damage.front().what;
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(FileHistoryProperty, LosesNoDurableFrameInAnyCrashAndInventsNone) {
  for (std::uint64_t seed = 1; seed <= 400 && !HasFailure(); ++seed) {
    crash_again_and_again(seed, seed % 3 == 0 ? 1u << 20 : 1 + seed % 60, {});
  }
}

TEST(FileHistoryProperty, LosesNoSyncedFrameInAnyCrashAndKeepsTheOrder) {
  for (std::uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
    crash_again_and_again(seed, seed % 3 == 0 ? 1u << 20 : 20 + seed % 60,
                          Duration::milliseconds(100));
  }
}

TEST(FileHistory, AddsNothingOfAFrameWhenTheDiskIsFullAndTakesItLater) {
  for (std::uint64_t space = 0; space < 700; ++space) {
    SimulatedFiles files(space);
    RandomStream stream(5, kSignals);
    MemoryHistory oracle(*kPlant);
    auto history = must_open(options_for(files, space % 2 == 0 ? 25 : 1000));
    ASSERT_TRUE(history);
    files.set_space_left(space);
    int refused = 0;
    for (int i = 0; i < 12; ++i) {
      const auto frame = stream.next();
      auto done = history->commit(frame);
      if (!done) {
        ++refused;
        EXPECT_EQ(done.error().code, ErrorCode::Unavailable);
        expect_same_content(oracle, *history, "while full");
        files.set_space_left(std::nullopt);
        done = history->commit(frame);
      }
      ASSERT_TRUE(done) << done.error().message;
      ASSERT_TRUE(oracle.commit(frame));
    }
    EXPECT_LE(refused, 1);
    history.reset();
    history = must_open(options_for(files, 25));
    expect_same_content(oracle, *history, "opened again, space " + std::to_string(space));
    if (HasFailure()) return;
  }
}

TEST(FileHistory, TakesAFrameAgainAfterTheDiskRefusedToMakeItDurable) {
  SimulatedFiles files;
  RandomStream stream(6, kSignals);
  MemoryHistory oracle(*kPlant);
  auto history = must_open(options_for(files, 40));
  for (int i = 0; i < 40; ++i) {
    const auto frame = stream.next();
    if (i % 5 == 4) {
      files.set_syncs_fail(true);
      EXPECT_FALSE(history->commit(frame));
      files.set_syncs_fail(false);
    }
    const auto done = history->commit(frame);
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(oracle.commit(frame));
  }
  history.reset();
  files.restart();
  expect_same_content(oracle, *must_open(options_for(files, 40)), "after a restart");
}

TEST(FileHistory, WritesAgainWhatAFailedSyncMayHaveLost) {
  SimulatedFiles files;
  RandomStream stream(7, kSignals);
  MemoryHistory oracle(*kPlant);
  auto history = must_open(options_for(files, 1000, Duration::seconds(1)));
  for (int i = 0; i < 5; ++i) {
    const auto frame = stream.next();
    ASSERT_TRUE(history->commit(frame));
    ASSERT_TRUE(oracle.commit(frame));
  }
  files.set_syncs_fail(true);
  EXPECT_FALSE(history->sync());
  files.set_syncs_fail(false);
  EXPECT_TRUE(history->sync());
  history.reset();
  files.restart();
  expect_same_content(oracle, *must_open(options_for(files, 1000)), "after a restart");
}

// --- Damage
// ------------------------------------------------------------------------------------------------------

struct Filled {
  SimulatedFiles files;
  std::unique_ptr<MemoryHistory> oracle = std::make_unique<MemoryHistory>(*kPlant);
  Timestamp from, until;

  explicit Filled(std::uint64_t seed, int frames = 400) {
    RandomStream stream(seed, kSignals);
    from = stream.now();
    const auto history = must_open(options_for(files, 150));
    for (int i = 0; i < frames; ++i) {
      auto frame = stream.next();
      EXPECT_TRUE(history->drop_known(frame.samples));
      EXPECT_TRUE(history->commit(frame));
      EXPECT_TRUE(oracle->commit(frame));
    }
    until = stream.now();
  }
};

TEST(FileHistory, IsFoundSoundWhenNothingIsDamaged) {
  Filled filled(1);
  const auto verified = verify("/h", &filled.files);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_TRUE(verified->damage.empty());
  EXPECT_GT(verified->segments, 2u);
  EXPECT_EQ(verified->frames, 400u);
  EXPECT_EQ(verified->samples, filled.oracle->status().samples);
  EXPECT_EQ(verified->events, filled.oracle->status().events);
}

/// Either the oracle's answer or Corruption; never a wrong answer.
void expect_truth_or_corruption(const HistoryReader& oracle, const HistoryReader& history,
                                Timestamp at, int& answers) {
  for (std::uint32_t i = 0; i < kSignals; ++i) {
    const TimeRange range{at, at + Duration::seconds(20)};
    const auto records = history.read({i}, range, Timestamp::max(), SIZE_MAX);
    if (!records)
      EXPECT_EQ(records.error().code, ErrorCode::Corruption);
    else
      EXPECT_TRUE(*records == *oracle.read({i}, range, Timestamp::max(), SIZE_MAX));
    answers += records.has_value();
  }
  const auto beliefs = history.beliefs(at, at);
  if (!beliefs)
    EXPECT_EQ(beliefs.error().code, ErrorCode::Corruption);
  else
    EXPECT_TRUE(*beliefs == *oracle.beliefs(at, at));
  answers += beliefs.has_value();
  const auto events = history.events({at, at + Duration::seconds(20)}, SIZE_MAX);
  if (!events)
    EXPECT_EQ(events.error().code, ErrorCode::Corruption);
  else
    EXPECT_TRUE(*events == *oracle.events({at, at + Duration::seconds(20)}, SIZE_MAX));
  answers += events.has_value();
}

TEST(FileHistory, NeverAnswersWronglyAfterABitFlippedAndReadsTheRest) {
  Random random(11);
  for (int round = 0; round < 250 && !HasFailure(); ++round) {
    Filled filled(static_cast<std::uint64_t>(round % 3 + 1));
    std::vector<std::string> sealed;
    const auto names = filled.files.list("/h").value_or({});
    for (const auto& name : names) {
      if (name.starts_with("seg-")) sealed.push_back(name);
    }
    const auto name = sealed[random.below(sealed.size())];
    const auto path = "/h/" + name;
    const auto byte = random.below(filled.files.contents(path).size());
    filled.files.flip(path, byte, static_cast<unsigned>(random.below(8)));
    SCOPED_TRACE(name + " at byte " + std::to_string(byte));

    const auto verified = verify("/h", &filled.files);
    ASSERT_TRUE(verified) << verified.error().message;
    ASSERT_FALSE(verified->damage.empty());
    EXPECT_EQ(verified->damage.front().file, name);

    const auto history = must_open(options_for(filled.files, 150));
    int answers = 0, asked = 0;
    for (auto at = filled.from; at < filled.until; at = at + Duration::seconds(7), asked += 5) {
      expect_truth_or_corruption(*filled.oracle, *history, at, answers);
    }
    // Late samples make chunks reach far back, so one bit may well matter to a good part.
    EXPECT_GT(answers, asked / 3) << "one flipped bit must not spoil most of the history";
  }
}

TEST(FileHistory, ReadsTheRestWhenASegmentIsGone) {
  Filled filled(2);
  const std::string gone = "seg-000009-000016";
  ASSERT_TRUE(filled.files.remove("/h/" + gone));
  const auto verified = verify("/h", &filled.files);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->damage.front().file, gone);
  const auto history = must_open(options_for(filled.files, 150));
  int answers = 0, asked = 0;
  for (auto at = filled.from; at < filled.until; at = at + Duration::seconds(7), asked += 5) {
    const auto beliefs = history->beliefs(at, at);
    if (beliefs)
      EXPECT_TRUE(*beliefs == *filled.oracle->beliefs(at, at));
    else
      EXPECT_EQ(beliefs.error().code, ErrorCode::Corruption);
    answers += beliefs.has_value() ? 5 : 0;
  }
  EXPECT_GT(answers, asked / 2);
  EXPECT_LT(answers, asked);
}

TEST(FileHistory, NoticesAnEventThatWasChangedOnPurpose) {
  Filled filled(3);
  // Whoever changes an event can restamp its block's checksum, but not the hashes of all that
  // follows; here a whole file of another history, sound in itself, takes the place of ours.
  Filled other(4);
  const std::string changed = "seg-000009-000016";
  filled.files.place("/h/" + changed, other.files.contents("/h/" + changed));
  const auto verified = verify("/h", &filled.files);
  ASSERT_TRUE(verified);
  const auto told =
      std::count_if(verified->damage.begin(), verified->damage.end(), [&](const Damage& damage) {
        return damage.file == changed && damage.what.find("chain of hashes") != std::string::npos;
      });
  EXPECT_EQ(told, 1);
}

TEST(FileHistory, LeavesOutADamagedFrameOfTheLogAndKeepsThoseAfterIt) {
  SimulatedFiles files;
  auto history = must_open(options_for(files, 1000));
  const auto frame_at = [&](int second) {
    const Timestamp known{1'700'000'000'000'000'000 + second * 1'000'000'000LL};
    return Frame{known, {{{0}, {}, known, static_cast<double>(second)}}, {}};
  };
  for (int i = 1; i <= 9; ++i) ASSERT_TRUE(history->commit(frame_at(i)));
  history.reset();
  const auto size = files.contents("/h/wal-000001").size();
  files.flip("/h/wal-000001", 16 + (size - 16) / 9 * 4 + 20, 3);  // inside the fifth
  history = must_open(options_for(files, 1000));
  std::vector<double> values;
  for (const auto& record : everything(*history, {0})) values.push_back(record.value);
  EXPECT_EQ(values, (std::vector<double>{1, 2, 3, 4, 6, 7, 8, 9}));
  EXPECT_EQ(verify("/h", &files)->damage.size(), 1u);
}

TEST(FileHistory, IsHeldByOneProcessAtATimeAndReadByMany) {
  Filled filled(1, 20);
  const auto writer = must_open(options_for(filled.files, 150));
  EXPECT_EQ(open(options_for(filled.files, 150)).error().code, ErrorCode::Conflict);
  auto reading = options_for(filled.files, 150);
  reading.read_only = true;
  const auto reader = must_open(reading);
  expect_same_content(*filled.oracle, *reader, "reading beside the writer");
  EXPECT_EQ(reader->commit({Timestamp::max(), {}, {}}).error().code, ErrorCode::Unsupported);
}

TEST(FileHistory, KeepsASignalsRecordsWhenTheTwinFileChanges) {
  SimulatedFiles files;
  RandomStream stream(9, kSignals);
  MemoryHistory oracle(*kPlant);
  {
    const auto history = must_open(options_for(files, 30));
    for (int i = 0; i < 50; ++i) {
      const auto frame = stream.next();
      ASSERT_TRUE(history->commit(frame));
      ASSERT_TRUE(oracle.commit(frame));
    }
  }
  Plant changed = *plant_of(4);
  std::swap(changed.signals[0].path, changed.signals[2].path);  // 0 is now s2, 2 is now s0
  changed.signals[1].path = "line.renamed";
  auto options = options_for(files, 30);
  options.plant = &changed;
  const auto history = must_open(options);
  EXPECT_EQ(everything(*history, {2}), everything(oracle, {0}));
  EXPECT_EQ(everything(*history, {0}), everything(oracle, {2}));
  EXPECT_TRUE(everything(*history, {1}).empty());
  ASSERT_TRUE(
      history->commit({stream.now() + Duration::seconds(1), {{{1}, {}, stream.now(), 5.0}}, {}}));
  EXPECT_EQ(everything(*history, {1}).size(), 1u);

  auto recorded = recorded_signals("/h", &files);
  ASSERT_TRUE(recorded);
  const auto retired = recorded->find_signal("line.s1");
  ASSERT_TRUE(retired);
  options.plant = &*recorded;
  options.read_only = true;
  EXPECT_EQ(everything(*must_open(options), *retired), everything(oracle, {1}));
}

TEST(FileHistory, OpensOnlyWhatItUnderstands) {
  SimulatedFiles files;
  Options options = options_for(files, 10);
  options.read_only = true;
  options.plant = nullptr;
  EXPECT_EQ(open(options).error().code, ErrorCode::InvalidInput);
  files.place("/h/wal-000001", std::string("GEMELWAL\x09\0\0\0\1\0\0\0", 16));
  EXPECT_EQ(open(options_for(files, 10)).error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace gemel::history
