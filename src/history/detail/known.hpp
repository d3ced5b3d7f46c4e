#pragma once
// Which samples are already held: repeats of what a source sent before.

#include <vector>

#include "history/detail/sealed.hpp"
#include "history/detail/tail.hpp"

namespace gemel::history::detail {

/// Threads: one.
class KnownSamples {
 public:
  /// From what the history holds when it is opened.
  void restore(const Beliefs& base, const Tail& tail);
  void add(const SeriesFrame& frame);

  /// Takes repeats out of `samples`; how many. What can't be looked up because it is damaged counts
  /// as new. Cost: a comparison for each sample newer than the newest of its series; for others the
  /// chunks they fall into.
  std::size_t drop(std::vector<Sample>& samples, const std::vector<SeriesId>& series_of,
                   std::span<const Tail* const> tails, const SealedSegments& sealed,
                   OpenSegments& open);

 private:
  std::vector<std::uint32_t> doubtful(const std::vector<Sample>& samples,
                                      const std::vector<SeriesId>& series_of);

  struct Change {
    std::uint32_t series;
    Timestamp before;
  };
  std::vector<Timestamp> newest_;  // source time held of each series
  std::vector<Change> changed_;    // of newest_, while samples are looked at
};

}  // namespace gemel::history::detail
