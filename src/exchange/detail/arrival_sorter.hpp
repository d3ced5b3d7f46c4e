#pragma once
// Puts arrivals into the order in which they were known, then of source time, in bounded memory.
// Source: the external merge sort of Knuth, TAOCP 3, 5.4.

#include <filesystem>
#include <span>
#include <vector>

#include "exchange/detail/arrival.hpp"

namespace gemel::exchange::detail {

/// Order: add() any number of times, seal() once, then take() from the first to the last, as often
/// as rewind() is called in between. Equal ones keep their order. Limits: memory for `run`
/// arrivals; what is more goes to a file in `folder` that has no name and is gone when the sorter
/// is. Threads: one.
class ArrivalSorter {
 public:
  static constexpr std::size_t kRun = 2u << 20;

  explicit ArrivalSorter(std::filesystem::path folder, std::size_t run = kRun);
  ~ArrivalSorter();
  ArrivalSorter(const ArrivalSorter&) = delete;
  ArrivalSorter& operator=(const ArrivalSorter&) = delete;

  /// Errors: Unavailable (the scratch file; the message says why).
  Result<void> add(std::span<const Arrival> arrivals);
  Result<void> seal();

  void rewind();
  /// Appends up to `most`. False when there are no more.
  Result<bool> take(std::vector<Arrival>& arrivals, std::size_t most);

  std::uint64_t size() const { return size_; }

 private:
  /// A sorted stretch of the scratch file, read in blocks.
  struct Run {
    std::uint64_t begin = 0;  // in arrivals
    std::uint64_t end = 0;
    std::uint64_t next = 0;  // to be read from the file
    std::vector<Arrival> block;
    std::size_t at = 0;
  };

  void sort();
  Result<void> spill();
  Result<bool> refill(Run& run);
  Result<void> begin_merge();
  bool later(std::size_t a, std::size_t b) const;

  const std::filesystem::path folder_;
  const std::size_t run_size_;
  std::vector<Arrival> memory_;  // the run that is being filled
  std::size_t at_ = 0;           // where nothing was spilled: the next to be taken
  int file_ = -1;
  std::vector<Run> runs_;
  std::vector<std::size_t> heads_;  // a heap of runs, the one with the earliest arrival on top
  bool merging_ = false;
  std::uint64_t size_ = 0;
};

}  // namespace gemel::exchange::detail
