#pragma once
// Puts a workload into a history as the engine would: frames in the order in which they were known.

#include <cstdint>
#include <thread>
#include <vector>

#include "core/history.hpp"
#include "workload.hpp"

namespace gemel::bench {

/// Frames of `samples` samples; the last may be smaller. Shapes: known_at is a millisecond after
/// the newest source time so far.
class Framing {
 public:
  explicit Framing(std::size_t samples) : samples_(samples) {}

  /// Cuts frames off `arrived`, in order, and takes them out of it; `rest` says whether a smaller
  /// last one is wanted as well.
  std::vector<Frame> cut(std::vector<Sample>& arrived, bool rest);

 private:
  std::size_t samples_;
  Timestamp newest_ = {0};
  Timestamp known_at_ = {0};
};

/// The whole workload as frames, in memory.
std::vector<Frame> frames_of(const WorkloadOptions& options, std::size_t samples_a_frame);

/// What the engine does beside its ticks: calls tend() until nothing is due, again and again, on a
/// thread of its own. Lifetime: the history must outlive it.
class Upkeep {
 public:
  explicit Upkeep(History& history);
  /// Waits until nothing is due. Errors: those of tend().
  Result<void> finish();

 private:
  History& history_;
  std::jthread thread_;
};

struct Filled {
  std::uint64_t samples = 0;
  double commit_s = 0.0;      // wall time in commit() and sync()
  double drop_known_s = 0.0;  // wall time in drop_known()
  double cpu_s = 0.0;         // of the process meanwhile, drop_known() left out
};

/// Commits the frames one after the other. `sync_every`: as the engine does for a twin with
/// commit_every; 0: each commit is durable. `look_for_repeats`: calls drop_known() first, as the
/// engine does, and times it apart.
Result<Filled> fill(History& history, std::vector<Frame>& frames, Duration sync_every,
                    bool look_for_repeats);

}  // namespace gemel::bench
