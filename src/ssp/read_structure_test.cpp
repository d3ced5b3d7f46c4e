#include <gmock/gmock.h>

#include "ssp/structure.hpp"
#include "ssp/testing/test_systems.hpp"

namespace gemel::ssp {
namespace {

using namespace testing;
using ::testing::HasSubstr;

std::string refusal(const std::string& text) {
  const auto read = read_structure(text, "s.ssd");
  return read ? "" : read.error().message;
}

TEST(SspStructure, ReadsNestedSystemsConnectorsConnectionsAndBindings) {
  const auto text = description(
      component("pump", "resources/pump.fmu", {{"flow", "output l/s"}},
                bindings({{"wear", "0.1"}})) +
          system("drive", component("motor", "motor.fmu", {{"speed", "output"}}),
                 connection("motor.speed", "speed"), connectors({{"speed", "output"}})),
      connection("pump.flow", "flow", "<ssc:LinearTransformation factor='2' offset='-1'/>"),
      connectors({{"flow", "output"}}),
      "<ssd:Units><ssc:Unit name='l/s'><ssc:BaseUnit m='3' s='-1' factor='0.001'/></ssc:Unit>"
      "</ssd:Units><ssd:DefaultExperiment startTime='1' stopTime='9'/>");
  const auto read = read_structure(text, "s.ssd");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->start_s, 1.0);
  EXPECT_EQ(read->stop_s, 9.0);
  ASSERT_EQ(read->units.size(), 1u);
  EXPECT_EQ(read->units[0].factor, 0.001);
  const auto& root = read->system;
  ASSERT_EQ(root.components.size(), 1u);
  EXPECT_EQ(root.components[0].source, "resources/pump.fmu");
  EXPECT_EQ(root.components[0].connectors[0].unit, "l/s");
  ASSERT_TRUE(root.components[0].bindings[0].values);
  EXPECT_EQ(root.components[0].bindings[0].values->parameters[0].value, "0.1");
  ASSERT_EQ(root.systems.size(), 1u);
  EXPECT_EQ(root.systems[0].components[0].name, "motor");
  ASSERT_EQ(root.connections.size(), 1u);
  EXPECT_EQ(root.connections[0].start.element, "pump");
  EXPECT_EQ(root.connections[0].end.element, "");
  EXPECT_EQ(*root.connections[0].transformation, (Linear{2.0, -1.0}));
}

TEST(SspStructure, TakesNamespacesForWhatTheyAreWhateverTheirPrefix) {
  const auto read = read_structure(
      "<SystemStructureDescription version='1.0' name='n'"
      " xmlns='http://ssp-standard.org/SSP1/SystemStructureDescription'"
      " xmlns:c='http://ssp-standard.org/SSP1/SystemStructureCommon'><System name='s'><Elements>"
      "<Component name='a' source='a.fmu'><Connectors><Connector name='x' kind='input'><c:Real/>"
      "</Connector></Connectors></Component></Elements></System></SystemStructureDescription>",
      "s.ssd");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->system.components[0].connectors[0].type, ValueType::Real);
}

TEST(SspStructure, RefusesByNameWhatItDoesNotSupport) {
  EXPECT_THAT(refusal(description("", "", "<ssd:SignalDictionaries/>")),
              HasSubstr("<ssd:SignalDictionaries>: is not supported; connect"));
  EXPECT_THAT(refusal(description("<ssd:SignalDictionaryReference name='d' dictionary='d'/>", "")),
              HasSubstr("<ssd:SignalDictionaryReference name=\"d\">: is not supported"));
  EXPECT_THAT(
      refusal(description("", connection("a.x", "b.y", "<ssc:BooleanMappingTransformation/>"))),
      HasSubstr("<ssc:BooleanMappingTransformation>: is not supported"));
  EXPECT_THAT(refusal(description("<ssd:Component name='a' source='a.ssp'"
                                  " type='application/x-ssp-package'/>",
                                  "")),
              HasSubstr("type=\"application/x-ssp-package\" is not supported; use an FMU"));
  EXPECT_THAT(refusal(description("<ssd:Component name='a' source='a.fmu'"
                                  " implementation='ModelExchange'/>",
                                  "")),
              HasSubstr("export the FMU for co-simulation"));
  EXPECT_THAT(refusal(description("",
                                  "<ssd:Connection startConnector='a' endConnector='b'"
                                  " startIndices='1'/>")),
              HasSubstr("the attribute startIndices is not one of SSP 1.0 here"));
  EXPECT_THAT(refusal(description("<ssd:Robot/>", "")), HasSubstr("<ssd:Robot>: is no element"));
  auto second = description("", "");
  second.replace(second.find("version='1.0' name='test'"), 13, "version='2.0'");
  EXPECT_THAT(refusal(second), HasSubstr("version=\"2.0\"; SSP 1.0 is read"));
}

TEST(SspStructure, SaysWhereAMistakeStands) {
  EXPECT_THAT(refusal(description("\n\n<ssd:Component name='a'/>", "")),
              HasSubstr("s.ssd:5: <ssd:Component name=\"a\">: attribute source is missing"));
  EXPECT_THAT(refusal(description(component("a", "a.fmu", {{"x", "sideways"}}), "")),
              HasSubstr("kind=\"sideways\" is none of input, output"));
  EXPECT_THAT(refusal(description(component("a", "a.fmu", {}) + component("a", "b.fmu", {}), "")),
              HasSubstr("the name is there twice in this system"));
  EXPECT_THAT(refusal("<a/>"), HasSubstr("s.ssd:1: <a>: the outermost element must be"));
}

TEST(SspStructure, LeavesGeometryAndAnnotationsAside) {
  const auto text = description(
      component("a", "a.fmu", {}, "<ssd:ElementGeometry x1='0' y1='0' x2='1' y2='1'/>"), "",
      "<ssd:SystemGeometry x1='0' y1='0' x2='1' y2='1'/>",
      "<ssd:Annotations><ssc:Annotation type='x'><anything/></ssc:Annotation></ssd:Annotations>");
  EXPECT_EQ(refusal(text), "");
}

TEST(SspParameters, ReadsEveryTypeAndAnEnumerationsItemAsItsNumber) {
  const auto set = read_parameter_set(
      "<p:ParameterSet version='1.0' name='s'"
      " xmlns:p='http://ssp-standard.org/SSP1/SystemStructureParameterValues'"
      " xmlns:c='http://ssp-standard.org/SSP1/SystemStructureCommon'><p:Parameters>"
      "<p:Parameter name='r'><p:Real value='1e-3' unit='mm'/></p:Parameter>"
      "<p:Parameter name='i'><p:Integer value='-4'/></p:Parameter>"
      "<p:Parameter name='b'><p:Boolean value='1'/></p:Parameter>"
      "<p:Parameter name='s'><p:String value='Euler'/></p:Parameter>"
      "<p:Parameter name='e'><p:Enumeration value='Open' name='Valve'/></p:Parameter>"
      "</p:Parameters><p:Enumerations><c:Enumeration name='Valve'><c:Item name='Shut' value='0'/>"
      "<c:Item name='Open' value='7'/></c:Enumeration></p:Enumerations></p:ParameterSet>",
      "v.ssv");
  ASSERT_TRUE(set) << set.error().message;
  std::vector<std::string> values;
  for (const auto& each : set->parameters) values.push_back(each.value);
  EXPECT_THAT(values, ::testing::ElementsAre("1e-3", "-4", "true", "Euler", "7"));
  EXPECT_EQ(set->parameters[0].unit, "mm");
}

TEST(SspParameters, RefusesAValueThatIsNoneOfItsType) {
  const auto set = read_parameter_set(
      "<p:ParameterSet version='1.0' name='s'"
      " xmlns:p='http://ssp-standard.org/SSP1/SystemStructureParameterValues'><p:Parameters>\n"
      "<p:Parameter name='r'><p:Real value='fast'/></p:Parameter></p:Parameters></p:ParameterSet>",
      "v.ssv");
  ASSERT_FALSE(set);
  EXPECT_THAT(set.error().message, HasSubstr("v.ssv:2: <p:Real>: value=\"fast\" is no number"));
}

TEST(SspMapping, ReadsEntriesWithTheirTransformation) {
  const auto mapping = read_mapping(
      "<m:ParameterMapping version='1.0'"
      " xmlns:m='http://ssp-standard.org/SSP1/SystemStructureParameterMapping'"
      " xmlns:c='http://ssp-standard.org/SSP1/SystemStructureCommon'>"
      "<m:MappingEntry source='a' target='b.c'><c:LinearTransformation factor='3'/>"
      "</m:MappingEntry></m:ParameterMapping>",
      "m.ssm");
  ASSERT_TRUE(mapping) << mapping.error().message;
  ASSERT_EQ(mapping->entries.size(), 1u);
  EXPECT_EQ(mapping->entries[0].target, "b.c");
  EXPECT_EQ(mapping->entries[0].transformation->factor, 3.0);
}

}  // namespace
}  // namespace gemel::ssp
