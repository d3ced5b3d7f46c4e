#include "fmu/input_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmu/testing/test_fmus.hpp"

namespace gemel::fmu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Side = InputTable::Side;

ModelDescription read(std::string_view model) {
  return std::move(*read_description(testing::description_of(model), "m.xml"));
}

std::vector<double> at(const InputTable& table, double time_s, Side side) {
  std::vector<double> row(table.size());
  table.at(time_s, side, row);
  return row;
}

TEST(InputTable, InterpolatesBetweenRowsAndKeepsTheLast) {
  const auto table = InputTable::parse("time,wind\n1,10\n2,20\n", "in.csv", read("bouncing_ball"));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_THAT(at(*table, 0.0, Side::After), ElementsAre(10.0));
  EXPECT_THAT(at(*table, 1.25, Side::After), ElementsAre(12.5));
  EXPECT_THAT(at(*table, 9.0, Side::Before), ElementsAre(20.0));
  EXPECT_FALSE(table->next_event(0.0));
}

TEST(InputTable, JumpsWhereTwoRowsHaveOneTime) {
  const auto table =
      InputTable::parse("time,wind\n0,1\n2,1\n2,5\n3,5\n", "in.csv", read("bouncing_ball"));
  ASSERT_TRUE(table);
  EXPECT_THAT(at(*table, 2.0, Side::Before), ElementsAre(1.0));
  EXPECT_THAT(at(*table, 2.0, Side::After), ElementsAre(5.0));
  EXPECT_EQ(table->next_event(0.0), 2.0);
  EXPECT_FALSE(table->next_event(2.0));
}

TEST(InputTable, TakesArraysByTheirElementsAndClocksByTheirTicks) {
  const auto table = InputTable::parse(
      "time,u[2],u[1],u[3],gain,sample\n0,2,1,3,2,0\n1,2,1,3,4,1\n", "in.csv", read("sampler"));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_THAT(table->continuous().columns(), ElementsAre("u[1]", "u[2]", "u[3]"));
  EXPECT_THAT(table->discrete().columns(), ElementsAre("gain"));  // tunable: holds, then changes
  EXPECT_THAT(at(*table, 0.9, Side::After), ElementsAre(1.0, 2.0, 3.0, 2.0));
  EXPECT_EQ(table->next_event(0.0), 1.0);
  EXPECT_THAT(table->ticks(1.0), ElementsAre(9u));
  EXPECT_THAT(table->ticks(0.5), ElementsAre());
}

TEST(InputTable, NamesThePlaceOfAMistake) {
  const auto ball = read("bouncing_ball");
  const auto why = [&](std::string_view text) {
    const auto table = InputTable::parse(text, "in.csv", ball);
    return table ? std::string("none") : table.error().message;
  };
  EXPECT_THAT(why("time,wnd\n0,1\n"), HasSubstr("wind"));
  EXPECT_THAT(why("time,h\n0,1\n"), HasSubstr("no input"));
  EXPECT_THAT(why("time,wind\n0,1\n1,x\n"), HasSubstr("in.csv:3:3"));
  EXPECT_THAT(why("time,wind\n1,1\n0,1\n"), HasSubstr("goes back"));
  EXPECT_THAT(why("time,wind\n1\n"), HasSubstr("cells"));
  EXPECT_THAT(why("time,wind\n"), HasSubstr("no rows"));
}

}  // namespace
}  // namespace gemel::fmu
