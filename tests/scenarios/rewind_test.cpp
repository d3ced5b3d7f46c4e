// A rewind gives, byte for byte, the snapshot that was live at that moment: whatever came late,
// twice or corrected, from memory or from disk, before and after a restart.

#include "state/rewind.hpp"

#include <map>

#include <gtest/gtest.h>

#include "history/file_history.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"
#include "history/simulated_files.hpp"
#include "state/encode.hpp"
#include "state/fold.hpp"

namespace gemel {
namespace {

using history::SimulatedFiles;
using history::testing::RandomStream;

struct Kind {
  std::string name;
  std::uint64_t segment_samples;  // 0: in memory
};

class Rewind : public ::testing::TestWithParam<Kind> {
 protected:
  static constexpr std::size_t kSignals = 70;  // more than one block of beliefs

  std::unique_ptr<History> open() {
    if (GetParam().segment_samples == 0) return std::make_unique<history::MemoryHistory>(*plant_);
    auto opened = history::open({.directory = "/h",
                                 .plant = plant_.get(),
                                 .read_only = false,
                                 .commit_every = {},
                                 .segment_samples = GetParam().segment_samples,
                                 .files = &files_});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }

  SimulatedFiles files_;
  std::shared_ptr<Plant> plant_ = history::testing::plant_of(kSignals);
};

using Live = std::map<Timestamp, std::string>;  // by known_at

void expect_rewinds_to(const Live& live, const HistoryReader& history, const Plant& plant,
                       Random& random) {
  const auto first = live.begin()->first;
  const auto span = static_cast<std::uint64_t>((live.rbegin()->first - first).ns) + 1;
  state::Rewinder rewinder(10);  // what it remembers must not show
  for (int i = 0; i < 60; ++i) {
    const auto at = first + Duration{static_cast<std::int64_t>(random.below(span))};
    const auto rewound = rewinder.rewind(history, plant, at, at);
    ASSERT_TRUE(rewound) << rewound.error().message;
    const auto published = std::prev(live.upper_bound(at));
    ASSERT_EQ(state::encode(*rewound), published->second) << "at " << to_string(at);
  }
  const auto restored = state::rewind(history, plant, Timestamp::max(), Timestamp::max());
  ASSERT_TRUE(restored);
  ASSERT_EQ(state::encode(*restored), live.rbegin()->second) << "restored at a start";
}

TEST_P(Rewind, EqualsTheSnapshotThatWasLive) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    files_ = SimulatedFiles(seed);
    auto history = open();
    Random random(seed);
    RandomStream stream(seed, kSignals);
    auto state = std::make_unique<state::State>(*plant_);
    Live live;
    for (int i = 0; i < 250; ++i) {
      auto frame = stream.next();
      ASSERT_TRUE(history->drop_known(frame.samples));
      const auto committed = history->commit(frame);
      ASSERT_TRUE(committed) << committed.error().message;
      state->apply(frame);
      live[frame.known_at] = state::encode(state->freeze());
      if (GetParam().segment_samples != 0 && random.below(60) == 0) {
        history.reset();
        history = open();
        auto restored = state::rewind(*history, *plant_, Timestamp::max(), Timestamp::max());
        ASSERT_TRUE(restored);
        state = std::make_unique<state::State>(std::move(*restored));
      }
    }
    ASSERT_NO_FATAL_FAILURE(expect_rewinds_to(live, *history, *plant_, random));
    if (GetParam().segment_samples == 0) continue;
    history.reset();
    history = open();
    ASSERT_NO_FATAL_FAILURE(expect_rewinds_to(live, *history, *plant_, random));
  }
}

TEST_P(Rewind, ShowsThePastInTheLightOfWhatIsKnownNow) {
  const auto history = open();
  const Timestamp t0{1'700'000'000'000'000'000};
  const auto second = [&](int s) { return t0 + Duration::seconds(s); };
  ASSERT_TRUE(history->commit({second(10), {{{0}, {}, second(9), 1.0}}, {}}));
  ASSERT_TRUE(
      history->commit({second(20), {{{0}, {}, second(10), 2.0}}, {}}));  // late by ten seconds
  const auto then = state::rewind(*history, *plant_, second(12), second(12));
  const auto now = state::rewind(*history, *plant_, second(12), Timestamp::max());
  EXPECT_EQ(then->beliefs[SignalId{0}].value, 1.0);
  EXPECT_EQ(then->at, second(10));
  EXPECT_EQ(now->beliefs[SignalId{0}].value, 2.0);
  EXPECT_EQ(now->at, second(12));
  EXPECT_EQ(now->known_at, second(20));
  EXPECT_EQ(state::rewind(*history, *plant_, second(5), second(5)).error().code,
            ErrorCode::NotFound);
}

INSTANTIATE_TEST_SUITE_P(Of, Rewind,
                         ::testing::Values(Kind{"Memory", 0}, Kind{"FileOfLog", 1u << 20},
                                           Kind{"FileOfSegments", 60}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace gemel
