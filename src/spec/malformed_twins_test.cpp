// Twin files as people get them wrong, and what they are told: tests/golden/malformed_twins.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "spec/spec.hpp"

namespace gemel::spec {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(GEMEL_SOURCE_DIR) / "tests/golden/malformed_twins";

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// With GEMEL_UPDATE_GOLDEN=1 the answers are written anew, to be read before they are committed.
TEST(MalformedTwins, AreExplained) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++found;
    const auto name = entry.path().filename().string();
    const auto result =
        load_text(contents(entry.path()), name, [](const std::string&) { return std::nullopt; });
    EXPECT_TRUE(std::holds_alternative<Refused>(result)) << name << " is right";
    auto expected = entry.path();
    expected.replace_extension(".expected");
    if (std::getenv("GEMEL_UPDATE_GOLDEN") != nullptr)
      std::ofstream(expected, std::ios::binary) << report(result);
    EXPECT_EQ(report(result), contents(expected)) << name;
  }
  EXPECT_GE(found, 10);
}

}  // namespace
}  // namespace gemel::spec
