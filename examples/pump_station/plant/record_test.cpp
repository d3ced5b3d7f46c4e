#include "record.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "state_file.hpp"
#include "station_fixture.hpp"
#include "telemetry.hpp"

namespace riverside {
namespace {

std::string content_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

RecordOptions one_minute(const std::string& name) {
  RecordOptions options;
  options.file = testing::TempDir() + name;
  options.duration_ms = 60'000;
  options.until = kMorning;
  options.seed = 5;
  return options;
}

TEST(Record, EndsAtTheTimeAskedForWithOneRowASecond) {
  const RecordOptions options = one_minute("riverside_record_test.csv");
  const auto rows = record(options, 0);
  ASSERT_TRUE(rows);
  EXPECT_EQ(*rows, 60u);
  const std::string text = content_of(options.file);
  EXPECT_TRUE(text.starts_with(csv_header() + "\n2026-06-02T09:59:01.000Z,"));
  EXPECT_NE(text.rfind("\n2026-06-02T10:00:00.000Z,"), std::string::npos);
  std::remove(options.file.c_str());
}

TEST(Record, LeavesAStateThatContinuesTheRecord) {
  RecordOptions shorter = one_minute("riverside_record_a.csv");
  shorter.state_file = testing::TempDir() + "riverside_record_state.txt";
  RecordOptions longer = one_minute("riverside_record_b.csv");
  longer.duration_ms += 10'000;
  *longer.until += 10'000;
  ASSERT_TRUE(record(shorter, 0));
  ASSERT_TRUE(record(longer, 0));
  auto plant = load_state(shorter.state_file);
  ASSERT_TRUE(plant && plant->has_value());
  std::string continued = content_of(shorter.file);
  for (int s = 0; s < 10; ++s) {
    run_for(**plant, 1.0);
    continued += csv_row((*plant)->now(), (*plant)->readings()) + "\n";
  }
  EXPECT_EQ(continued, content_of(longer.file));
  for (const auto& file : {shorter.file, longer.file, shorter.state_file})
    std::remove(file.c_str());
}

TEST(Record, SaysThatItsFileCannotBeWritten) {
  RecordOptions options = one_minute("x");
  options.file = "/nowhere/record.csv";
  const auto rows = record(options, 0);
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().message.find("/nowhere/record.csv"), std::string::npos);
}

}  // namespace
}  // namespace riverside
