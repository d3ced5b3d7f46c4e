// The histories that need nothing but the program: in memory, and in files at several sizes.

#include <gtest/gtest.h>

#include "backend.hpp"
#include "history/file_history.hpp"
#include "history/memory_history.hpp"
#include "history/simulated_files.hpp"

namespace gemel::testing {
namespace {

class Memory final : public Place {
 public:
  std::unique_ptr<History> open(const Plant& plant) override {
    return std::make_unique<history::MemoryHistory>(plant);
  }
};

class Files final : public Place {
 public:
  Files(std::uint64_t seed, std::uint64_t segment_samples)
      : files_(seed), segment_samples_(segment_samples) {}

  std::unique_ptr<History> open(const Plant& plant) override {
    auto opened = history::open({.directory = "/h",
                                 .plant = &plant,
                                 .segment_samples = segment_samples_,
                                 // Short enough for the few minutes that the suite's streams last.
                                 .roll_ups = {Duration::seconds(2), Duration::seconds(15)},
                                 .files = &files_});
    if (opened) return std::move(*opened);
    ADD_FAILURE() << opened.error().message;
    return nullptr;
  }

 private:
  history::SimulatedFiles files_;
  const std::uint64_t segment_samples_;
};

Backend in_memory() {
  return {.name = "Memory",
          .make_place = [](std::uint64_t) { return std::make_unique<Memory>(); },
          .lasts = false};
}

Backend in_files(std::string name, std::uint64_t segment_samples) {
  return {.name = std::move(name), .make_place = [=](std::uint64_t seed) {
            return std::make_unique<Files>(seed, segment_samples);
          }};
}

}  // namespace

std::vector<Backend> backends() {
  return {in_memory(), in_files("FileOfLog", 1u << 20), in_files("FileOfSmallSegments", 40),
          in_files("FileOfSegmentsAlone", 1)};
}

}  // namespace gemel::testing
