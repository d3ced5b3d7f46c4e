#include "base/beside_program.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace gemel {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const OptionalLibrary kLibrary{"libnone.so", "GEMEL_TEST_LIBRARY"};

/// Sets the variable as long as it lives.
class Told {
 public:
  explicit Told(const std::string& place) { ::setenv(kLibrary.variable.c_str(), place.c_str(), 1); }
  ~Told() { ::unsetenv(kLibrary.variable.c_str()); }
};

std::vector<std::string> texts(const std::vector<fs::path>& places) {
  std::vector<std::string> out;
  for (const auto& place : places) out.push_back(place.string());
  return out;
}

TEST(OptionalLibrary, IsLookedForBesideTheProgramAndInTheBuildTreeAboveIt) {
  EXPECT_THAT(
      texts(places_of(kLibrary, "/b/src/gemel")),
      ElementsAre("/b/src/libnone.so", "/b/src/../lib/libnone.so", "/b/src/deps/lib/libnone.so",
                  "/b/deps/lib/libnone.so", "build/deps/lib/libnone.so"));
  EXPECT_THAT(texts(places_of(kLibrary, {})), ElementsAre("build/deps/lib/libnone.so"));
}

TEST(OptionalLibrary, IsFirstLookedForWhereTheEnvironmentSays) {
  const Told told("/opt/none");
  EXPECT_THAT(texts(places_of(kLibrary, {})),
              ElementsAre("/opt/none", "/opt/none/libnone.so", "build/deps/lib/libnone.so"));
}

TEST(OptionalLibrary, IsFoundAsAFileOrInItsFolder) {
  const auto folder = fs::temp_directory_path() / ("gemel-library-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto file = folder / kLibrary.file;
  std::ofstream(file) << "not really one";
  for (const auto& place : {folder, file}) {
    const Told told(place.string());
    const auto found = find_library(kLibrary);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, file);
  }
  fs::remove_all(folder);
}

TEST(OptionalLibrary, ThatIsNowhereIsMissedWithThePlacesAndTheVariable) {
  const Told told("/nowhere/at/all");
  const auto found = find_library(kLibrary);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::NotFound);
  EXPECT_THAT(found.error().message, HasSubstr("/nowhere/at/all/libnone.so"));
  EXPECT_THAT(found.error().message, HasSubstr("set GEMEL_TEST_LIBRARY"));
}

}  // namespace
}  // namespace gemel
