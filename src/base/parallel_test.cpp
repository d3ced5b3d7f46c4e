#include "base/parallel.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace gemel {
namespace {

TEST(ShareOut, CoversEveryPlaceOnce) {
  for (const std::size_t count : {0, 1, 7, 1000}) {
    std::vector<std::atomic<int>> seen(count);
    const auto done = share_out(count, 3, [&](std::size_t first, std::size_t last) -> Result<void> {
      for (auto i = first; i < last; ++i) ++seen[i];
      return {};
    });
    EXPECT_TRUE(done);
    for (const auto& times : seen) EXPECT_EQ(times, 1);
  }
}

TEST(ShareOut, KeepsSmallWorkOnThisThread) {
  const auto here = std::this_thread::get_id();
  EXPECT_TRUE(share_out(9, 5, [&](std::size_t first, std::size_t last) -> Result<void> {
    EXPECT_EQ(std::this_thread::get_id(), here);
    EXPECT_EQ(last - first, 9u);
    return {};
  }));
}

TEST(ShareOut, MayBeCalledFromSharesAndFromSeveralThreads) {
  std::atomic<int> seen = 0;
  const auto inner = [&](std::size_t first, std::size_t last) -> Result<void> {
    seen += static_cast<int>(last - first);
    return {};
  };
  const auto outer = [&](std::size_t first, std::size_t last) -> Result<void> {
    for (auto i = first; i < last; ++i) EXPECT_TRUE(share_out(100, 1, inner));
    return {};
  };
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i) callers.emplace_back([&] { EXPECT_TRUE(share_out(20, 1, outer)); });
  }
  EXPECT_EQ(seen, 4 * 20 * 100);
}

TEST(ShareOut, GivesTheErrorOfTheFirstShareThatFailed) {
  const auto done = share_out(100, 1, [](std::size_t first, std::size_t) -> Result<void> {
    return {ErrorCode::Corruption, std::to_string(first)};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "0");
}

}  // namespace
}  // namespace gemel
