#pragma once
// A history that lives in memory alone: the simplest implementation of the port, the oracle of the
// durable one and the double for everybody's tests.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::history {

class MemoryHistory final : public History {
 public:
  explicit MemoryHistory(const Plant& plant) : MemoryHistory(plant.signals.size()) {}
  explicit MemoryHistory(std::size_t signals) : series_(signals) {}

  Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                   std::size_t limit) const override;
  Result<BeliefTable> beliefs(Timestamp at, Timestamp known_at) const override;
  Result<std::vector<Bucket>> downsample(SignalId signal, TimeRange range, std::size_t count,
                                         Timestamp known_at) const override;
  Result<std::vector<Event>> events(TimeRange known, std::size_t limit) const override;
  Result<Timestamp> frame_at_or_before(Timestamp t) const override;
  Result<TimeRange> extent() const override;

  Result<std::size_t> drop_known(std::vector<Sample>& samples) override;
  Result<void> commit(const Frame& frame) override;
  Result<void> sync() override { return {}; }
  HistoryStatus status() const override;

  /// For tests of the engine: while an error is set, commit() fails with it and adds nothing.
  void fail_commits(std::optional<Error> error);

 private:
  using Series =
      std::multimap<Timestamp, Record>;  // by source time; equal ones in the order of commits

  std::vector<Record> visible(SignalId signal, TimeRange range, Timestamp known_at) const;

  mutable std::mutex mutex_;
  std::vector<Series> series_;
  std::vector<Event> events_;
  std::vector<Timestamp> frames_;
  HistoryStatus status_;
  std::optional<Error> failing_;
};

}  // namespace gemel::history
