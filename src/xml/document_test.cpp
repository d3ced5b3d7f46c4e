#include "xml/document.hpp"

#include <gmock/gmock.h>

namespace gemel::xml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(XmlDocument, KeepsTheFirstMistakeWithFileLineAndElement) {
  Document xml("<a>\n <b name=\"x\" size=\"many\"/>\n <b size=\"no\"/></a>", "f.xml");
  for (const auto each : xml.root().children("b")) (void)xml.whole(each, "size", 9);
  ASSERT_FALSE(xml.ok());
  EXPECT_EQ(xml.error().message,
            "f.xml:2: <b name=\"x\">: size=\"many\" is no whole number of 0 to 9");
}

TEST(XmlDocument, KnowsWhichNamespaceAPrefixStandsForWhereItIsUsed) {
  Document xml(
      "<p:a xmlns:p='urn:one'><p:b/><c xmlns='urn:two'><p:d xmlns:p='urn:three'/></c></p:a>",
      "f.xml");
  ASSERT_TRUE(xml.ok());
  const auto root = xml.root();
  EXPECT_EQ(root.local_name(), "a");
  EXPECT_EQ(root.name_space(), "urn:one");
  const auto inner = root.children();
  ASSERT_EQ(inner.size(), 2u);
  EXPECT_EQ(inner[0].name_space(), "urn:one");
  EXPECT_EQ(inner[1].name_space(), "urn:two");
  EXPECT_EQ(inner[1].children().front().name_space(), "urn:three");
}

TEST(XmlDocument, GivesElementsAndNeitherTextsNorComments) {
  Document xml("<a>word<!-- b --><b x='1' y=''/> </a>", "f.xml");
  const auto inner = xml.root().children();
  ASSERT_EQ(inner.size(), 1u);
  EXPECT_THAT(inner[0].attributes(), ElementsAre("x", "y"));
  EXPECT_EQ(inner[0].attribute("y"), "");
  EXPECT_EQ(inner[0].attribute("z"), std::nullopt);
}

TEST(XmlDocument, RefusesADocumentTypeForItMayDefineEntities) {
  Document xml("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "f.xml");
  ASSERT_FALSE(xml.ok());
  EXPECT_THAT(xml.error().message, HasSubstr("document type"));
}

TEST(XmlDocument, SaysOnWhichLineTextStopsBeingXml) {
  Document xml("<a>\n<b>\n</a>", "f.xml");
  ASSERT_FALSE(xml.ok());
  EXPECT_THAT(xml.error().message, HasSubstr("f.xml:"));
  EXPECT_THAT(xml.error().message, HasSubstr("no XML"));
}

}  // namespace
}  // namespace gemel::xml
