#include "exchange/sql.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "history/history_testing.hpp"
#include "history/memory_history.hpp"

namespace gemel::exchange {
namespace {

namespace fs = std::filesystem;
using Cells = std::vector<std::optional<std::string>>;

Timestamp t(int s) { return Timestamp{1'704'067'200'000'000'000} + Duration::seconds(s); }

class Sql : public ::testing::Test {
 protected:
  void SetUp() override {
    Quality gap, stuck;
    gap.mark(Cause::Gap, Grade::Missing);
    stuck.mark(Cause::Stuck, Grade::Bad);
    ASSERT_TRUE(history_.commit(
        {t(10), {{{0}, {}, t(0), 1}, {{0}, {}, t(1), 2}, {{1}, stuck, t(1), 7}}, {}}));
    ASSERT_TRUE(history_.commit({t(20),
                                 {{{0}, {}, t(1), 5}, {{0}, gap, t(12), 0}},
                                 {{t(20), Notice{"link", "a \"quoted\"\nword"}}}}));
    const auto probe = query(history_, *plant_, {.statement = "SELECT 1"}, 1);
    if (!probe && probe.error().code == ErrorCode::Unsupported)
      GTEST_SKIP() << probe.error().message;
  }

  std::vector<Cells> rows(const std::string& statement, SqlRequest request = {}) {
    request.statement = statement;
    const auto table = query(history_, *plant_, request, 100);
    EXPECT_TRUE(table) << table.error().message;
    return table ? table->rows : std::vector<Cells>{};
  }
  Error error(const std::string& statement) {
    const auto table = query(history_, *plant_, {.statement = statement}, 100);
    EXPECT_FALSE(table) << statement;
    return table ? Error{} : table.error();
  }

  std::shared_ptr<Plant> plant_ = history::testing::plant_of(3);
  history::MemoryHistory history_{*plant_};
};

TEST_F(Sql, SeesTheRecordsAsTheyAreKnownNow) {
  EXPECT_EQ(
      rows("SELECT signal, value, grade, quality, unit FROM samples ORDER BY signal, source_time"),
      (std::vector<Cells>{{"line.s0", "1.0", "good", "good", "bar"},
                          {"line.s0", "5.0", "good", "good", "bar"},
                          {"line.s0", std::nullopt, "missing", "missing: gap", "bar"},
                          {"line.s1", "7.0", "bad", "bad: stuck", "bar"}}));
  EXPECT_EQ(rows("SELECT count(*), max(known_at) FROM samples"),
            (std::vector<Cells>{{"4", "2024-01-01 00:00:20"}}));
}

TEST_F(Sql, SeesTheRecordsAsTheyWereKnownThen) {
  EXPECT_EQ(rows("SELECT sum(value) FROM samples(known_at := TIMESTAMP_NS '2024-01-01 00:00:10')"),
            (std::vector<Cells>{{"10.0"}}));
  EXPECT_EQ(rows("SELECT sum(value) FROM samples", {.known_at = t(10)}),
            (std::vector<Cells>{{"10.0"}}));
}

TEST_F(Sql, NarrowsWhatIsReadBySignalsAndTimes) {
  EXPECT_EQ(rows("SELECT DISTINCT signal FROM samples(signals := '*s1')"),
            (std::vector<Cells>{{"line.s1"}}));
  EXPECT_EQ(rows("SELECT count(*) FROM samples(from_time := TIMESTAMP_NS '2024-01-01 00:00:01', "
                 "until_time := TIMESTAMP_NS '2024-01-01 00:00:02')"),
            (std::vector<Cells>{{"2"}}));
  EXPECT_EQ(rows("SELECT count(*) FROM samples", {.signals = {{0}}, .range = {t(0), t(1)}}),
            (std::vector<Cells>{{"1"}}));
  EXPECT_EQ(error("SELECT * FROM samples(signals := 's7')").code, ErrorCode::NotFound);
}

TEST_F(Sql, TellsWhatIsBelievedLastAndWhatSignalsThereAre) {
  EXPECT_EQ(rows("SELECT signal, value, grade FROM latest"),
            (std::vector<Cells>{{"line.s0", "5.0", "missing"},
                                {"line.s1", "7.0", "bad"},
                                {"line.s2", std::nullopt, "missing"}}));
  EXPECT_EQ(rows("SELECT signal, role, states FROM signals LIMIT 1"),
            (std::vector<Cells>{{"line.s0", "measured", std::nullopt}}));
}

TEST_F(Sql, ReachesIntoTheFieldsOfEvents) {
  EXPECT_EQ(rows("SELECT kind, details->>'component', details->>'text' FROM events"),
            (std::vector<Cells>{{"Notice", "link", "a \"quoted\"\nword"}}));
}

TEST_F(Sql, KeepsTheOrderAndSaysWhenThereIsMore) {
  const auto table =
      query(history_, *plant_,
            {.statement = "SELECT range AS i FROM range(10000) ORDER BY i DESC ;\n"}, 3);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->columns, std::vector<std::string>{"i"});
  EXPECT_EQ(table->rows, (std::vector<Cells>{{"9999"}, {"9998"}, {"9997"}}));
  EXPECT_TRUE(table->more);
}

TEST_F(Sql, ShowsWhatDuckDbSaysOfAWrongStatement) {
  const auto wrong = error("SELECT valeu FROM samples");
  EXPECT_EQ(wrong.code, ErrorCode::InvalidInput);
  EXPECT_NE(wrong.message.find("LINE 1: SELECT valeu"), std::string::npos) << wrong.message;
  EXPECT_NE(wrong.message.find("\"value\""), std::string::npos) << wrong.message;
}

TEST_F(Sql, OnlyReads) {
  for (const char* statement : {"CREATE TABLE t (i INT)", "COPY (SELECT 1) TO '/tmp/never'",
                                "DROP VIEW samples", "SET memory_limit = '9GB'"}) {
    EXPECT_NE(error(statement).message.find("only read"), std::string::npos) << statement;
  }
}

TEST_F(Sql, DescribesAndExplains) {
  EXPECT_EQ(rows("DESCRIBE samples").size(), 7u);
  EXPECT_FALSE(rows("EXPLAIN SELECT * FROM samples").empty());
}

TEST_F(Sql, StopsWhenItIsAskedTo) {
  std::stop_source stop;
  stop.request_stop();
  const auto table =
      query(history_, *plant_, {.statement = "SELECT count(*) FROM samples"}, 1, stop.get_token());
  EXPECT_EQ(table.error().code, ErrorCode::Cancelled);
}

TEST_F(Sql, WritesTheAnswerIntoAFile) {
  const auto directory = fs::temp_directory_path() / ("gemel_sql_" + std::to_string(::getpid()));
  fs::create_directories(directory);
  const SqlRequest request{.statement = "SELECT signal, value FROM samples WHERE grade = 'bad'"};
  const auto text = [&](const char* name) {
    std::ostringstream out;
    out << std::ifstream(directory / name).rdbuf();
    return out.str();
  };
  EXPECT_EQ(*query_to_file(history_, *plant_, request, directory / "a.csv", FileFormat::Csv), 1u);
  EXPECT_EQ(text("a.csv"), "signal,value\nline.s1,7.0\n");
  EXPECT_EQ(*query_to_file(history_, *plant_, request, directory / "a.json", FileFormat::Json), 1u);
  EXPECT_EQ(text("a.json"), "{\"signal\":\"line.s1\",\"value\":7.0}\n");
  EXPECT_EQ(
      *query_to_file(history_, *plant_, request, directory / "a.parquet", FileFormat::Parquet), 1u);
  EXPECT_EQ(text("a.parquet").substr(0, 4), "PAR1");
  fs::remove_all(directory);
}

}  // namespace
}  // namespace gemel::exchange
