#include "spec/detail/quantity.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "spec/detail/paths.hpp"
#include "spec/detail/substitution.hpp"

namespace gemel::spec {
namespace {

TEST(Quantity, IsANumberAndWhatFollows) {
  EXPECT_EQ(parse_quantity("2.5 bar")->value, 2.5);
  EXPECT_EQ(parse_quantity("2.5 bar")->unit, "bar");
  EXPECT_EQ(parse_quantity(" -3e-2l/min ")->value, -0.03);
  EXPECT_EQ(parse_quantity("+7")->unit, "");
  for (const char* text : {"", "bar", "nan", "inf K", "1e999", "-"})
    EXPECT_FALSE(parse_quantity(text)) << text;
}

TEST(Rate, IsHertzOrSoManyPerTime) {
  EXPECT_DOUBLE_EQ(*parse_rate("1 Hz"), 1.0);
  EXPECT_DOUBLE_EQ(*parse_rate("0.1 Hz"), 0.1);
  EXPECT_DOUBLE_EQ(*parse_rate("1 per 10 s"), 0.1);
  EXPECT_DOUBLE_EQ(*parse_rate("2 per week"), 2.0 / 604800.0);
  for (const char* text :
       {"", "1", "often", "0 Hz", "-1 Hz", "1 per", "1 per 0 s", "1 per bar", "1 per 1e30 s"}) {
    EXPECT_FALSE(parse_rate(text)) << text;
  }
}

TEST(Condition, HasASignalAComparisonAValueAndPerhapsATime) {
  const auto found = parse_condition("pump_1.pressure <= -0.2 bar for 10 s");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->signal, "pump_1.pressure");
  EXPECT_EQ(found->comparison, Comparison::LessEqual);
  EXPECT_EQ(found->value, "-0.2 bar");
  EXPECT_EQ(found->hold, Duration::seconds(10));
  EXPECT_EQ(parse_condition("mode==remote")->value, "remote");
  for (const char* text : {"", "flow", "flow <", "< 3", "flow = 3", "flow < 3 for ever",
                           "flow < 3 for -1 s", "a ! b"}) {
    EXPECT_FALSE(parse_condition(text)) << text;
  }
}

TEST(Name, IsLettersDigitsUnderscoreAndHyphen) {
  EXPECT_TRUE(is_name("pump_1"));
  EXPECT_TRUE(is_name("P-101a"));
  for (const char* text : {"", "1pump", "a.b", "a b", "-a", "a/b", "ä"})
    EXPECT_FALSE(is_name(text)) << text;
  EXPECT_FALSE(is_name(std::string(65, 'a')));
}

TEST(Topic, HasWildcardsOnlyAsWholeLevels) {
  EXPECT_EQ(topic_trouble("a/b", false), "");
  EXPECT_EQ(topic_trouble("a/+/c/#", true), "");
  EXPECT_NE(topic_trouble("a/+", false), "");
  EXPECT_NE(topic_trouble("a/b+", true), "");
  EXPECT_NE(topic_trouble("a/#/b", true), "");
  EXPECT_NE(topic_trouble("", true), "");
}

TEST(Topic, IsCoveredAsMqttDoesIt) {
  EXPECT_TRUE(covers("a/#", "a/b/c"));
  EXPECT_TRUE(covers("a/#", "a"));
  EXPECT_TRUE(covers("a/+/c", "a/b/c"));
  EXPECT_TRUE(covers("#", "a/+/b"));
  EXPECT_FALSE(covers("a/+", "a"));
  EXPECT_FALSE(covers("a/+", "a/b/c"));
  EXPECT_FALSE(covers("a/+", "a/#"));
  EXPECT_FALSE(covers("a/b", "a/+"));
}

TEST(PayloadPath, IsKeysAndIndices) {
  for (const char* text : {"$", "$.a", "$.a.b[3].c", "$[0]", "$['odd ] key'].b", "$[\"x\"]"})
    EXPECT_EQ(payload_path_trouble(text), "") << text;
  for (const char* text :
       {"", "a", "$a", "$.", "$..a", "$.a[", "$.a[]", "$.a[x]", "$.*", "$['a]", "$.a[-1]"}) {
    EXPECT_NE(payload_path_trouble(text), "") << text;
  }
}

std::optional<std::string> fake_environment(const std::string& name) {
  if (name == "HOST") return "broker";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

TEST(Environment, ReplacesNamesAndDefaults) {
  const auto replaced = [](std::string_view text) {
    return *substitute_environment(text, fake_environment);
  };
  EXPECT_EQ(replaced("mqtt://${HOST}:1883"), "mqtt://broker:1883");
  EXPECT_EQ(replaced("${NOWHERE:-a}${HOST:-b}${EMPTY:-c}"), "abrokerc");
  EXPECT_EQ(replaced("${EMPTY}"), "");
  EXPECT_EQ(replaced("$${HOST} $.a $5"), "${HOST} $.a $5");
  EXPECT_EQ(replaced("${NOWHERE:-}"), "");
}

TEST(Environment, RefusesWhatIsNotSet) {
  EXPECT_EQ(substitute_environment("${NOWHERE}", fake_environment).error().message,
            "environment variable NOWHERE is not set; set it, or write ${NOWHERE:-default}");
  for (const char* text : {"${", "${}", "${A B}", "${HOST"})
    EXPECT_FALSE(substitute_environment(text, fake_environment)) << text;
}

}  // namespace
}  // namespace gemel::spec
