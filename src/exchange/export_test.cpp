#include "exchange/export.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "exchange/detail/database.hpp"
#include "history/history_testing.hpp"
#include "history/memory_history.hpp"

namespace gemel::exchange {
namespace {

namespace fs = std::filesystem;

Timestamp t(int s) {
  return Timestamp{1'704'067'200'000'000'000} + Duration::milliseconds(s * 500);
}  // 2024-01-01

class Export : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(directory_);
    plant_->signals[1].path = "line.\"odd\", name";
    Quality late, gap;
    late.mark(Cause::Late, Grade::Uncertain);
    gap.mark(Cause::Gap, Grade::Missing);
    ASSERT_TRUE(history_.commit(
        {t(4),
         {{{0}, {}, t(0), 1.25}, {{1}, {}, t(0), 7}, {{0}, late, t(1), -0.1}, {{0}, gap, t(3), 0}},
         {}}));
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string text(const fs::path& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }
  std::size_t files_left() {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }

  std::shared_ptr<Plant> plant_ = history::testing::plant_of(2);
  history::MemoryHistory history_{*plant_};
  fs::path directory_ = fs::temp_directory_path() / ("gemel_export_" + std::to_string(::getpid()));
};

TEST_F(Export, WritesARowForEveryRecord) {
  ExportRequest request;
  request.path = directory_ / "a.csv";
  double done = 0;
  EXPECT_EQ(
      *export_csv(history_, *plant_, request, [&](double share, std::uint64_t) { done = share; }),
      4u);
  EXPECT_EQ(done, 1.0);
  EXPECT_EQ(
      text(request.path),
      "time,signal,value,unit,quality,known_at\n"
      "2024-01-01T00:00:00Z,line.s0,1.25,bar,good,2024-01-01T00:00:02Z\n"
      "2024-01-01T00:00:00.500Z,line.s0,-0.1,bar," +
          to_string(history_.read({0}, {t(1), t(2)}, Timestamp::max(), 1)->front().quality) +
          ",2024-01-01T00:00:02Z\n"
          "2024-01-01T00:00:01.500Z,line.s0,,bar," +
          to_string(history_.read({0}, {t(3), t(4)}, Timestamp::max(), 1)->front().quality) +
          ",2024-01-01T00:00:02Z\n"
          "2024-01-01T00:00:00Z,\"line.\"\"odd\"\", name\",7,bar,good,2024-01-01T00:00:02Z\n");
  EXPECT_EQ(files_left(), 1u);
}

TEST_F(Export, WritesAColumnForEverySignal) {
  ExportRequest request;
  request.path = directory_ / "a.csv";
  request.layout = Layout::Wide;
  EXPECT_EQ(*export_csv(history_, *plant_, request), 3u);
  EXPECT_EQ(text(request.path),
            "time,line.s0,\"line.\"\"odd\"\", name\"\n"
            "2024-01-01T00:00:00Z,1.25,7\n"
            "2024-01-01T00:00:00.500Z,-0.1,\n"
            "2024-01-01T00:00:01.500Z,,\n");
}

TEST_F(Export, LeavesNothingBehindWhenItIsStopped) {
  ExportRequest request;
  request.path = directory_ / "a.csv";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(export_csv(history_, *plant_, request, {}, stop.get_token()).error().code,
            ErrorCode::Cancelled);
  EXPECT_EQ(files_left(), 0u);
  request.path = directory_ / "no such folder" / "a.csv";
  EXPECT_EQ(export_csv(history_, *plant_, request).error().code, ErrorCode::NotFound);
}

TEST_F(Export, GivesTheSameRowsHoweverItCutsTheTimeIntoWindows) {
  history::MemoryHistory history(*plant_);
  std::vector<Sample> samples;
  constexpr int kSamples = 450'000;  // more than one window holds
  // Crowded at one end, so that windows have to shrink and grow.
  for (int i = 0; i < kSamples; ++i)
    samples.push_back({{0}, {}, i < 400'000 ? t(0) + Duration{i} : t(i), 1.0 * i});
  ASSERT_TRUE(history.commit({t(kSamples), samples, {}}));
  ExportRequest request;
  request.signals = {{0}};
  request.path = directory_ / "a.csv";
  EXPECT_EQ(*export_csv(history, *plant_, request), static_cast<std::uint64_t>(kSamples));
  std::ifstream file(request.path);
  std::string line;
  std::getline(file, line);
  int i = 0;
  while (std::getline(file, line)) {
    const auto value = line.substr(line.find(",line.s0,") + 9);
    ASSERT_EQ(std::stod(value), i++);
  }
  EXPECT_EQ(i, kSamples);
}

TEST_F(Export, WritesParquetThatReadsBackAsTheRecords) {
  ExportRequest request;
  request.path = directory_ / "it's.parquet";
  const auto rows = export_parquet(history_, *plant_, request);
  if (!rows && rows.error().code == ErrorCode::Unsupported) GTEST_SKIP() << rows.error().message;
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, 4u);
  EXPECT_EQ(files_left(), 1u);
  auto database = detail::Database::open();
  ASSERT_TRUE(database) << database.error().message;
  auto back = (*database)->query(
      "SELECT epoch_ns(time), signal, value, unit, quality, epoch_ns(known_at) FROM read_parquet(" +
      detail::sql_text(request.path.string()) + ")");
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_TRUE(*back->next());
  ASSERT_EQ(back->size(), 4u);
  EXPECT_EQ(back->column<std::int64_t>(0)[0], 1'704'067'200'000'000'000);
  EXPECT_EQ(back->text(1, 0), "line.s0");
  EXPECT_EQ(back->column<double>(2)[0], 1.25);
  EXPECT_EQ(back->text(3, 0), "bar");
  EXPECT_EQ(back->text(4, 0), "good");
  EXPECT_EQ(back->column<std::int64_t>(5)[0], 1'704'067'202'000'000'000);
  EXPECT_TRUE(back->is_null(2, 2));
  EXPECT_EQ(back->text(1, 3), plant_->signals[1].path);

  request.layout = Layout::Wide;
  const auto wide = export_parquet(history_, *plant_, request);
  ASSERT_TRUE(wide) << wide.error().message;
  EXPECT_EQ(*wide, 3u);
}

}  // namespace
}  // namespace gemel::exchange
