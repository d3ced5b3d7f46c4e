// The tick allocates nothing after warm-up. In a file of its own, because it replaces operator new.
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "pipeline/pipeline.hpp"

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
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace gemel::pipeline {
namespace {

Plant one_watched_signal() {
  Plant plant;
  plant.assets.resize(1);
  Signal& flow = plant.signals.emplace_back();
  flow.id = SignalId{0};
  flow.asset = AssetId{0};
  flow.range = {0.0, 5.0};
  flow.rate_limit_per_s = 1.0;
  flow.gap = Duration::seconds(5);
  flow.stuck_after = Duration::seconds(3);
  return plant;
}

TEST(Pipeline, AllocatesNothingAfterWarmUp) {
  const Plant plant = one_watched_signal();
  Pipeline pipeline(plant);
  std::vector<Sample> batch, gaps;
  batch.reserve(64);
  gaps.reserve(64);
  bool any_gap = false, any_doubt = false;
  const std::size_t before = allocations;
  for (int tick = 0; tick < 100; ++tick) {
    batch.clear();
    gaps.clear();
    const Timestamp now{Duration::seconds(tick * 20).ns};
    for (int i = 0; i < 10; ++i) {
      Sample sample;
      sample.signal = SignalId{0};
      sample.source_time = now + Duration::seconds(i - 5);
      sample.value = tick % 7;
      batch.push_back(sample);
    }
    pipeline.clean(batch, now);
    pipeline.mark_gaps(now + Duration::seconds(10), gaps);
    any_gap = any_gap || !gaps.empty();
    any_doubt = any_doubt || batch[0].quality.grade != Grade::Good;
  }
  const std::size_t after = allocations;
  EXPECT_EQ(after, before);
  // Or this would not have been through the paths that could allocate.
  EXPECT_TRUE(any_gap);
  EXPECT_TRUE(any_doubt);
  EXPECT_FALSE(pipeline.take_skew_notices().empty());
}

}  // namespace
}  // namespace gemel::pipeline
