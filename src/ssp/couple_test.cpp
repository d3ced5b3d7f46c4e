#include <fstream>

#include <gmock/gmock.h>

#include "ssp/coupled_system.hpp"
#include "ssp/feedthrough.hpp"
#include "ssp/testing/test_systems.hpp"

namespace gemel::ssp {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class Couple : public ::testing::Test {
 protected:
  void SetUp() override {
    fmus_.make("mass");
    fmus_.make("link");
  }
  std::string refusal(const std::string& text) {
    const auto found = coupled(fmus_, text);
    return found ? "" : found.error().message;
  }
  fmu::testing::TestFmus fmus_;
};

const Pairs kMass{{"x", "output"}, {"force", "input"}};
const Pairs kLink{{"y", "output"}, {"u", "input"}, {"w", "input"}};

TEST_F(Couple, FollowsConnectionsThroughNestedSystemsAndPutsTransformationsTogether) {
  const auto inner =
      system("inner", component("link", "link.fmu", kLink),
             connection("in", "link.u", "<ssc:LinearTransformation factor='3' offset='1'/>") +
                 connection("link.y", "out"),
             connectors({{"in", "input"}, {"out", "output"}}));
  const auto found = coupled(
      fmus_,
      description(
          component("mass", "mass.fmu", kMass) + inner,
          connection("mass.x", "inner.in", "<ssc:LinearTransformation factor='2' offset='5'/>") +
              connection("mass.force", "inner.out") + connection("inner.out", "shown"),
          connectors({{"shown", "output"}})));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->components.size(), 2u);
  EXPECT_EQ(found->components[1].name, "inner.link");
  std::vector<std::string> wires;
  for (const auto& input : found->inputs) {
    if (input.external) continue;
    const auto& source = found->sources[input.source];
    wires.push_back(found->components[source.component].name + "." + source.variable->name + ">" +
                    found->components[input.component].name + "." + input.variable->name);
    if (input.variable->name != "u") continue;
    EXPECT_EQ(input.transformation, (Linear{6.0, 16.0}));  // 3 (2 x + 5) + 1
  }
  EXPECT_THAT(wires, ElementsAre("inner.link.y>mass.force", "mass.x>inner.link.u"));
  ASSERT_EQ(found->outputs.size(), 1u);
  EXPECT_EQ(found->outputs[0].name, "shown");
  ASSERT_EQ(found->external.size(), 1u);
  EXPECT_EQ(found->external[0].name, "inner.link.w");
}

TEST_F(Couple, ConvertsUnitsBeforeTheLinearTransformation) {
  const std::string units =
      "<ssd:Units><ssc:Unit name='mm'><ssc:BaseUnit m='1' factor='0.001'/></ssc:Unit>"
      "<ssc:Unit name='s'><ssc:BaseUnit s='1'/></ssc:Unit></ssd:Units>";
  const auto wired = [&](const char* unit, const char* transformation) {
    return description(component("mass", "mass.fmu", kMass) +
                           component("link", "link.fmu", {{"u", std::string("input ") + unit}}),
                       connection("mass.x", "link.u", transformation), "", units);
  };
  // The mass's own description says that x is in m.
  const auto found = coupled(fmus_, wired("mm", "<ssc:LinearTransformation offset='7'/>"));
  ASSERT_TRUE(found) << found.error().message;
  const auto input = std::find_if(found->inputs.begin(), found->inputs.end(),
                                  [](const auto& each) { return each.variable->name == "u"; });
  EXPECT_NEAR(input->transformation.factor, 1000.0, 1e-9);
  EXPECT_EQ(input->transformation.offset, 7.0);
  EXPECT_THAT(refusal(wired("s", "")), HasSubstr("a value in m is none in s"));
  const auto told = coupled(fmus_, wired("furlong", ""));
  ASSERT_TRUE(told);
  ASSERT_EQ(told->notes.size(), 1u);
  EXPECT_THAT(told->notes[0], HasSubstr("takes furlong and is given m; not converted"));
}

TEST_F(Couple, LetsOuterAndLaterBindingsReplaceInnerAndEarlierOnes) {
  const auto inner = system(
      "inner", component("mass", "mass.fmu", kMass, bindings({{"m", "1"}, {"k", "1"}, {"d", "1"}})),
      "", bindings({{"mass.k", "2"}, {"mass.d", "2"}}));
  const auto found = coupled(
      fmus_, description(inner, "", bindings({{"inner.mass.d", "3"}, {"inner.mass.none", "4"}})));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->components[0].start_values,
              ElementsAre(Pair("d", "3"), Pair("k", "2"), Pair("m", "1")));
  ASSERT_EQ(found->notes.size(), 1u);
  EXPECT_THAT(found->notes[0], HasSubstr("the parameter 'inner.mass.none' is none of the system"));
}

TEST_F(Couple, GivesParametersThroughConnectorsFilesPrefixesAndMappings) {
  std::ofstream(fmus_.folder() / "values.ssv")
      << "<v:ParameterSet version='1.0' name='s'"
         " xmlns:v='http://ssp-standard.org/SSP1/SystemStructureParameterValues'"
         " xmlns:c='http://ssp-standard.org/SSP1/SystemStructureCommon'><v:Parameters>"
         "<v:Parameter name='weight'><v:Real value='2500' unit='g'/></v:Parameter>"
         "<v:Parameter name='mass.k'><v:Real value='9'/></v:Parameter></v:Parameters>"
         "<v:Units><c:Unit name='g'><c:BaseUnit kg='1' factor='0.001'/></c:Unit></v:Units>"
         "</v:ParameterSet>";
  const auto binding = std::string(
      "<ssd:ParameterBindings><ssd:ParameterBinding source='values.ssv'><ssd:ParameterMapping>"
      "<ssm:ParameterMapping version='1.0'><ssm:MappingEntry source='weight' target='heavy'>"
      "<ssc:LinearTransformation factor='2'/></ssm:MappingEntry></ssm:ParameterMapping>"
      "</ssd:ParameterMapping></ssd:ParameterBinding></ssd:ParameterBindings>");
  const auto found =
      coupled(fmus_, description(component("mass", "mass.fmu", {{"m", "parameter"}}),
                                 connection("heavy", "mass.m"),
                                 "<ssd:Connectors><ssd:Connector name='heavy' kind='parameter'>"
                                 "<ssc:Real unit='kg'/></ssd:Connector></ssd:Connectors>" +
                                     binding,
                                 "<ssd:Units><ssc:Unit name='kg'><ssc:BaseUnit kg='1'/></ssc:Unit>"
                                 "</ssd:Units>"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->components[0].start_values, ElementsAre(Pair("m", "5")));
  EXPECT_THAT(found->notes, IsEmpty());
}

TEST_F(Couple, RefusesConnectionsThatDoNotFit) {
  const auto parts = component("mass", "mass.fmu", kMass) + component("link", "link.fmu", kLink);
  EXPECT_THAT(refusal(description(parts, connection("mass.x", "link.y"))),
              HasSubstr("mass.x and link.y both give a value"));
  EXPECT_THAT(
      refusal(description(parts, connection("mass.x", "link.u") + connection("link.y", "link.u"))),
      HasSubstr("link.u is connected already, on line"));
  EXPECT_THAT(refusal(description(parts, connection("mass.x", "lynk.u"))),
              HasSubstr("this system has no element 'lynk'; did you mean 'link'?"));
  EXPECT_THAT(refusal(description(parts, connection("mass.x", "link.uu"))),
              HasSubstr("link declares no connector 'uu'; did you mean 'u'?"));
  EXPECT_THAT(refusal(description(component("mass", "mass.fmu", {{"x", "input"}}), "")),
              HasSubstr("the connector mass.x is input (Real), but the FMU's variable is output"));
  EXPECT_THAT(
      refusal(description(component("mass", "mass.fmu", {}, bindings({{"der(x)", "1"}})), "")),
      HasSubstr("mass.der(x) is calculated by the FMU"));
  EXPECT_THAT(refusal(description("", "")), HasSubstr("the system has no component"));
}

TEST_F(Couple, FindsAlgebraicLoopsInWhatFmusSayOfTheirOutputs) {
  // Of the masses' outputs none depends on an input at once.
  const auto chain = coupled(fmus_, two_masses(true));
  ASSERT_TRUE(chain) << chain.error().message;
  for (const auto& group : feedthrough_of(*chain).groups) EXPECT_FALSE(group.loop);
  const auto ring = coupled(
      fmus_, description(component("a", "link.fmu", kLink) + component("b", "link.fmu", kLink),
                         connection("a.y", "b.u") + connection("b.y", "a.u")));
  ASSERT_TRUE(ring) << ring.error().message;
  std::size_t loops = 0;
  for (const auto& group : feedthrough_of(*ring).groups) {
    if (!group.loop) continue;
    ++loops;
    EXPECT_EQ(group.inputs.size(), 2u);
    EXPECT_EQ(group.sources.size(), 2u);
  }
  EXPECT_EQ(loops, 1u);
}

TEST_F(Couple, EvaluatesWhatGivesBeforeWhatTakes) {
  const auto found = coupled(
      fmus_, description(component("c", "link.fmu", kLink) + component("b", "link.fmu", kLink) +
                             component("a", "link.fmu", kLink),
                         connection("a.y", "b.u") + connection("b.y", "c.u")));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(feedthrough_of(*found).components, ElementsAre(2u, 1u, 0u));
}

}  // namespace
}  // namespace gemel::ssp
