// Readers beside the writer. Worth most under ThreadSanitizer.

#include <algorithm>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "history/file_history.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"
#include "history/simulated_files.hpp"

namespace gemel::history {
namespace {

constexpr std::size_t kSignals = 5;

/// What a reader may rely on whatever the writer does meanwhile: what was known at a frame stays as
/// it was.
void read_and_compare(const History& history, const std::atomic<bool>& done,
                      std::atomic<int>& reads) {
  Random random(3);
  while (!done) {
    const auto newest = history.frame_at_or_before(Timestamp::max());
    if (!newest) continue;
    const SignalId signal{static_cast<std::uint32_t>(random.below(kSignals))};
    const auto records = history.read(signal, {}, *newest, SIZE_MAX);
    const auto beliefs = history.beliefs(Timestamp::max(), *newest);
    const auto again = history.read(signal, {}, *newest, SIZE_MAX);
    ASSERT_TRUE(records && beliefs && again);
    ASSERT_TRUE(*records == *again);
    if (records->empty()) continue;
    const auto& belief = (*beliefs)[signal];
    ASSERT_EQ(std::max(belief.value_time, belief.missing_since), records->back().source_time);
    const auto buckets =
        history.downsample(signal, {records->front().source_time, Timestamp::max()}, 7, *newest);
    ASSERT_TRUE(buckets);
    ASSERT_TRUE(history.events({}, 20));
    ASSERT_TRUE(history.extent());
    ASSERT_LE(*newest, history.status().last_known_at);
    ++reads;
  }
}

void write_beside_readers(History& history) {
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  testing::RandomStream stream(4, kSignals);
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back([&] { read_and_compare(history, done, reads); });
  for (int i = 0; i < 600; ++i) {
    auto frame = stream.next();
    ASSERT_TRUE(history.drop_known(frame.samples));
    ASSERT_TRUE(history.commit(frame));
  }
  while (reads < 3 && !::testing::Test::HasFailure()) std::this_thread::yield();
  done = true;
}

TEST(Concurrency, ReadersOfAFileHistorySeeWholeFrames) {
  SimulatedFiles files;
  const auto plant = testing::plant_of(kSignals);
  auto history = open({.directory = "/h",
                       .plant = plant.get(),
                       .read_only = false,
                       .commit_every = {},
                       .segment_samples = 300,
                       .files = &files});
  ASSERT_TRUE(history);
  write_beside_readers(**history);
}

TEST(Concurrency, ReadersSeeTheSameWhileHouseIsKept) {
  SimulatedFiles files;
  const auto plant = testing::plant_of(kSignals);
  Options options;
  options.directory = "/h";
  options.plant = plant.get();
  options.upkeep = Upkeep::Elsewhere;
  options.segment_samples = 60;
  options.files = &files;
  auto history = open(options);
  ASSERT_TRUE(history);
  {
    const std::jthread upkeep([&](std::stop_token stop) {
      while (!stop.stop_requested()) {
        const auto tended = (*history)->tend(stop);
        ASSERT_TRUE(tended) << tended.error().message;
        if (!*tended) std::this_thread::yield();
      }
    });
    write_beside_readers(**history);
  }
  history->reset();
  EXPECT_TRUE(verify("/h", &files)->damage.empty());
}

TEST(Concurrency, ReadersOfAMemoryHistorySeeWholeFrames) {
  MemoryHistory history(kSignals);
  write_beside_readers(history);
}

}  // namespace
}  // namespace gemel::history
