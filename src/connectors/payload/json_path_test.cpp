#include "connectors/payload/json_path.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel::connectors::payload {
namespace {

std::vector<Step> steps_of(std::string_view text) {
  const auto path = JsonPath::parse(text);
  EXPECT_TRUE(path) << text;
  return path ? path->steps : std::vector<Step>{};
}

std::string error_of(std::string_view text) {
  const auto path = JsonPath::parse(text);
  EXPECT_FALSE(path) << text;
  return path ? "" : path.error().message;
}

TEST(JsonPath, ReadsKeysAndIndices) {
  EXPECT_EQ(steps_of("$.a.b[2].c"), (std::vector<Step>{"a", "b", 2u, "c"}));
  EXPECT_EQ(steps_of("$[0][1]"), (std::vector<Step>{0u, 1u}));
  EXPECT_EQ(steps_of("$.Volume Flow Rate"), (std::vector<Step>{"Volume Flow Rate"}));
}

TEST(JsonPath, DollarAloneIsTheWholeMessage) { EXPECT_TRUE(steps_of("$").empty()); }

TEST(JsonPath, ReadsQuotedKeys) {
  EXPECT_EQ(steps_of("$['a.b'][\"c[0]\"].d"), (std::vector<Step>{"a.b", "c[0]", "d"}));
}

TEST(JsonPath, SaysWhatIsWrongAndWhatToWrite) {
  EXPECT_NE(error_of("flow").find("does not begin with $"), std::string::npos);
  EXPECT_NE(error_of("$.m[*].v").find("whole number"), std::string::npos);
  EXPECT_NE(error_of("$.*").find("wildcards"), std::string::npos);
  EXPECT_NE(error_of("$.a..b").find("key is missing"), std::string::npos);
  EXPECT_NE(error_of("$.a.b[1").find("write $.key"), std::string::npos);
}

TEST(JsonPath, RefusesTheHalfWritten) {
  for (const auto* text :
       {"", "$.", "$[", "$[]", "$[-1]", "$[1", "$['a", "$['a'", "$a", "$[4294967296]"}) {
    EXPECT_FALSE(JsonPath::parse(text)) << text;
  }
}

TEST(JsonPath, RefusesMoreThan32Steps) {
  std::string text = "$";
  for (int i = 0; i < 32; ++i) text += ".a";
  EXPECT_TRUE(JsonPath::parse(text));
  EXPECT_FALSE(JsonPath::parse(text + ".a"));
}

RC_GTEST_PROP(JsonPathProperty, QuotedKeysComeBackAsWritten, ()) {
  const auto key =
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab. []\"$*0\xc3\xa4")));
  const auto keys = *rc::gen::resize(12, rc::gen::container<std::vector<std::string>>(key));
  std::string text = "$";
  std::vector<Step> expected;
  for (const auto& each : keys) {
    text += "['" + each + "']";
    expected.emplace_back(each);
  }
  const auto path = JsonPath::parse(text);
  RC_ASSERT(path.has_value());
  RC_ASSERT(path->steps == expected);
}

}  // namespace
}  // namespace gemel::connectors::payload
