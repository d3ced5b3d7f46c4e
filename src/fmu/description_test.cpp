#include "fmu/description.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmu/testing/test_fmus.hpp"
#include "fmu/variable_row.hpp"

namespace gemel::fmu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ModelDescription read(std::string_view model) {
  auto description = read_description(testing::description_of(model), "modelDescription.xml");
  EXPECT_TRUE(description) << description.error().message;
  return std::move(*description);
}

/// The description of `model` with one piece of text replaced.
Result<ModelDescription> changed(std::string_view model, std::string_view from,
                                 std::string_view to) {
  auto text = testing::description_of(model);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  text.replace(at, from.size(), to);
  return read_description(text, "m.xml");
}

void expect_mistake(std::string_view model, std::string_view from, std::string_view to,
                    const std::vector<std::string>& words) {
  const auto result = changed(model, from, to);
  ASSERT_FALSE(result) << to;
  for (const auto& word : words) EXPECT_THAT(result.error().message, HasSubstr(word));
}

TEST(Description, TellsVariablesOfFmi2) {
  const auto ball = read("bouncing_ball");
  EXPECT_EQ(ball.major, 2);
  ASSERT_TRUE(ball.model_exchange);
  EXPECT_FALSE(ball.co_simulation);
  EXPECT_EQ(ball.structure.event_indicator_count, 1u);
  const auto& h = **ball.find("h");
  EXPECT_EQ(h.unit, "m");  // from its declared type
  EXPECT_EQ(h.min, -1.0);
  EXPECT_EQ((*ball.find("der(h)"))->derivative_of, h.reference);
  EXPECT_EQ((*ball.find("bounces"))->type, Type::Int32);
  EXPECT_EQ((*ball.find("bounces"))->variability, Variability::Discrete);
  EXPECT_EQ(ball.structure.derivatives[1].reference, (*ball.find("der(v)"))->reference);
  ASSERT_EQ(ball.units.size(), 2u);
  EXPECT_THAT(ball.units[1].exponents, ElementsAre(0, 1, -1, 0, 0, 0, 0, 0));
  EXPECT_EQ(ball.experiment.stop_s, 3.0);
}

TEST(Description, TellsArraysClocksAndAliasesOfFmi3) {
  const auto sampler = read("sampler");
  EXPECT_EQ(sampler.major, 3);
  EXPECT_TRUE(sampler.co_simulation->event_mode);
  const auto& u = **sampler.find("u");
  EXPECT_THAT(sampler.shape_of(u), ElementsAre(3));  // by the structural parameter n
  EXPECT_THAT(element_names(sampler, u), ElementsAre("u[1]", "u[2]", "u[3]"));
  EXPECT_EQ(*sampler.find("doubled"), *sampler.find("y"));
  const auto& clock = **sampler.find("sample");
  EXPECT_EQ(clock.timing.interval, ClockInterval::Constant);
  EXPECT_EQ(clock.timing.interval_s, 0.25);
  EXPECT_EQ(clock.timing.shift_s, 0.125);
  EXPECT_THAT((*sampler.find("held"))->clocks, ElementsAre(clock.reference));
}

TEST(Description, NamesAMatrixLastIndexFirst) {
  const auto result = changed("sampler", "<Dimension start=\"3\"/>",
                              "<Dimension start=\"2\"/><Dimension start=\"2\"/>");
  ASSERT_TRUE(result);
  EXPECT_THAT(element_names(*result, **result->find("y")),
              ElementsAre("y[1,1]", "y[1,2]", "y[2,1]", "y[2,2]"));
}

TEST(Description, NamesLineElementAndValueOfAMistake) {
  expect_mistake("bouncing_ball", "start=\"9.81\"", "start=\"9,81\"",
                 {"m.xml:12", "Real", "9,81", "Float64"});
  expect_mistake("bouncing_ball", "variability=\"tunable\"", "variability=\"wobbly\"",
                 {"m.xml:13", "name=\"e\"", "wobbly", "tunable"});
  expect_mistake("bouncing_ball", "name=\"v\"", "name=\"h\"", {"m.xml:9", "twice"});
  expect_mistake("bouncing_ball", "derivative=\"1\"", "derivative=\"99\"", {"99"});
  expect_mistake("bouncing_ball", "<Unknown index=\"10\"/>", "<Unknown index=\"11\"/>",
                 {"m.xml:20", "11"});
  expect_mistake("bouncing_ball", "min=\"-1\"", "min=\"-1\" max=\"-2\"", {"min is above max"});
  expect_mistake("bouncing_ball", "modelIdentifier=\"bouncing_ball\"", "modelIdentifier=\"../x\"",
                 {"m.xml:3", "../x"});
  expect_mistake("sampler", "clocks=\"9\"", "clocks=\"5\"", {"5", "no clock"});
  expect_mistake("sampler", "<Dimension valueReference=\"20\"/>",
                 "<Dimension valueReference=\"1\"/>", {"structural parameter"});
  expect_mistake("sampler", "<Dimension valueReference=\"20\"/>",
                 "<Dimension start=\"99999999999\"/>", {"99999999999"});
  expect_mistake("sampler", "start=\"0 0 0\"", "start=\"0 0\"", {"2 start values for 3"});
  expect_mistake("sampler", "intervalDecimal=\"0.25\"", "intervalDecimal=\"0\"", {"above zero"});
}

TEST(Description, RefusesOtherVersionsAndOtherFiles) {
  EXPECT_EQ(changed("van_der_pol", "fmiVersion=\"2.0\"", "fmiVersion=\"1.0\"").error().code,
            ErrorCode::Unsupported);
  EXPECT_THAT(read_description("<a><b></a>", "m.xml").error().message, HasSubstr("m.xml:1"));
  EXPECT_THAT(read_description("", "m.xml").error().message, HasSubstr("m.xml"));
}

TEST(Description, RefusesEntitiesOfItsOwn) {
  const auto result = read_description(
      "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;\">]>\n"
      "<fmiModelDescription fmiVersion=\"2.0\" modelName=\"&c;\"/>",
      "m.xml");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("document type"));
}

TEST(Description, OffersTheNearestName) {
  const auto ball = read("bouncing_ball");
  EXPECT_THAT(ball.find("bounce").error().message, HasSubstr("bounces"));
}

}  // namespace
}  // namespace gemel::fmu
