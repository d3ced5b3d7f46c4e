#pragma once
// A recorded table as a history: just what a detector needs to learn from.

#include <vector>

#include "core/history.hpp"

namespace gemel::bench {

/// Records of each signal in the order of time. Everything counts as known at once.
class RecordedSignals final : public HistoryReader {
 public:
  explicit RecordedSignals(std::size_t signals) : records_(signals) {}
  void add(const Sample& sample);
  void add(const Event& event) { events_.push_back(event); }

  Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                   std::size_t limit) const override;
  Result<TimeRange> extent() const override;
  Result<std::vector<Event>> events(TimeRange known, std::size_t limit) const override;

  // Not asked of it here: Unsupported.
  Result<BeliefTable> beliefs(Timestamp at, Timestamp known_at) const override;
  Result<std::vector<Bucket>> downsample(SignalId signal, TimeRange range, std::size_t count,
                                         Timestamp known_at) const override;
  Result<Timestamp> frame_at_or_before(Timestamp t) const override;

 private:
  std::vector<std::vector<Record>> records_;
  std::vector<Event> events_;
};

}  // namespace gemel::bench
