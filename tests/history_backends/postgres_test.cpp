// What a history in PostgreSQL promises beyond the port: a server that dies, an answer that is
// lost, another program on the same tables, values that have had their time.

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"
#include "postgres/postgres_history.hpp"
#include "postgres_server.hpp"

namespace gemel::testing {
namespace {

using history::MemoryHistory;
using history::testing::Comparison;
using history::testing::plant_of;
using history::testing::RandomStream;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Timestamp kT0{1'700'000'000'000'000'000};
Timestamp t(double s) { return kT0 + Duration::from_seconds(s); }

/// Tries as the engine does, with a limit.
template <class Attempt>
auto until_it_works(Attempt attempt) {
  for (int i = 0;; ++i) {
    auto done = attempt();
    if (done || i == 3000 || done.error().code == ErrorCode::InvalidInput) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

class PostgresHistoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    GEMEL_NEEDS_POSTGRES();
    log::configure(log::Level::Error, log::Format::Text);
    server_ = PostgresServer::shared();
    ASSERT_NE(server_, nullptr);
    schema_ = server_->new_schema();
  }

  Result<std::unique_ptr<History>> opened(bool read_only = false,
                                          Duration commit_every = {}) const {
    return postgres::open({.url = server_->url(),
                           .schema = schema_,
                           .plant = plant_.get(),
                           .read_only = read_only,
                           .commit_every = commit_every});
  }
  std::unique_ptr<History> open(bool read_only = false, Duration commit_every = {}) const {
    auto history = opened(read_only, commit_every);
    if (history) return std::move(*history);
    ADD_FAILURE() << history.error().message;
    return nullptr;
  }
  std::string sql(const std::string& statements) const { return server_->sql(statements); }
  std::string count(const char* table) const {
    return sql("SELECT count(*) FROM " + schema_ + "." + table);
  }

  void survive_kills(Duration commit_every);

  PostgresServer* server_ = nullptr;
  std::string schema_;
  std::shared_ptr<Plant> plant_ = plant_of(3);
};

/// A load that goes on while the server is killed and started again, held against the oracle.
void PostgresHistoryTest::survive_kills(Duration commit_every) {
  auto history = open(false, commit_every);
  ASSERT_TRUE(history);
  MemoryHistory oracle(*plant_);
  RandomStream stream(7, plant_->signals.size());
  const auto from = stream.now();
  std::string trouble;
  std::jthread load([&](std::stop_token enough) {
    for (int i = 0; !enough.stop_requested() && trouble.empty(); ++i) {
      auto frame = stream.next();
      (void)oracle.drop_known(frame.samples).value();
      const auto dropped = until_it_works([&] {
        auto samples = frame.samples;
        return history->drop_known(samples);
      });
      if (!dropped) trouble = dropped.error().message;
      // What the oracle let pass is new, so nothing of it may be held: a frame is never half there.
      else if (*dropped != 0)
        trouble = "frame " + std::to_string(i) + " was there already";
      const auto done = until_it_works([&] { return history->commit(frame); });
      if (!done) trouble = done.error().message;
      if (commit_every.ns > 0 && i % 20 == 0) {
        const auto synced = until_it_works([&] { return history->sync(); });
        if (!synced) trouble = synced.error().message;
      }
      (void)oracle.commit(frame).has_value();
    }
  });
  Random random(3);
  for (int kills = 0; kills < 4; ++kills) {
    std::this_thread::sleep_for(std::chrono::milliseconds(150 + random.below(200)));
    server_->kill_hard();
    ASSERT_TRUE(server_->start());
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  load.request_stop();
  load.join();
  ASSERT_EQ(trouble, "");
  ASSERT_TRUE(until_it_works([&] { return history->sync(); }));
  history.reset();
  history = open();
  ASSERT_TRUE(history);
  EXPECT_EQ(oracle.status().samples, history->status().samples);
  EXPECT_EQ(count("samples"), std::to_string(oracle.status().samples));
  EXPECT_EQ(count("events"), std::to_string(oracle.status().events));
  EXPECT_EQ(oracle.status().last_known_at, history->status().last_known_at);
  Comparison comparison(1, plant_->signals.size(), from, stream.now());
  for (int i = 0; i < 50; ++i) comparison.ask(oracle, *history);
}

TEST_F(PostgresHistoryTest, LosesNothingAndDoublesNothingWhenTheServerIsKilled) {
  survive_kills({});
}

TEST_F(PostgresHistoryTest, WritesAgainWhatAKilledServerHadNotYetSynced) {
  // A server that has everything on its disk only when it is told to.
  sql("ALTER SYSTEM SET wal_writer_delay = '10s'");
  sql("SELECT pg_reload_conf()");
  survive_kills(Duration::milliseconds(50));
  sql("ALTER SYSTEM RESET wal_writer_delay");
  sql("SELECT pg_reload_conf()");
}

TEST_F(PostgresHistoryTest, DoesNotWriteAFrameTwiceWhoseAnswerWasLost) {
  auto history = open();
  ASSERT_TRUE(history && history->commit({t(1), {{SignalId{0}, {}, t(1), 1.0}}, {}}));
  // With a replica that never comes the transaction is done and the answer waits.
  sql("ALTER SYSTEM SET synchronous_standby_names = 'never'");
  sql("SELECT pg_reload_conf()");
  // The server takes the setting up some time after it was told to: until then commits go through.
  Frame frame;
  Result<void> first;
  std::size_t frames = 1;
  const auto commit_waits = [&] {
    ++frames;
    const auto now = t(static_cast<int>(frames));
    frame = {now, {{SignalId{0}, {}, now, 2.0}}, {{now, Notice{"a", "b"}}}};
    std::atomic<bool> done = false;
    bool waits = false;
    std::jthread committing([&] {
      first = history->commit(frame);
      done = true;
    });
    while (!done && !waits) {
      waits = sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1";
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (waits)
      sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    return waits;
  };
  while (!commit_waits()) ASSERT_LT(frames, 1000u) << "no commit ever waited for a replica";
  sql("ALTER SYSTEM RESET synchronous_standby_names");
  sql("SELECT pg_reload_conf()");
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(count("frames"), std::to_string(frames))
      << "the test did not bring about what it is for";

  const auto again = until_it_works([&] { return history->commit(frame); });
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(count("frames"), std::to_string(frames));
  EXPECT_EQ(count("samples"), std::to_string(frames));
  EXPECT_EQ(count("events"), std::to_string(frames - 1));
  EXPECT_EQ(history->status().samples, frames);
  EXPECT_TRUE(history->commit({t(static_cast<int>(frames) + 1), {}, {}}));
  EXPECT_EQ(history->commit(frame).error().code, ErrorCode::InvalidInput);
}

TEST_F(PostgresHistoryTest, AsksTheSameAgainWhenItsConnectionsWereClosed) {
  auto history = open();
  ASSERT_TRUE(history && history->commit({t(1), {{SignalId{0}, {}, t(1), 1.0}}, {}}));
  ASSERT_TRUE(history->extent());
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gemel'");
  EXPECT_TRUE(history->extent());
  std::vector<Sample> samples{{SignalId{0}, {}, t(1), 1.0}};
  const auto dropped = until_it_works([&] { return history->drop_known(samples); });
  EXPECT_EQ(*dropped, 1u);
}

TEST_F(PostgresHistoryTest, LetsOneProgramWriteAndOthersRead) {
  auto history = open();
  ASSERT_TRUE(history && history->commit({t(1), {{SignalId{0}, {}, t(1), 1.0}}, {}}));
  const auto second = opened();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  EXPECT_THAT(second.error().message, HasSubstr("another program writes schema " + schema_));

  const auto reader = open(/*read_only=*/true);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->read(SignalId{0}, {}, Timestamp::max(), 9)->size(), 1u);
  EXPECT_EQ(reader->status().samples, 1u);
  EXPECT_EQ(reader->commit({t(9), {}, {}}).error().code, ErrorCode::Unsupported);
  EXPECT_EQ(postgres::recorded_signals(server_->url(), schema_)->signals.size(), 3u);
}

TEST_F(PostgresHistoryTest, SaysWhatIsNotThere) {
  const auto nothing = opened(/*read_only=*/true);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::NotFound);
  const auto url = "postgresql://me:secret@localhost:1/plant";
  const auto silent = postgres::open({.url = url, .plant = plant_.get()});
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(silent.error().message, HasSubstr("localhost:1/plant can't be reached"));
  EXPECT_THAT(silent.error().message, Not(HasSubstr("secret")));
  const auto nonsense =
      postgres::open({.url = "postgresql://me:pa@zz@db/x", .plant = plant_.get()});
  EXPECT_EQ(nonsense.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(nonsense.error().message, Not(HasSubstr("zz"))) << "part of the password";
}

TEST_F(PostgresHistoryTest, RefusesTablesOfANewerVersion) {
  ASSERT_TRUE(open());
  sql("UPDATE " + schema_ + ".store SET version = 2");
  EXPECT_EQ(opened().error().code, ErrorCode::Unsupported);
}

TEST_F(PostgresHistoryTest, ForgetsWhatHasHadItsTimeButNotWhatIsBelieved) {
  plant_->signals[0].keep = Duration::hours(1);
  auto history = open();
  ASSERT_TRUE(history);
  Quality gap;
  gap.mark(Cause::Gap, Grade::Missing);
  // Signal 0: every minute for three hours, with two gap marks; 1 is kept for ever, 2 fell silent.
  for (int minute = 0; minute <= 180; ++minute) {
    const auto at = t(minute * 60);
    std::vector<Sample> samples{{SignalId{0}, {}, at, double(minute)},
                                {SignalId{1}, {}, at, double(minute)}};
    if (minute == 10 || minute == 20) samples.push_back({SignalId{0}, gap, at + Duration{-1}, 0.0});
    ASSERT_TRUE(history->commit({at, samples, {}}));
  }
  const auto before = history->beliefs(t(180 * 60), Timestamp::max());
  int pieces = 0;
  while (*history->tend({})) ASSERT_LT(++pieces, 20);
  EXPECT_GE(pieces, 1);
  EXPECT_TRUE(*history->beliefs(t(180 * 60), Timestamp::max()) == *before);
  const auto kept = *history->read(SignalId{0}, {}, Timestamp::max(), 1000);
  // The newest gap mark, the newest value before the hour, the hour.
  EXPECT_EQ(kept.size(), 1u + 1u + 61u);
  EXPECT_EQ(history->read(SignalId{1}, {}, Timestamp::max(), 1000)->size(), 181u);
  EXPECT_EQ(history->status().samples, 181u + 63u);
  history.reset();
  EXPECT_EQ(open()->status().samples, 181u + 63u);
}

TEST_F(PostgresHistoryTest, IsReadByManyWhileItIsWritten) {
  auto history = open();
  ASSERT_TRUE(history);
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto newest = history->frame_at_or_before(Timestamp::max());
        if (!newest) continue;
        const auto once = history->read(SignalId{0}, {}, *newest, SIZE_MAX);
        const auto again = history->read(SignalId{0}, {}, *newest, SIZE_MAX);
        if (!once || !again || *once != *again) return;
        ++reads;
      }
    });
  }
  RandomStream stream(5, plant_->signals.size());
  for (int i = 0; i < 300; ++i) {
    auto frame = stream.next();
    ASSERT_TRUE(history->drop_known(frame.samples));
    ASSERT_TRUE(history->commit(frame));
  }
  done = true;
  readers.clear();
  EXPECT_GT(reads, 6);
}

TEST_F(PostgresHistoryTest, KeepsEventsThatJsonCanNotHold) {
  auto history = open();
  ASSERT_TRUE(history);
  Event odd{t(1), Notice{std::string("a\0b", 3), "no UTF-8: \xff\xfe \"quoted\" \xc3\xa9 \\u0000"}};
  ASSERT_TRUE(history->commit({t(1), {}, {odd}}));
  EXPECT_EQ(history->events({}, 9)->at(0), odd);
}

TEST_F(PostgresHistoryTest, PutsSamplesIntoAHypertableWhereTheDatabaseHasTimescale) {
  if (sql("SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'") != "1") {
    GTEST_SKIP()
        << "not in Debian: this server has no extension timescaledb, so no hypertable was made";
  }
  sql("CREATE EXTENSION IF NOT EXISTS timescaledb");
  auto history = open();
  ASSERT_TRUE(history && history->commit({t(1), {{SignalId{0}, {}, t(1), 1.0}}, {}}));
  EXPECT_EQ(
      sql("SELECT count(*) FROM timescaledb_information.hypertables WHERE hypertable_schema = '" +
          schema_ + "'"),
      "1");
  EXPECT_EQ(history->read(SignalId{0}, {}, Timestamp::max(), 9)->size(), 1u);
}

}  // namespace
}  // namespace gemel::testing
