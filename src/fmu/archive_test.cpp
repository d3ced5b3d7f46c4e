#include "fmu/archive.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fmu/testing/test_fmus.hpp"

namespace gemel::fmu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Member;
using testing::TestFmus;

class Unpack : public ::testing::Test {
 protected:
  Result<UnpackedArchive> unpacked(const std::vector<Member>& members,
                                   const ArchiveLimits& limits = {}) {
    return unpack(fmus_.make("test.fmu", members), limits);
  }
  void expect_refusal(const std::vector<Member>& members, const std::string& why,
                      const ArchiveLimits& limits = {}) {
    const auto result = unpacked(members, limits);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr(why));
    EXPECT_THAT(result.error().message, HasSubstr("test.fmu"));
  }
  TestFmus fmus_;
};

TEST_F(Unpack, GivesEveryMemberItsBytesInAFolderOfItsOwn) {
  const auto archive = unpacked({{"modelDescription.xml", "<a/>"}, {"resources\\deep/x", "1"}});
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_THAT(archive->members, ElementsAre("modelDescription.xml", "resources/deep/x"));
  std::string text;
  std::ifstream(archive->folder.path() / "resources" / "deep" / "x") >> text;
  EXPECT_EQ(text, "1");
  struct stat status{};
  ASSERT_EQ(::stat(archive->folder.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700);
}

TEST_F(Unpack, LeavesNothingBehind) {
  std::filesystem::path folder;
  {
    const auto archive = unpacked({{"a", "1"}});
    ASSERT_TRUE(archive);
    folder = archive->folder.path();
    ASSERT_TRUE(std::filesystem::exists(folder / "a"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(Unpack, RefusesNamesThatLeadOutOfTheFolder) {
  expect_refusal({{"../evil", "x"}}, "leads out");
  expect_refusal({{"a/../../evil", "x"}}, "leads out");
  expect_refusal({{"a\\..\\..\\evil", "x"}}, "leads out");
  expect_refusal({{"/etc/evil", "x"}}, "absolute");
  expect_refusal({{"C:/evil", "x"}}, "colon");
  expect_refusal({{std::string("a\nb"), "x"}}, "control");
}

TEST_F(Unpack, RefusesLinks) {
  expect_refusal({{"link", "/etc/passwd", S_IFLNK | 0777}}, "no plain file");
}

TEST_F(Unpack, RefusesNamesThatDifferInCaseAlone) {
  expect_refusal({{"binaries/A.so", "x"}, {"Binaries/a.so", "y"}}, "twice");
  expect_refusal({{"a", "x"}, {"A/b", "y"}}, "twice");
  expect_refusal({{"A/b", "y"}, {"a", "x"}}, "twice");
}

TEST_F(Unpack, StopsAtItsLimits) {
  expect_refusal({{"a", "x"}, {"b", "y"}}, "at most 1", {.members = 1});
  expect_refusal({{"a", std::string(3u << 20, 'x')}}, "MiB", {.bytes = 1u << 20});
  // A small archive of very many zeros.
  expect_refusal({{"a", std::string(8u << 20, '\0')}}, "MiB", {.ratio = 10.0, .always = 1u << 20});
}

TEST_F(Unpack, SaysThatAFileIsNoArchive) {
  const auto path = fmus_.folder() / "text.fmu";
  std::ofstream(path) << "this is text";
  const auto result = unpack(path);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Corruption);
  EXPECT_THAT(result.error().message, HasSubstr("text.fmu"));
  EXPECT_EQ(unpack(fmus_.folder() / "absent.fmu").error().code, ErrorCode::NotFound);
}

TEST_F(Unpack, NoticesAByteThatChanged) {
  const auto path = fmus_.make("test.fmu", {{"a", std::string(10'000, 'x') + "y"}});
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(36);  // inside the compressed bytes, after the local header and the name
  file.put('\x55');
  file.close();
  const auto result = unpack(path);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Corruption);
}

}  // namespace
}  // namespace gemel::fmu
