// The program and its broker, killed and restarted under load: what the broker took from the plant
// stands in the history once.

#include <fstream>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "broker.hpp"
#include "gemel_program.hpp"
#include "history/file_history.hpp"
#include "numbered_load.hpp"
#include "spec/spec.hpp"
#include "state/fold.hpp"
#include "state/rewind.hpp"

namespace gemel::testing {
namespace {

using nlohmann::json;

/// A history directory read with the library, beside the program that may be writing it.
struct Reading {
  std::shared_ptr<const Plant> plant;
  std::unique_ptr<History> history;

  Reading(const std::filesystem::path& twin, const std::filesystem::path& directory) {
    const auto loaded = spec::load_file(twin);
    const auto* good = std::get_if<spec::Loaded>(&loaded);
    if (good == nullptr) throw std::runtime_error(spec::report(loaded));
    plant = good->plant;
    auto opened = history::open({.directory = directory, .plant = plant.get(), .read_only = true});
    if (!opened) throw std::runtime_error(opened.error().message);
    history = std::move(*opened);
  }

  Snapshot rewind(Timestamp to) const {
    auto then = state::rewind(*history, *plant, to, to);
    if (!then) throw std::runtime_error(then.error().message);
    return std::move(*then);
  }
  Timestamp frame_at_or_before(Timestamp time) const {
    return history->frame_at_or_before(time).value_or(Timestamp::min());
  }
};

Timestamp to_millisecond(Timestamp t) { return {t.ns - t.ns % 1'000'000}; }

/// Whether what the API showed is this snapshot, as far as the API shows it: times in milliseconds.
bool shows(const json& shown, const Snapshot& snapshot, const Plant& plant) {
  const auto same_time = [](const json& text, Timestamp time) {
    return time == Timestamp::min()
               ? text.is_null()
               : text.is_string() &&
                     *parse_timestamp(text.get<std::string>()) == to_millisecond(time);
  };
  for (const auto& signal : plant.signals) {
    const auto& belief = snapshot.beliefs[signal.id];
    const auto& said = shown.at("signals").at(signal.path);
    const json value = belief.has_value() ? json(belief.value) : json(nullptr);
    if (said.at("value") != value || !same_time(said.at("time"), belief.value_time) ||
        !same_time(said.at("known_at"), belief.known_at) ||
        said.at("quality").get<std::string>() != to_string(belief.quality().grade)) {
      return false;
    }
  }
  const auto& alarms = shown.at("alarms");
  if (alarms.size() != snapshot.alarms->size()) return false;
  for (std::size_t i = 0; i < alarms.size(); ++i) {
    const auto& alarm = (*snapshot.alarms)[i];
    if (alarms[i].at("id").get<std::uint64_t>() != alarm.raised.alarm ||
        !same_time(alarms[i].at("raised_at"), alarm.raised_at) ||
        alarms[i].at("cleared_at").is_null() != alarm.active()) {
      return false;
    }
  }
  return true;
}

/// Several frames may lie within the millisecond that the API tells; one of them must be what it
/// showed.
::testing::AssertionResult is_a_frame_of(const Reading& reading, const json& shown) {
  const auto begin = *parse_timestamp(shown.at("known_at").get<std::string>());
  for (auto t = reading.frame_at_or_before(begin + Duration::nanoseconds(999'999)); t >= begin;
       t = reading.frame_at_or_before(t - Duration::nanoseconds(1))) {
    if (shows(shown, reading.rewind(t), *reading.plant)) return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << "no frame of the history at " << shown.at("known_at") << " is what was live then";
}

class RestartTest : public ::testing::Test {
 protected:
  /// Broker, twin and load, the broker holding a session of the twin.
  void begin(const Broker::Options& options, NumberedLoad::Options load) {
    broker_ = std::make_unique<Broker>(options);
    ASSERT_TRUE(broker_->start());
    std::ofstream(twin_) << Numbering::twin(broker_->url());
    gemel_ = std::make_unique<GemelProgram>(twin_, folder_.path());
    ASSERT_TRUE(gemel_->start());
    // Its subscription stands once something of its own has come through.
    ASSERT_TRUE(eventually([&] {
      broker_->publish(Numbering::topic(0), {R"({"ts":"2020-01-01T00:00:00Z","v":-1})"});
      return samples_in_history() > 0;
    }));
    numbering_ = {to_millisecond(SystemClock().now() - Duration::hours(2))};
    load.port = broker_->port();
    load.numbering = numbering_;
    load_ = std::make_unique<NumberedLoad>(load);
  }

  std::uint64_t samples_in_history() const {
    const auto status = json::parse(gemel_->get("/api/v1/status"), nullptr, false);
    return status.is_object() ? status.at("history").at("samples").get<std::uint64_t>() : 0;
  }

  void sleep_up_to(int milliseconds) {
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution(1, milliseconds)(random_)));
  }

  /// Lets the broker take up to `samples` more from the plant: as much load on a slow machine as on
  /// a fast one.
  void load_up_to(std::uint64_t samples) {
    const auto enough =
        load_->acknowledged() + std::uniform_int_distribution<std::uint64_t>(1, samples)(random_);
    EXPECT_TRUE(
        eventually([&] { return load_->acknowledged() >= enough; }, std::chrono::seconds(60)));
  }

  json snapshot() const { return json::parse(gemel_->get("/api/v1/snapshot"), nullptr, false); }

  /// Ends the load and waits until the twin has all that the broker holds for it. A broker hands a
  /// session's messages over in their order, so they have come once one has that was published
  /// after them.
  void drain() {
    EXPECT_TRUE(load_->finish()) << "the broker did not acknowledge everything";
    EXPECT_TRUE(eventually(
        [&] {
          EXPECT_TRUE(
              broker_->publish(Numbering::topic(0), {R"({"ts":"2020-01-02T00:00:00Z","v":-2})"}));
          return has_last_sample();
        },
        std::chrono::seconds(120)))
        << gemel_->log();
  }

  bool has_last_sample() const {
    const auto answer =
        json::parse(gemel_->get("/api/v1/signals/" + Numbering::path(0) +
                                "/samples?from=2020-01-02T00:00:00Z&until=2020-01-03T00:00:00Z"),
                    nullptr, false);
    return answer.is_object() && answer.value("value", json::array()) == json{-2};
  }

  /// How often the history holds each sample that was sent; fails on one that never was.
  std::vector<int> times_held() {
    std::vector<int> held(load_->sent(), 0);
    const Reading reading(twin_, gemel_->history());
    for (std::uint64_t s = 0; s < Numbering::kSignals; ++s) {
      const auto id = *reading.plant->find_signal(Numbering::path(s));
      const auto records = reading.history->read(id, {numbering_.epoch, Timestamp::max()},
                                                 Timestamp::max(), 10'000'000);
      if (!records)
        ADD_FAILURE() << records.error().message;
      else
        count(s, *records, held);
    }
    return held;
  }

  void count(std::uint64_t signal, const std::vector<Record>& records,
             std::vector<int>& held) const {
    for (const auto& record : records) {
      const auto n = numbering_.number(record.source_time);
      if (n < held.size() && n % Numbering::kSignals == signal &&
          record.value == Numbering::value(n) && record.source_time == numbering_.time(n)) {
        ++held[n];
      } else {
        ADD_FAILURE() << Numbering::path(signal) << " = " << text::number(record.value) << " at "
                      << to_string(record.source_time) << " was never sent";
      }
    }
  }

  void expect_each_once() {
    const auto held = times_held();
    std::size_t lost = 0, repeated = 0;
    for (const int times : held) {
      lost += times == 0;
      repeated += times > 1;
    }
    EXPECT_GT(held.size(), 1'000u) << "hardly a load";
    EXPECT_EQ(lost, 0u) << "of " << held.size() << " acknowledged to the plant";
    EXPECT_EQ(repeated, 0u) << "of " << held.size();
    RecordProperty("samples", static_cast<int>(held.size()));  // in GTEST_OUTPUT
  }

  /// A restarted twin shows what the history says, and that is intact.
  void expect_same_after_restart() {
    gemel_->kill_hard();
    ASSERT_TRUE(gemel_->start());
    const auto shown = snapshot();
    const Reading reading(twin_, gemel_->history());
    const auto replayed =
        state::rewind(*reading.history, *reading.plant, Timestamp::max(), Timestamp::max());
    ASSERT_TRUE(replayed);
    EXPECT_TRUE(shows(shown, *replayed, *reading.plant)) << shown.dump(1);
    const auto verified = history::verify(gemel_->history());
    ASSERT_TRUE(verified);
    for (const auto& damage : verified->damage) ADD_FAILURE() << damage.file << ": " << damage.what;
  }

  TemporaryFolder folder_;
  const std::filesystem::path twin_ = folder_.path() / "twin.yaml";
  std::mt19937 random_{20'260'131};
  Numbering numbering_;
  std::unique_ptr<Broker> broker_;
  std::unique_ptr<GemelProgram> gemel_;
  std::unique_ptr<NumberedLoad> load_;
};

TEST_F(RestartTest, TwinKilledUnderLoadKeepsEachSampleOnce) {
  GEMEL_NEEDS_BROKER();
  ASSERT_NO_FATAL_FAILURE(begin({}, {}));
  std::vector<json> shown;
  for (int round = 0; round < 10; ++round) {
    load_up_to(3'000);
    shown.push_back(snapshot());
    sleep_up_to(50);
    gemel_->kill_hard();
    sleep_up_to(300);
    ASSERT_TRUE(gemel_->start()) << "round " << round;
  }
  drain();
  expect_each_once();
  expect_same_after_restart();

  const Reading reading(twin_, gemel_->history());
  int compared = 0;
  for (const auto& each : shown) {
    if (!each.is_object()) continue;  // it was asked before it had restored
    EXPECT_TRUE(is_a_frame_of(reading, each));
    ++compared;
  }
  EXPECT_GE(compared, 8);
}

TEST_F(RestartTest, BrokerStoppedUnderLoadCostsNothing) {
  GEMEL_NEEDS_BROKER();
  ASSERT_NO_FATAL_FAILURE(begin({}, {}));
  for (int round = 0; round < 5; ++round) {
    load_up_to(3'000);
    broker_->stop();  // it writes what it holds
    sleep_up_to(500);
    ASSERT_TRUE(broker_->start());
  }
  drain();
  expect_each_once();
  expect_same_after_restart();
}

/// A killed broker forgets what it had not written; what it had is told by its log.
TEST_F(RestartTest, BrokerKilledUnderLoadLosesNothingThatItHadWritten) {
  GEMEL_NEEDS_BROKER();
  ASSERT_NO_FATAL_FAILURE(begin({.more = Broker::saves_each_change()}, {.in_flight_max = 20}));
  for (int round = 0; round < 5; ++round) {
    load_up_to(1'000);
    broker_->kill_hard();
    if (round % 2 == 1) {  // and sometimes both
      gemel_->kill_hard();
      ASSERT_TRUE(gemel_->start());
    }
    sleep_up_to(500);
    ASSERT_TRUE(broker_->start());
  }
  drain();
  const auto held = times_held();
  const auto saved = broker_->saved_messages_of(NumberedLoad::kClientId);
  std::size_t certain = 0, lost = 0, repeated = 0;
  for (std::size_t n = 0; n < held.size(); ++n) {
    const bool kept = saved.contains(load_->message_id(n));
    certain += kept;
    lost += kept && held[n] == 0;
    repeated += held[n] > 1;
  }
  RecordProperty("certain", static_cast<int>(certain));
  EXPECT_GT(certain, 1'000u) << "hardly a load";
  EXPECT_EQ(lost, 0u) << "of " << certain;
  EXPECT_EQ(repeated, 0u);
  expect_same_after_restart();
}

TEST_F(RestartTest, CtrlCUnderLoadEndsCleanlyAndLosesNothing) {
  GEMEL_NEEDS_BROKER();
  ASSERT_NO_FATAL_FAILURE(begin({}, {}));
  for (int round = 0; round < 3; ++round) {
    load_up_to(3'000);
    EXPECT_EQ(gemel_->interrupt(), 0) << gemel_->log();
    EXPECT_NE(gemel_->log().find("everything accepted is on the disk"), std::string::npos)
        << gemel_->log();
    EXPECT_EQ(gemel_->log().find(" error "), std::string::npos) << gemel_->log();
    ASSERT_TRUE(gemel_->start());
    EXPECT_EQ(gemel_->log().find(" error "), std::string::npos) << gemel_->log();
  }
  drain();
  expect_each_once();
  expect_same_after_restart();
}

}  // namespace
}  // namespace gemel::testing
