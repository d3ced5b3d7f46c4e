#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "spec/spec.hpp"

namespace gemel::spec {
namespace {

const std::filesystem::path kRoot = GEMEL_SOURCE_DIR;

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(Schema, IsPublishedAsItIs) {
  EXPECT_TRUE(contents(kRoot / "docs/twin.schema.json") == json_schema())
      << "the grammar has changed: gemel check --schema > docs/twin.schema.json";
}

TEST(ExampleTwins, AreAllRight) {
  int found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "examples")) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with("twin.yaml")) continue;
    ++found;
    const auto result = load_file(entry.path().string());
    EXPECT_TRUE(std::holds_alternative<Loaded>(result)) << report(result);
  }
  EXPECT_GT(found, 0);
}

TEST(ExampleTwins, LoadToTheSamePlantEachTime) {
  const auto path = (kRoot / "examples/pump_station/twin.yaml").string();
  const auto first = load_file(path);
  const auto second = load_file(path);
  ASSERT_TRUE(std::holds_alternative<Loaded>(first)) << report(first);
  EXPECT_EQ(std::get<Loaded>(first).plant->version, std::get<Loaded>(second).plant->version);
  EXPECT_TRUE(std::get<Loaded>(first).warnings.empty()) << report(first);
}

TEST(TwinFile, ThatIsNotThereIsAProblemOfItsOwn) {
  for (const auto& path : {std::filesystem::path("/nowhere/twin.yaml"), kRoot}) {
    const auto result = load_file(path.string());
    ASSERT_TRUE(std::holds_alternative<Refused>(result));
    EXPECT_EQ(std::get<Refused>(result).problems.size(), 1u);
  }
}

}  // namespace
}  // namespace gemel::spec
