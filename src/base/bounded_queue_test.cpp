#include "base/bounded_queue.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace gemel {
namespace {

using namespace std::chrono_literals;

TEST(BoundedQueue, RefusesPushWhenFull) {
  BoundedQueue<int> queue{{.capacity = 2, .when_full = WhenFull::Refuse}};
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.refused(), 1u);
  EXPECT_EQ(queue.drain(0ns), (std::vector{1, 2}));
}

TEST(BoundedQueue, DropsTheOldestAndCountsIt) {
  BoundedQueue<int> queue{{.capacity = 2, .when_full = WhenFull::DropOldest}};
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(queue.push(i));
  EXPECT_EQ(queue.dropped(), 1u);
  EXPECT_EQ(queue.drain(0ns), (std::vector{2, 3}));
}

TEST(BoundedQueue, BlockedPushGoesOnAfterDrain) {
  BoundedQueue<int> queue{{.capacity = 1, .when_full = WhenFull::Block}};
  EXPECT_TRUE(queue.push(1));
  std::jthread producer([&] { EXPECT_TRUE(queue.push(2)); });
  std::vector<int> seen;
  while (seen.size() < 2) {
    for (const int i : queue.drain(1s)) seen.push_back(i);
  }
  EXPECT_EQ(seen, (std::vector{1, 2}));
}

TEST(BoundedQueue, BlockedPushEndsWhenStopIsAskedFor) {
  BoundedQueue<int> queue{{.capacity = 1, .when_full = WhenFull::Block}};
  EXPECT_TRUE(queue.push(1));
  std::jthread producer([&](std::stop_token stop) { EXPECT_FALSE(queue.push(2, stop)); });
  producer.request_stop();
  producer.join();
  EXPECT_EQ(queue.size(), 1u);
}

}  // namespace
}  // namespace gemel
