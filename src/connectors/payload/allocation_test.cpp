// Reading allocates nothing after warm-up. In a file of its own, because it replaces operator new.
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "connectors/payload/message_reader.hpp"

namespace {
std::size_t allocations = 0;
}

// Not inlined: the compiler would otherwise hold malloc against delete where it sees only one of
// the two.
__attribute__((noinline)) void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
__attribute__((noinline)) void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace gemel::connectors::payload {
namespace {

TEST(MessageReader, AllocatesNothingOnceItHasSeenAMessageAsLong) {
  Plant plant;
  plant.signals.resize(2);
  plant.signals[0].id = {0};
  plant.signals[1].id = {1};
  Binding binding;
  binding.time_path = "$.ts";
  binding.fields = {{SignalId{0}, "$.flow", 1.0, 0.0}, {SignalId{1}, "$.m[0].v", 1.0, 0.0}};
  const auto layout = MessageLayout::compile(plant, binding);
  ASSERT_TRUE(layout);
  const std::string message = R"([{"ts":1700000000123,"flow":1.5,"m":[{"v":"2.5"}]},)"
                              R"({"ts":"2020-03-09 10:14:33","flow":null,"m":[{"v":true}]}])";
  MessageReader reader;
  std::vector<Sample> samples;
  reader.read(*layout, message, {}, samples);
  ASSERT_EQ(samples.size(), 4u);
  const auto before = allocations;
  for (int i = 0; i < 100; ++i) {
    samples.clear();
    reader.read(*layout, message, {}, samples);
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace gemel::connectors::payload
