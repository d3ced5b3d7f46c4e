#include "layers.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace gemel::layers {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Layers, AreKeptByEveryInclude) {
  const Modules modules = read_modules(GEMEL_LAYERS_TABLE);
  ASSERT_GE(modules.size(), 3u) << GEMEL_LAYERS_TABLE;
  std::string all;
  for (const auto& offence : offences(fs::path(GEMEL_SOURCE_DIR) / "src", modules, third_parties()))
    all += offence + "\n";
  EXPECT_EQ(all, "");
}

TEST(Layers, AreNamedFromBelow) {
  const Modules modules = read_modules(GEMEL_LAYERS_TABLE);
  for (const auto& [name, module] : modules) {
    for (const auto& dep : module.deps) {
      const auto found = modules.find(dep);
      ASSERT_NE(found, modules.end()) << name << " names " << dep << ", which is no module";
      EXPECT_LT(found->second.rank, module.rank) << name << " names " << dep;
    }
  }
}

/// A made-up tree of modules: floor (0) below left and right (both 1) below roof (2).
class MadeUpTree : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ("gemel_layers_" + std::to_string(::getpid()));
    write("floor/floor.hpp", "#include <vector>\n");
    write("floor/detail/joint.hpp", "");
    write("left/left.hpp", "#pragma once\n#include \"floor/floor.hpp\"\n");
    write("left/left.cpp", "#include \"left/left.hpp\"\n#include <glue/glue.h>\n");
    write("right/right.hpp", "");
    write("roof/roof.cpp", "#include \"left/left.hpp\"\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  std::vector<std::string> found() const {
    const Modules modules{{"floor", {"floor", 0, {}}},
                          {"left", {"left", 1, {"floor"}}},
                          {"right", {"right", 1, {"floor", "left"}}},
                          {"roof", {"roof", 2, {"left"}}}};
    return offences(root_, modules, {{"glue/", {"left"}}});
  }

  fs::path root_;
};

TEST_F(MadeUpTree, IsInOrder) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(MadeUpTree, OffendsByAModuleThatIsNotNamed) {
  write("roof/roof.cpp", "// over all\n\n  #  include \"right/right.hpp\"\n");
  EXPECT_THAT(found(), ElementsAre("src/roof/roof.cpp:3: roof includes \"right/right.hpp\" but "
                                   "does not name right in its DEPS"));
}

TEST_F(MadeUpTree, OffendsByAModuleOnlyReachedThroughAnother) {
  write("roof/roof.cpp", "#include \"floor/floor.hpp\"\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("does not name floor")));
}

TEST_F(MadeUpTree, OffendsByAnEqualRankEvenWhenItIsNamed) {
  write("right/right.cpp", "#include \"left/left.hpp\"\n");
  EXPECT_THAT(
      found(),
      ElementsAre(
          "src/right/right.cpp:1: right includes \"left/left.hpp\", which is not of lower rank"));
}

TEST_F(MadeUpTree, OffendsByLookingUp) {
  write("floor/floor.cpp", "#include \"left/left.hpp\"\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("src/floor/floor.cpp:1: ")));
}

TEST_F(MadeUpTree, OffendsByLookingIntoANeighboursDetail) {
  write("left/other.cpp", "#include \"floor/detail/joint.hpp\"\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("hidden in that module's detail/")));
}

TEST_F(MadeUpTree, OffendsByALibraryOfAnotherModule) {
  write("right/right.cpp", "#include <glue/glue.h>\n");
  EXPECT_THAT(found(),
              ElementsAre("src/right/right.cpp:1: <glue/glue.h> does not belong in right"));
}

TEST_F(MadeUpTree, OffendsByALibraryInAPublicHeader) {
  write("left/left.hpp", "#include <glue/glue.h>\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("<glue/glue.h> in a public header of left")));
}

TEST_F(MadeUpTree, AllowsALibraryInHeadersThatOthersCannotSee) {
  write("left/detail/inner.hpp", "#include <glue/glue.h>\n");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(MadeUpTree, OffendsByAPathThatDoesNotBeginAtTheRoot) {
  write("left/left.cpp", "#include \"left.hpp\"\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("is no path from src/")));
}

TEST_F(MadeUpTree, OffendsByAFolderThatNobodyDeclared) {
  write("attic/attic.cpp", "");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("src/attic/attic.cpp:1: belongs to no module")));
}

}  // namespace
}  // namespace gemel::layers
