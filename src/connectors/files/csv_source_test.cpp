#include "connectors/files/csv_source.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

namespace gemel::connectors::files {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kEpoch = 1'583'749'233;  // 2020-03-09 10:20:33

class KeepingInbox final : public Inbox {
 public:
  Ticket deliver(std::vector<Sample> samples, std::stop_token) override {
    const std::lock_guard lock(mutex_);
    samples_.insert(samples_.end(), samples.begin(), samples.end());
    largest_ = std::max(largest_, samples.size());
    if (on_delivery) on_delivery();
    return ++tickets_;
  }
  bool wait_durable(Ticket, std::stop_token) override { return true; }
  std::vector<Sample> samples() const {
    const std::lock_guard lock(mutex_);
    return samples_;
  }
  std::size_t largest() const { return largest_; }
  std::function<void()> on_delivery;

 private:
  mutable std::mutex mutex_;
  std::vector<Sample> samples_;
  std::size_t largest_ = 0;
  Ticket tickets_ = 0;
};

class CsvSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "gemel-csv-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    const std::vector<std::string> paths{"line_1.pump_1.flow", "line_1.pump_1.pressure",
                                         "line_2.pump_2.flow", "site.mode"};
    for (std::uint32_t i = 0; i < paths.size(); ++i) {
      Signal signal;
      signal.id = {i};
      signal.path = paths[i];
      plant_.signals.push_back(signal);
    }
    plant_.signals[3].states = {"local", "remote"};
    plant_.index_paths();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  Result<std::unique_ptr<SampleSource>> make(std::vector<std::string> paths) {
    FileSource files;
    files.paths = std::move(paths);
    files.speed = 0;
    return make_csv_source(plant_, files, clock_, metrics_);
  }

  std::vector<Sample> read(std::vector<std::string> paths) {
    auto source = make(std::move(paths));
    EXPECT_TRUE(source) << (source ? "" : source.error().message);
    if (!source) return {};
    EXPECT_TRUE((*source)->run({}, inbox_));
    EXPECT_TRUE(std::holds_alternative<Finished>((*source)->link()));
    return inbox_.samples();
  }

  std::string error_of(std::vector<std::string> paths) {
    auto source = make(std::move(paths));
    EXPECT_FALSE(source);
    return source ? "" : source.error().message;
  }

  static Sample good(std::uint32_t signal, std::int64_t second, double value) {
    return {SignalId{signal}, {}, Timestamp{(kEpoch + second) * kSecond}, value};
  }

  std::filesystem::path folder_;
  Plant plant_;
  ManualClock clock_{Timestamp{1'800'000'000 * kSecond}};
  metrics::Registry metrics_;
  KeepingInbox inbox_;
};

TEST_F(CsvSourceTest, ColumnsThatAreSignalsBindThemselves) {
  const auto samples =
      read({file("a.csv",
                 "datetime;pump_1.flow;line_1.pump_1.pressure;Other Column;site.mode\n"
                 "2020-03-09 10:20:33;1,5;2;9;remote\n"
                 "2020-03-09 10:20:34;2.5;;9;local\n")});
  EXPECT_EQ(samples, (std::vector<Sample>{good(0, 0, 1.5), good(1, 0, 2), good(3, 0, 1),
                                          good(0, 1, 2.5), good(3, 1, 0)}));
}

TEST_F(CsvSourceTest, ReadsTimesInEveryForm) {
  for (const auto* time : {"2020-03-09T10:20:33Z", "2020-03-09 10:20:33", "1583749233",
                           "1583749233000", "1583749233.0"}) {
    KeepingInbox inbox;
    auto source = make({file("t.csv", std::string("t,pump_1.flow\n") + time + ",1\n")});
    ASSERT_TRUE(source);
    ASSERT_TRUE((*source)->run({}, inbox));
    EXPECT_EQ(inbox.samples(), std::vector<Sample>{good(0, 0, 1)}) << time;
  }
}

TEST_F(CsvSourceTest, MergesFilesByTime) {
  const auto samples =
      read({file("b.csv", "t,pump_1.flow\n1583749234,2\n1583749236,4\n"),
            file("a.csv", "t,pump_2.flow\n1583749233,1\n1583749234,20\n1583749235,3\n")});
  EXPECT_EQ(samples, (std::vector<Sample>{good(2, 0, 1), good(0, 1, 2), good(2, 1, 20),
                                          good(2, 2, 3), good(0, 3, 4)}));
}

TEST_F(CsvSourceTest, TextInACellIsASensorFaultAndAnEmptyCellIsNothing) {
  const auto samples = read({file(
      "a.csv",
      "t,pump_1.flow\n1583749233,nan\n1583749234,\n1583749235,broken\n1583749236,\"1,5\"\n")});
  ASSERT_EQ(samples.size(), 3u);
  for (const auto& sample : samples) {
    EXPECT_EQ(sample.quality.grade, Grade::Bad);
    EXPECT_TRUE(sample.quality.has(Cause::SensorFault));
  }
  EXPECT_NE(metrics_.to_prometheus().find("gemel_connector_faults_total{source=\"replay\"} 3"),
            std::string::npos);
}

TEST_F(CsvSourceTest, RowsWithoutATimeAreSkippedAndCounted) {
  const auto samples =
      read({file("a.csv", "t,pump_1.flow\nyesterday,1\n1583749233,2\n,3\n\"open,4\n")});
  EXPECT_EQ(samples, std::vector<Sample>{good(0, 0, 2)});
  EXPECT_NE(metrics_.to_prometheus().find("gemel_connector_undecodable_total{source=\"replay\"} 3"),
            std::string::npos);
}

TEST_F(CsvSourceTest, BindsAsTheTwinFileSays) {
  FileSource files;
  files.paths = {file("a.csv", "flow [l/s],when\n2,1583749233\n")};
  files.time_column = "when";
  files.speed = 0;
  plant_.sources = {{"log", files}};
  plant_.bindings = {{0, "", "", {{SignalId{0}, "flow [l/s]", 60.0, 0.0}}}};
  auto source = make_csv_source(plant_, 0, clock_, metrics_);
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_TRUE((*source)->run({}, inbox_));
  EXPECT_EQ(inbox_.samples(), std::vector<Sample>{good(0, 0, 120)});
  plant_.bindings[0].fields[0].path = "flow [l/a]";
  const auto wrong = make_csv_source(plant_, 0, clock_, metrics_);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("did you mean 'flow [l/s]'"), std::string::npos)
      << wrong.error().message;
}

TEST_F(CsvSourceTest, ABindingMayNameTheTimesColumn) {
  FileSource files;
  files.paths = {file("a.csv", "flow,when\n2,1583749233\n")};
  files.speed = 0;
  plant_.sources = {{"log", files}};
  plant_.bindings = {{0, "", "when", {{SignalId{0}, "flow", 1.0, 0.0}}}};
  auto source = make_csv_source(plant_, 0, clock_, metrics_);
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_TRUE((*source)->run({}, inbox_));
  EXPECT_EQ(inbox_.samples(), std::vector<Sample>{good(0, 0, 2)});
}

TEST_F(CsvSourceTest, SaysWhatIsWrongWithAFile) {
  EXPECT_NE(error_of({folder_ / "none.csv"}).find("No such file"), std::string::npos);
  EXPECT_NE(error_of({folder_}).find("is a folder"), std::string::npos);
  EXPECT_NE(error_of({file("e.csv", "")}).find("e.csv:1:1: the file is empty"), std::string::npos);
  EXPECT_NE(error_of({file("n.csv", "1583749233,5\n")}).find("columns' names"), std::string::npos);
  EXPECT_NE(error_of({file("o.csv", "t,foo,bar\n")}).find("no column is a signal"),
            std::string::npos);
  EXPECT_NE(error_of({}).find("names no file"), std::string::npos);
  FileSource files;
  files.paths = {file("t.csv", "time,pump_1.flow\n")};
  files.time_column = "tine";
  const auto source = make_csv_source(plant_, files, clock_, metrics_);
  ASSERT_FALSE(source);
  EXPECT_NE(source.error().message.find("did you mean 'time'"), std::string::npos);
}

TEST_F(CsvSourceTest, DeliversInBatchesOfAboutAThousand) {
  std::string text = "t,pump_1.flow\n";
  for (int i = 0; i < 10'000; ++i)
    text += std::to_string(kEpoch + i) + "," + std::to_string(i) + "\n";
  EXPECT_EQ(read({file("a.csv", text)}).size(), 10'000u);
  EXPECT_EQ(inbox_.largest(), 1'000u);
}

TEST_F(CsvSourceTest, KeepsTheSpeedOfTheClock) {
  FileSource files;
  files.paths = {file("a.csv", "t,pump_1.flow\n1583749233,0\n1583749333,1\n1583749433,2\n")};
  files.speed = 100;
  auto source = make_csv_source(plant_, files, clock_, metrics_);
  ASSERT_TRUE(source);
  // Each delivery moves the clock on by the second that the next row, 100 s later, is due at.
  inbox_.on_delivery = [&] { clock_.advance(Duration::seconds(1)); };
  ASSERT_TRUE((*source)->run({}, inbox_));
  EXPECT_EQ(inbox_.samples().size(), 3u);
  EXPECT_EQ(inbox_.largest(), 1u);  // nothing came before its time
  EXPECT_EQ(clock_.now(), (Timestamp{1'800'000'003 * kSecond}));
}

TEST_F(CsvSourceTest, StopsWhileItWaitsForARowsTime) {
  FileSource files;
  files.paths = {file("a.csv", "t,pump_1.flow\n1583749233,0\n1583749333,1\n")};
  files.speed = 1;
  auto source = make_csv_source(plant_, files, clock_, metrics_);
  ASSERT_TRUE(source);
  std::stop_source stop;
  inbox_.on_delivery = [&] { stop.request_stop(); };
  ASSERT_TRUE((*source)->run(stop.get_token(), inbox_));
  EXPECT_EQ(inbox_.samples().size(), 1u);
  EXPECT_FALSE(std::holds_alternative<Finished>((*source)->link()));
}

TEST_F(CsvSourceTest, ShowsHowFarItIs) {
  read({file("a.csv", "t,pump_1.flow\n1583749233,1\n")});
  const auto text = metrics_.to_prometheus();
  EXPECT_NE(text.find("gemel_connector_file_bytes{source=\"replay\"} 27"), std::string::npos)
      << text;
  EXPECT_NE(text.find("gemel_connector_file_bytes_read{source=\"replay\"} 27"), std::string::npos);
  EXPECT_NE(text.find("gemel_connector_rows_total{source=\"replay\"} 1"), std::string::npos);
}

}  // namespace
}  // namespace gemel::connectors::files
