#include "ssp/package.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "ssp/testing/test_systems.hpp"

namespace gemel::ssp {
namespace {

using namespace testing;
using fmu::testing::Member;
using ::testing::HasSubstr;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

LoadOptions of_variant(const char* name) {
  LoadOptions options;
  options.variant = name;
  return options;
}

class SspPackage : public ::testing::Test {
 protected:
  Result<Package> packed(const std::string& source, std::vector<Member> more = {},
                         const LoadOptions& options = {}) {
    more.push_back({"SystemStructure.ssd", description(component("mass", source, {}), "")});
    more.push_back({"resources/mass.fmu", bytes_of(fmus_.make("mass"))});
    return load(fmus_.make("system.ssp", more), options);
  }
  fmu::testing::TestFmus fmus_;
};

TEST_F(SspPackage, FindsItsFmusInsideTheArchive) {
  const auto found = packed("resources/mass.fmu");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->fmus.at("resources/mass.fmu")->description().model_name, "Mass");
}

TEST_F(SspPackage, DecodesASourceThatIsAUri) {
  const auto found = packed("resources/m%61ss.fmu");
  EXPECT_TRUE(found) << found.error().message;
}

TEST_F(SspPackage, LetsNoSourceLeadOutOfTheArchive) {
  const auto outside = fmus_.folder() / "mass.fmu";
  for (const auto& source : {std::string("../mass.fmu"), std::string("resources/../../mass.fmu"),
                             "%2e%2e/mass.fmu" + std::string(), outside.string(),
                             "file:" + outside.string(), std::string("http://host/mass.fmu")}) {
    const auto found = packed(source);
    ASSERT_FALSE(found) << source;
    EXPECT_THAT(found.error().message, HasSubstr("leads elsewhere")) << source;
  }
}

TEST_F(SspPackage, NamesTheMemberThatIsMissing) {
  const auto found = packed("resources/pump.fmu");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("system.ssp/SystemStructure.ssd:4"));
  EXPECT_THAT(found.error().message, HasSubstr("the archive has no such member"));
}

TEST_F(SspPackage, TakesAnotherDescriptionOfTheArchiveByName) {
  const Member other{"Summer.ssd", description(component("other", "resources/mass.fmu", {}), "")};
  const auto found = packed("resources/mass.fmu", {other}, of_variant("Summer.ssd"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->structure.system.components[0].name, "other");
  const auto none = packed("resources/mass.fmu", {other}, of_variant("Winter.ssd"));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message,
              HasSubstr("its descriptions are Summer.ssd, SystemStructure.ssd"));
}

TEST_F(SspPackage, LooksForTheFilesOfABareDescriptionInAFolderByTheirLastName) {
  fmus_.make("mass");
  const auto file = fmus_.folder() / "bare.ssd";
  std::ofstream(file) << description(component("mass", "../../fmi2/mass.fmu", {}), "");
  const auto without = load(file);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().message,
              HasSubstr("name the folder that the files lie in (--folder)"));
  LoadOptions options;
  options.folder = fmus_.folder();
  const auto with = load(file, options);
  EXPECT_TRUE(with) << with.error().message;
}

}  // namespace
}  // namespace gemel::ssp
