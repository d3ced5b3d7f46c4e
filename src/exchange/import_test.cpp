#include "exchange/import.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "exchange/detail/arrival_sorter.hpp"
#include "exchange/export.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"

namespace gemel::exchange {
namespace {

namespace fs = std::filesystem;
using history::MemoryHistory;

Timestamp t(int s) { return Timestamp{1'704'067'200'000'000'000} + Duration::seconds(s); }

class Import : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(directory_); }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path file(const std::string& text, const char* name = "a.csv") {
    std::ofstream(directory_ / name) << text;
    return directory_ / name;
  }
  /// Without the folder, for the golden texts.
  std::string error(History& history, const ImportRequest& request) {
    const auto done = import_file(history, *plant_, clock_, request);
    EXPECT_FALSE(done);
    if (done) return "";
    auto message = done.error().message;
    const auto at = message.find(directory_.string() + "/");
    if (at != std::string::npos) message.erase(at, directory_.string().size() + 1);
    return message;
  }
  std::string error(const std::string& text, ImportRequest request = {}) {
    MemoryHistory history(*plant_);
    request.path = file(text);
    auto message = error(history, request);
    EXPECT_EQ(history.status().samples, 0u);
    return message;
  }
  ImportReport done(History& history, const ImportRequest& request) {
    const auto report = import_file(history, *plant_, clock_, request);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : ImportReport{};
  }
  static std::vector<Record> records(const History& history, std::uint32_t signal,
                                     Timestamp known_at = Timestamp::max()) {
    return *history.read({signal}, {}, known_at, 1'000'000);
  }
  void expect_same(const History& a, const History& b, std::vector<Timestamp> moments) {
    moments.push_back(Timestamp::max());
    for (const auto known_at : moments) {
      for (std::uint32_t i = 0; i < plant_->signals.size(); ++i)
        EXPECT_EQ(records(a, i, known_at), records(b, i, known_at)) << to_string(known_at);
    }
  }

  std::shared_ptr<Plant> plant_ = history::testing::plant_of(3);
  ManualClock clock_{t(1'000'000)};
  fs::path directory_ = fs::temp_directory_path() / ("gemel_import_" + std::to_string(::getpid()));
};

TEST_F(Import, ReadsTheLongLayout) {
  MemoryHistory history(*plant_);
  const auto report = done(history, {.path = file("time,signal,value,unit,quality\n"
                                                  "2024-01-01T00:00:02Z,s1,7,bar,\n"
                                                  "2024-01-01T00:00:01.5Z,line.s0,1.25,bar,good\n"
                                                  "2024-01-01T00:00:03Z,line.s0,,bar,missing: gap\n"
                                                  "2024-01-01T00:00:04Z,line.s0,,bar,\n")});
  EXPECT_EQ(report.rows, 4u);
  EXPECT_EQ(report.samples, 3u);
  EXPECT_EQ(report.frames, 1u);
  EXPECT_FALSE(report.as_they_were);
  Quality gap;
  gap.mark(Cause::Gap, Grade::Missing);
  EXPECT_EQ(records(history, 0),
            (std::vector<Record>{{t(1) + Duration::milliseconds(500), clock_.now(), 1.25, {}},
                                 {t(3), clock_.now(), 0, gap}}));
  EXPECT_EQ(records(history, 1), (std::vector<Record>{{t(2), clock_.now(), 7, {}}}));
}

TEST_F(Import, ReadsTheWideLayoutOfOtherPrograms) {
  plant_->signals[2].states = {"off", "on"};
  MemoryHistory history(*plant_);
  const auto report =
      done(history, {.path = file("Zeit;PT-101;s1;mode;note\r\n"
                                  "1704067201000;1.5;NaN;on;hello\r\n"
                                  "1704067202000;;2;off;\r\n"),
                     .map = {{"PT-101", "line.s0"}, {"mode", "s2"}, {"note", "@skip"}},
                     .time_format = TimeFormat::Milliseconds});
  EXPECT_EQ(report.samples, 4u);
  EXPECT_EQ(records(history, 0).front().value, 1.5);
  EXPECT_EQ(records(history, 1).front().source_time, t(2));
  EXPECT_EQ(records(history, 2)[0].value, 1.0);
  EXPECT_EQ(records(history, 2)[1].value, 0.0);
}

TEST_F(Import, MapsTheColumnsOfTheLongLayout) {
  MemoryHistory history(*plant_);
  const auto report =
      done(history, {.path = file("tag,when,reading\ns0,2024-01-01 00:00:01,5\n"),
                     .map = {{"tag", "@signal"}, {"when", "@time"}, {"reading", "@value"}}});
  EXPECT_EQ(report.samples, 1u);
  EXPECT_EQ(records(history, 0).front().source_time, t(1));
}

TEST_F(Import, ChangesNothingTheSecondTime) {
  MemoryHistory history(*plant_);
  std::string text = "time,s0,s1\n";
  for (int i = 0; i < 1'000; ++i) text += to_string(t(i)) + "," + std::to_string(i) + ",1\n";
  const ImportRequest request{.path = file(text), .frame_samples = 300};
  const auto first = done(history, request);
  EXPECT_EQ(first.samples, 2'000u);
  EXPECT_EQ(first.frames, 7u);
  const auto before = records(history, 0);
  clock_.advance(Duration::hours(1));
  const auto second = done(history, request);
  EXPECT_EQ(second.samples, 0u);
  EXPECT_EQ(second.duplicates, 2'000u);
  EXPECT_EQ(second.frames, 0u);
  EXPECT_EQ(records(history, 0), before);
}

TEST_F(Import, KnowsEveryFrameLaterThanTheOneBefore) {
  MemoryHistory history(*plant_);
  ASSERT_TRUE(history.commit({t(2'000'000), {{{0}, {}, t(0), 1}}, {}}));  // a clock that was ahead
  done(history, {.path = file("time,s0\n2024-01-01,1\n2024-01-02,2\n2024-01-02T01:00:00,3\n"),
                 .frame_samples = 1});
  const auto all = records(history, 0);
  ASSERT_EQ(all.size(), 3u);  // the first was there
  EXPECT_EQ(all[1].known_at, t(2'000'000) + Duration{1});
  EXPECT_EQ(all[2].known_at, t(2'000'000) + Duration{2});
}

/// A history in which nothing was corrected: an export holds one record for each source time.
void fill(History& history, int frames) {
  for (int i = 0; i < frames; ++i) {
    Quality late;
    late.mark(Cause::Late, Grade::Uncertain);
    ASSERT_TRUE(history.commit({t(i) + Duration::milliseconds(30),
                                {{{0}, {}, t(i), i * 0.1},
                                 {{1}, {}, t(i), 1.0},
                                 {{2}, late, t(i / 2) + Duration{i}, 1.0 * i}},
                                {}}));
  }
}

TEST_F(Import, MakesTheFramesOfAnExportAgainAsTheyWere) {
  MemoryHistory original(*plant_), csv(*plant_), parquet(*plant_);
  fill(original, 500);
  ASSERT_TRUE(export_csv(original, *plant_, {.path = directory_ / "a.csv"}));
  const auto report = done(csv, {.path = directory_ / "a.csv"});
  EXPECT_TRUE(report.as_they_were);
  EXPECT_EQ(report.samples, 1'500u);
  EXPECT_EQ(report.frames, 500u);
  expect_same(original, csv, {t(-1), t(0), t(17), t(250), t(499)});
  EXPECT_EQ(done(csv, {.path = directory_ / "a.csv"}).duplicates, 1'500u);

  const auto exported = export_parquet(original, *plant_, {.path = directory_ / "a.parquet"});
  if (!exported && exported.error().code == ErrorCode::Unsupported)
    GTEST_SKIP() << exported.error().message;
  ASSERT_TRUE(exported) << exported.error().message;
  EXPECT_TRUE(done(parquet, {.path = directory_ / "a.parquet"}).as_they_were);
  expect_same(original, parquet, {t(0), t(17), t(250)});
}

TEST_F(Import, ReadsWideParquetToo) {
  MemoryHistory original(*plant_), copy(*plant_);
  fill(original, 10);
  const auto exported = export_parquet(
      original, *plant_,
      {.signals = {{0}, {1}}, .path = directory_ / "a.parquet", .layout = Layout::Wide});
  if (!exported && exported.error().code == ErrorCode::Unsupported)
    GTEST_SKIP() << exported.error().message;
  const auto report = done(copy, {.path = directory_ / "a.parquet"});
  EXPECT_EQ(report.rows, 10u);
  EXPECT_EQ(report.samples, 20u);
  EXPECT_FALSE(report.as_they_were);
  EXPECT_EQ(records(copy, 0).back().value, records(original, 0).back().value);
  EXPECT_NE(error(copy, {.path = file("PAR1", "b.parquet")}).find("b.parquet"), std::string::npos);
}

TEST_F(Import, IsKnownNowWhereTheHistoryIsNewerThanTheFile) {
  MemoryHistory original(*plant_), other(*plant_);
  fill(original, 10);
  ASSERT_TRUE(export_csv(original, *plant_, {.path = directory_ / "a.csv"}));
  ASSERT_TRUE(other.commit({t(5), {{{0}, {}, t(5), 99}}, {}}));
  const auto report = done(other, {.path = directory_ / "a.csv"});
  EXPECT_FALSE(report.as_they_were);
  EXPECT_EQ(records(other, 1).front().known_at, clock_.now());
  MemoryHistory asked(*plant_);
  EXPECT_FALSE(done(asked, {.path = directory_ / "a.csv", .known_now = true}).as_they_were);
}

TEST_F(Import, GoesOnWhereItWasStopped) {
  MemoryHistory original(*plant_), copy(*plant_);
  fill(original, 100);
  ASSERT_TRUE(export_csv(original, *plant_, {.path = directory_ / "a.csv"}));
  fill(copy, 40);  // as far as it came
  const auto report = done(copy, {.path = directory_ / "a.csv"});
  EXPECT_TRUE(report.as_they_were);
  EXPECT_EQ(report.duplicates, 120u);
  EXPECT_EQ(report.samples, 180u);
  expect_same(original, copy, {t(20), t(60)});
}

TEST_F(Import, StopsAfterAWholeFrameAndSaysHowToGoOn) {
  MemoryHistory history(*plant_);
  std::string text = "time,s0\n";
  for (int i = 0; i < 100; ++i) text += to_string(t(i)) + "," + std::to_string(i) + "\n";
  std::stop_source stop;
  const ImportRequest request{.path = file(text), .frame_samples = 10};
  // Asked between reading and writing.
  const auto watch = [&](const ImportProgress& progress) {
    if (progress.done >= 1.0) stop.request_stop();
  };
  const auto stopped = import_file(history, *plant_, clock_, request, watch, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  EXPECT_EQ(done(history, request).samples + history.status().duplicates, 100u);
}

TEST_F(Import, TellsEverythingThatIsWrongWithAFile) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"", "a.csv: the file is empty; its first line must name the columns"},
      {"time,s0\n2024-01-01,1,2\n", "a.csv:2:1: 3 cells where the header has 2"},
      {"time,s0\nyesterday,1\n",
       "a.csv:2:1: column 'time': 'yesterday' is not a time; write ISO 8601 or a number since "
       "1970"},
      {"time,s0\n2024-01-01,1\n2024-01-02T00:00:00Z,1\n2024-01-03,\"1,5\"\n",
       "a.csv:4:12: column 's0': '1,5' is no value of line.s0; write it with a decimal point, or "
       "leave the cell empty"},
      {"time,s0\n2030-01-01,1\n",
       "a.csv:2:1: column 'time': 2030-01-01T00:00:00Z lies in the future; is it in another unit "
       "or time zone?"},
      {"time,signal,value,unit\n2024-01-01,s0,1,kPa\n",
       "a.csv:2:17: column 'unit': 'kPa' is not the unit of line.s0, 'bar'; convert the values, or "
       "leave the column out with --map COLUMN=@skip"},
      {"time,signal,value,quality\n2024-01-01,s0,1,superb\n",
       "a.csv:2:17: column 'quality': 'superb' is no quality; write good, uncertain, bad or "
       "missing, with causes such as 'bad: out of range, stuck'"},
      {"time,signal,value,known_at\n2024-01-01,s0,1,2023-12-31\n",
       "a.csv:2:17: column 'known_at': 2023-12-31T00:00:00Z is before the time of the sample, "
       "2024-01-01T00:00:00Z; nothing is known before it is so"},
      {"time,s0,line.s0\n",
       "a.csv: two columns are line.s0; leave one out with --map line.s0=@skip"},
      {"time,\"s0\n2024-01-01,1\n",
       "a.csv:1:1: a quote is not closed within 1 MiB; close it or double it (\"\")"},
      {"time,signal,value\n2024-01-01,line.s0x,1\n2024-01-01,pump,1\n",
       "a.csv: 2 names are no signal's:\n  'line.s0x'; did you mean 'line.s0'?\n  'pump'\nmap them "
       "with --map NAME=SIGNAL, add them to the twin file, or leave them out with --skip-unknown; "
       "nothing was imported"},
  };
  for (const auto& one : kCases) EXPECT_EQ(error(one.text), one.message);
  EXPECT_EQ(error("time,s0\n", {.map = {{"s00", "s1"}}}),
            "a.csv: there is no column 's00'; did you mean 's0'?");
  EXPECT_EQ(error("time,s0\n", {.map = {{"s0", "@valeu"}}}),
            "a.csv: '@valeu' is no role of a column; did you mean '@value'?");
}

TEST_F(Import, LeavesOutUnknownSignalsWhenItIsTold) {
  MemoryHistory history(*plant_);
  const auto report =
      done(history, {.path = file("time,signal,value\n2024-01-01,pump,1\n2024-01-01,s0,1\n"),
                     .skip_unknown = true});
  EXPECT_EQ(report.samples, 1u);
  EXPECT_EQ(report.skipped, 1u);
  EXPECT_EQ(report.unknown, std::vector<std::string>{"pump"});
}

TEST(ArrivalSorter, SortsWhatMemoryDoesNotHold) {
  detail::ArrivalSorter sorter(fs::temp_directory_path(), 64);
  Random random(7);
  std::vector<detail::Arrival> all;
  for (int i = 0; i < 5'000; ++i) {
    detail::Arrival arrival;
    arrival.known_at = t(static_cast<int>(random.below(50)));
    arrival.source_time = t(static_cast<int>(random.below(20)));
    arrival.value = i;
    all.push_back(arrival);
    ASSERT_TRUE(sorter.add({&arrival, 1}));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return before(a, b); });
  ASSERT_TRUE(sorter.seal());
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<detail::Arrival> taken;
    while (*sorter.take(taken, 333)) {
    }
    ASSERT_EQ(taken.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(taken[i].value, all[i].value) << i;
    sorter.rewind();
  }
}

}  // namespace
}  // namespace gemel::exchange
