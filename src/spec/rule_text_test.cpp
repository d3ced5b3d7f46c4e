// The language of rules: its text, what it compiles to, and what is said about mistakes.

#include "spec/detail/rule_text.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "spec/spec.hpp"

namespace gemel::spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = RuleNode::Kind;

/// With every pair of parentheses written out.
std::string shape(const RuleNode& node) {
  std::string inner;
  for (const auto& part : node.parts) inner += " " + shape(part);
  static const char* const kNames[] = {"",     "",    "neg", "+",   "-",  "*",  "/",
                                       "call", "cmp", "not", "and", "or", "for"};
  if (node.kind == Kind::Name) return node.text;
  if (node.kind == Kind::Number) return fmt::format("{}{}", node.number, node.text);
  return fmt::format("({}{})", kNames[static_cast<std::size_t>(node.kind)], inner);
}
std::string shape(std::string_view text) {
  const auto tree = parse_rule(text);
  return tree ? shape(*tree) : tree.error().message;
}
std::string trouble(std::string_view text) {
  const auto tree = parse_rule(text);
  EXPECT_FALSE(tree) << text;
  return tree ? "" : tree.error().message;
}

TEST(RuleText, BindsProductsBeforeSumsBeforeComparisonsBeforeNotAndOr) {
  EXPECT_EQ(shape("a + b * c > 3 bar"), "(cmp (+ a (* b c)) 3bar)");
  EXPECT_EQ(shape("a - b - c > 0"), "(cmp (- (- a b) c) 0)");
  EXPECT_EQ(shape("a < 1 or not b < 2 and c < 3"),
            "(or (cmp a 1) (and (not (cmp b 2)) (cmp c 3)))");
  EXPECT_EQ(shape("(a < 1 or b < 2) and c < 3"), "(and (or (cmp a 1) (cmp b 2)) (cmp c 3))");
  EXPECT_EQ(shape("(a + b) / -c > -0.5"), "(cmp (/ (+ a b) (neg c)) -0.5)");
}

TEST(RuleText, GivesAForToTheWholeOrToWhatItsParenthesesHold) {
  EXPECT_EQ(shape("a < 1 and b < 2 for 10 s"), "(for (and (cmp a 1) (cmp b 2)))");
  EXPECT_EQ(shape("(flow < 3 l/min for 1 min) and speed > 900 rpm"),
            "(and (for (cmp flow 3l/min)) (cmp speed 900rpm))");
  EXPECT_EQ(parse_rule("a < 1 for 1.5 min")->span, Duration::seconds(90));
}

TEST(RuleText, ReadsAUnitAsFarAsNoBlankIsInItAndPaSAsOne) {
  EXPECT_EQ(shape("2 bar / a > 0.5 W/(m2.K)"), "(cmp (/ 2bar a) 0.5W/(m2.K))");
  EXPECT_EQ(shape("(a > 3 bar(g)) or b > 5 %"), "(or (cmp a 3bar(g)) (cmp b 5%))");
  EXPECT_EQ(shape("a > 3 Pa s for 1 s"), "(for (cmp a 3Pa s))");
  EXPECT_EQ(shape("a > 3 Pa s and b > 1"), "(and (cmp a 3Pa s) (cmp b 1))");
}

TEST(RuleText, ReadsWindowsAndHysteresis) {
  const auto tree = parse_rule("rate(pressure, 1 min) > 0.5 bar/min hysteresis 0.1 bar/min");
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->parts[0].text, "rate");
  EXPECT_EQ(tree->parts[0].span, Duration::minutes(1));
  EXPECT_EQ(tree->hysteresis, (RuleNode::Margin{0.1, "bar/min"}));
  EXPECT_EQ(shape("abs(a - spread(b, 5 min)) > 1"), "(cmp (call (- a (call b))) 1)");
  EXPECT_EQ(shape("rate > 1 and min < 2"), "(and (cmp rate 1) (cmp min 2))") << "names of signals";
}

TEST(RuleText, SaysWhereItStumbledAndWhatToWrite) {
  EXPECT_EQ(trouble("flow < 3 l/min adn speed > 900 rpm"),
            "'flow < 3 l/min adn speed > 900 rpm' is not a condition: at 'adn' (character 16): "
            "expected 'and', 'or', 'for' or the end; did you mean 'and'?");
  EXPECT_THAT(trouble("vibration > 7 mm/s hystersis 0.5 mm/s"),
              HasSubstr("did you mean 'hysteresis'?"));
  EXPECT_THAT(trouble("a < 1 AND b < 2"), HasSubstr("did you mean 'and'?"));
  EXPECT_THAT(trouble("a < 1 adn b < 2"), HasSubstr("at 'adn' (character 7)"));
  EXPECT_THAT(trouble("a < 1 for 10 s and b < 2"), HasSubstr("write '(… for 10 s) and …'"));
  EXPECT_THAT(trouble("a < 1 && b < 2"), HasSubstr("write 'and'"));
  EXPECT_THAT(trouble("a = 1"), HasSubstr("write '=='"));
  EXPECT_THAT(trouble("1 < a < 3"), HasSubstr("write 'a < b and b < c'"));
  EXPECT_THAT(trouble("(a < 1"), HasSubstr("at '(' (character 1): '(' is not closed"));
  EXPECT_THAT(trouble("a < 1)"), HasSubstr("nothing was opened"));
  EXPECT_THAT(trouble("a <"), HasSubstr("at its end: expected a signal, a number or '('"));
  EXPECT_THAT(trouble("a"), HasSubstr("'a' is a number, not true or false"));
  EXPECT_THAT(trouble("flow and a > 1"), HasSubstr("compare it, as in 'flow > 3 bar'"));
  EXPECT_THAT(trouble("(a < 1) + 2 > 3"), HasSubstr("not something true or false"));
  EXPECT_THAT(trouble("maen(a, 5 min) > 3"), HasSubstr("no function 'maen'; did you mean 'mean'?"));
  EXPECT_THAT(trouble("mean(a) > 3"), HasSubstr("write 'mean(…, 5 min)'"));
  EXPECT_THAT(trouble("mean(a, 0 s) > 3"), HasSubstr("longer than nothing"));
  EXPECT_THAT(trouble("a < 3 for ever"),
              HasSubstr("at 'ever' (character 11): expected a duration"));
  EXPECT_THAT(trouble("a < 3 for -1 s"), HasSubstr("expected a duration"));
  for (const char* text : {"", "< 3", "flow is low", "a ! b", "not", "()", "a < b hysteresis x"})
    EXPECT_THAT(trouble(text), HasSubstr("is not a condition")) << text;
}

TEST(RuleText, RefusesWhatIsTooDeepOrTooLong) {
  EXPECT_THAT(trouble(std::string(1000, '(') + "a < 1"), HasSubstr("more than 32 levels"));
  std::string longest = "a > 0";
  for (int i = 0; i < 300; ++i) longest += " or a > 0";
  EXPECT_THAT(trouble(longest), HasSubstr("at most 500 parts"));
}

// ---- property: the text of a tree is read as that tree

RuleNode leaf() {
  RuleNode node;
  if (*rc::gen::arbitrary<bool>()) {
    node.kind = Kind::Name;
    node.text =
        *rc::gen::elementOf(std::vector<std::string>{"flow", "pump_1.p-in", "min", "x.for"});
  } else {
    node.kind = Kind::Number;
    node.number = *rc::gen::inRange(-1'000'000, 1'000'000) /
                  *rc::gen::elementOf(std::vector<double>{1, 7, 1e9});
    if (node.number == 0.0) node.number = 0.0;
    node.text =
        *rc::gen::elementOf(std::vector<std::string>{"", "bar", "l/min", "bar(g)", "Pa s", "%"});
  }
  return node;
}

RuleNode number_tree(int depth) {
  if (depth == 0) return leaf();
  RuleNode node;
  node.kind =
      *rc::gen::elementOf(std::vector<Kind>{Kind::Name, Kind::Negate, Kind::Add, Kind::Subtract,
                                            Kind::Multiply, Kind::Divide, Kind::Call});
  if (node.kind == Kind::Name) return leaf();
  node.parts.push_back(number_tree(depth - 1));
  if (node.kind == Kind::Call) {
    node.text = *rc::gen::elementOf(
        std::vector<std::string>{"rate", "mean", "min", "max", "spread", "abs"});
    if (node.text != "abs") node.span = Duration::milliseconds(*rc::gen::inRange(1, 100'000'000));
  } else if (node.kind != Kind::Negate) {
    node.parts.push_back(number_tree(depth - 1));
  }
  return node;
}

RuleNode truth_tree(int depth) {
  RuleNode node;
  node.kind = depth == 0 ? Kind::Compare
                         : *rc::gen::elementOf(std::vector<Kind>{Kind::Compare, Kind::Not,
                                                                 Kind::And, Kind::Or, Kind::Hold});
  if (node.kind == Kind::Compare) {
    node.comparison = static_cast<Comparison>(*rc::gen::inRange(0, 6));
    node.parts = {number_tree(std::min(depth, 2)), number_tree(std::min(depth, 2))};
    if (*rc::gen::arbitrary<bool>()) node.hysteresis = RuleNode::Margin{0.5, "bar"};
    return node;
  }
  node.parts.push_back(truth_tree(depth - 1));
  if (node.kind == Kind::Hold)
    node.span = Duration::milliseconds(*rc::gen::inRange(0, 100'000'000));
  if (node.kind == Kind::And || node.kind == Kind::Or) node.parts.push_back(truth_tree(depth - 1));
  return node;
}

RC_GTEST_PROP(RuleTextProperty, ReadsWhatItPrinted, ()) {
  const auto tree = truth_tree(*rc::gen::inRange(0, 5));
  const auto text = print(tree);
  const auto read = parse_rule(text);
  if (!read) RC_FAIL(text + ": " + read.error().message);
  if (!(*read == tree)) RC_FAIL(text + " became " + print(*read));
}

// ---- compiled: units and names

/// A twin with one rule over two pressures, two temperatures, a speed, a torque and a state.
LoadResult load_rule(const std::string& when, const std::string& more = "") {
  return load_text(
      "gemel: 1\nplant: p\nassets:\n  pump:\n    signals:\n"
      "      p_in: { unit: bar }\n      p_out: { unit: kPa, range: [0, 1000] }\n"
      "      p_gauge: { unit: bar(g) }\n      p_abs: { unit: bar(a) }\n"
      "      t_in: { unit: degC }\n      t_out: { unit: degC }\n      dt: { unit: delta_degC }\n"
      "      speed: { unit: rpm }\n      power: { unit: kW }\n      torque: { unit: Nm }\n"
      "      drive: { unit: Hz }\n"
      "      mode: { states: [local, remote] }\n"
      "    rules:\n      - { when: \"" +
          when + "\"" + more + " }\n",
      "twin.yaml", [](const std::string&) { return std::nullopt; });
}

DetectorSpec rule_of(const std::string& when, const std::string& more = "") {
  const auto result = load_rule(when, more);
  EXPECT_TRUE(std::holds_alternative<Loaded>(result)) << report(result);
  const auto* loaded = std::get_if<Loaded>(&result);
  return loaded ? loaded->plant->detectors.at(0) : DetectorSpec{};
}

std::string refusal(const std::string& when, const std::string& more = "") {
  const auto result = load_rule(when, more);
  const auto* refused = std::get_if<Refused>(&result);
  EXPECT_NE(refused, nullptr) << when << " is right";
  return refused ? refused->problems.at(0).message : "";
}

/// The last constant of the rule, SI.
double constant_in(const std::string& when) {
  const auto rule = rule_of(when);
  double found = 0.0;
  if (!rule.expression) return found;
  for (const auto& term : rule.expression->terms) {
    if (term.kind == Term::Kind::Constant) found = term.number;
  }
  return found;
}

TEST(Rule, StaysAPlainConditionWhereItIsOne) {
  EXPECT_TRUE(rule_of("p_in < -0.6 bar for 5 s").rule);
  EXPECT_TRUE(rule_of("mode == remote").rule);
  const auto rule = rule_of("p_out > 700 hysteresis 0.1 bar");
  ASSERT_TRUE(rule.rule);
  EXPECT_DOUBLE_EQ(rule.settings.at("hysteresis"), 10.0) << "kPa";
  EXPECT_FALSE(rule_of("p_out - p_in > 3 bar").rule);
}

TEST(Rule, ComputesInSi) {
  const auto rule = rule_of("p_out - p_in > 3 bar for 10 s");
  ASSERT_TRUE(rule.expression);
  EXPECT_EQ(rule.expression->hold, Duration::seconds(10));
  EXPECT_EQ(rule.signals.size(), 2u);
  EXPECT_DOUBLE_EQ(constant_in("p_out - p_in > 3 bar"), 3e5);
  EXPECT_DOUBLE_EQ(constant_in("rate(p_in, 1 min) > 0.6 bar/min"), 1000.0);
  EXPECT_DOUBLE_EQ(constant_in("p_in < 3 or p_out > 700"), 7e5) << "a bare number is the signal's";
  EXPECT_DOUBLE_EQ(constant_in("power / torque > 900 rad/s and p_in < 0"), 0.0);
}

TEST(Rule, TakesDifferencesOfTemperaturesForDifferences) {
  EXPECT_DOUBLE_EQ(constant_in("t_out - t_in > 5 degC"), 5.0);
  EXPECT_DOUBLE_EQ(constant_in("t_out - t_in > 9 degF"), 5.0);
  EXPECT_DOUBLE_EQ(constant_in("spread(t_in, 5 min) > 2 degC"), 2.0);
  EXPECT_DOUBLE_EQ(constant_in("mean(t_in, 5 min) > 20 degC"), 293.15);
  EXPECT_DOUBLE_EQ(constant_in("t_in + dt > 20 degC"), 293.15);
  EXPECT_THAT(refusal("t_in + t_out > 20 degC"), HasSubstr("two temperatures have no sum"));
  EXPECT_THAT(refusal("t_in > t_out + 5 degC"), HasSubstr("two temperatures have no sum"));
  EXPECT_THAT(refusal("2 * t_in > 20 degC"), HasSubstr("is no factor"));
  EXPECT_THAT(refusal("t_out - t_in > t_in"), HasSubstr("one side is a temperature"));
  EXPECT_THAT(refusal("t_out - t_in > 5"), HasSubstr("'5' has no unit"));
}

TEST(Rule, RefusesWhatDoesNotMeasureTheSame) {
  EXPECT_EQ(refusal("p_in - t_in > 3 bar"),
            "'p_in - t_in > 3 bar' is not a condition: at 't_in' (character 8): 'degC' does not go "
            "with 'bar' (K against Pa)");
  EXPECT_THAT(refusal("p_out - p_in > 3"), HasSubstr("'3' has no unit"));
  EXPECT_THAT(refusal("rate(p_in, 1 min) > 3 bar"), HasSubstr("does not go with"));
  EXPECT_THAT(refusal("p_gauge - p_abs > 1 bar"), HasSubstr("gauge and absolute"));
  EXPECT_THAT(refusal("p_out - p_inn > 3 bar"), HasSubstr("did you mean 'p_in'?"));
  EXPECT_THAT(refusal("p_out-p_in > 3 bar and p_in > 0"), HasSubstr("put blanks around '-'"));
  EXPECT_THAT(refusal("p_out > 3 baar and p_in > 0"), HasSubstr("unknown unit 'baar'"));
  EXPECT_THAT(refusal("p_out < hihg"), HasSubstr("'hihg' is not a number, and there is no signal"));
  EXPECT_THAT(refusal("mode + 1 > 3"), HasSubstr("'pump.mode' is a state"));
  EXPECT_THAT(refusal("mode == remoet and p_in > 0"), HasSubstr("did you mean 'remote'?"));
  EXPECT_THAT(refusal("mode > local and p_in > 0"), HasSubstr("== or != only"));
  EXPECT_THAT(refusal("3 bar > 2 bar"), HasSubstr("it names no signal"));
  EXPECT_THAT(refusal("mean(3 bar, 1 min) > p_in"), HasSubstr("a window looks at a signal"));
}

TEST(Rule, KnowsThatTorqueTimesSpeedIsPowerAndThatHertzAreTurns) {
  EXPECT_TRUE(rule_of("torque * speed > 0.9 * power").expression);
  EXPECT_TRUE(rule_of("power / speed > 30 Nm").expression);
  EXPECT_TRUE(rule_of("drive * 60 > speed").expression);
  const auto rule = rule_of("drive > 3000 rpm and p_in > 0");
  ASSERT_TRUE(rule.expression);
  EXPECT_NEAR(*rule.expression->limits.at(0), 50.0, 1e-9);
}

TEST(Rule, GivesEachComparisonItsHysteresis) {
  const auto written = rule_of("rate(p_in, 1 min) > 6 bar/min hysteresis 0.6 bar/min");
  EXPECT_DOUBLE_EQ(written.expression->terms.back().number, 1000.0);
  const auto by_default = rule_of("p_out - p_in > 3 bar");
  EXPECT_DOUBLE_EQ(by_default.expression->terms.back().number, 3000.0) << "1 % of the constant";
  const auto setting = rule_of("p_out - p_in > 3 bar", ", settings: { hysteresis: 20 kPa }");
  EXPECT_DOUBLE_EQ(setting.expression->terms.back().number, 20'000.0);
  EXPECT_TRUE(setting.settings.empty());
  EXPECT_THAT(refusal("p_in > 1 and p_out > 2", ", settings: { hysteresis: 1 kPa }"),
              HasSubstr("write it behind each"));
  EXPECT_THAT(refusal("p_in > 1 hysteresis 0.1 bar", ", settings: { hysteresis: 1 kPa }"),
              HasSubstr("leave one out"));
}

TEST(Rule, NamesComputedAmountsInTheUnitTheyAreComparedIn) {
  const auto rule = rule_of("rate(p_in, 1 min) > 0.5 bar/min and t_out - t_in > 5 degC");
  ASSERT_EQ(rule.expression->told.size(), 2u);
  EXPECT_EQ(rule.expression->told[0].text, "rate(p_in, 1 min)");
  EXPECT_EQ(rule.expression->told[0].unit, "bar/min");
  EXPECT_EQ(rule.expression->told[1].unit, "K");
}

TEST(Rule, ChangesThePlantsVersionWithItsMeaningAndNotWithItsBlanks) {
  const auto version = [](const std::string& when) {
    const auto result = load_rule(when, ", alarm: a");
    return std::get<Loaded>(result).plant->version;
  };
  EXPECT_EQ(version("p_out - p_in > 3 bar"), version("(p_out  -  p_in) > 3 bar"));
  EXPECT_NE(version("p_out - p_in > 3 bar"), version("p_out - p_in > 4 bar"));
  EXPECT_NE(version("p_out - p_in > 3 bar"), version("p_in - p_out > 3 bar"));
}

}  // namespace
}  // namespace gemel::spec
