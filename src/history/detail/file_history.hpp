#pragma once
// The durable history from inside: what the committing thread, the one that keeps house and readers
// share. Its members stand in opening.cpp, reading.cpp, trends.cpp, committing.cpp and tending.cpp.

#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "history/detail/fair_shared_mutex.hpp"
#include "history/detail/fold.hpp"
#include "history/detail/housekeeping.hpp"
#include "history/detail/known.hpp"
#include "history/detail/recovery.hpp"
#include "history/detail/rewrite.hpp"
#include "history/detail/sealed.hpp"
#include "history/detail/tail.hpp"
#include "history/detail/wal.hpp"
#include "history/file_history.hpp"

namespace gemel::history::detail {

class FileHistory final : public History {
 public:
  explicit FileHistory(const Options& options);

  Result<void> recover();

  Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                   std::size_t limit) const override;
  Result<BeliefTable> beliefs(Timestamp at, Timestamp known_at) const override;
  Result<std::vector<Bucket>> downsample(SignalId signal, TimeRange range, std::size_t count,
                                         Timestamp known_at) const override;
  Result<std::vector<std::vector<Bucket>>> trends(std::span<const SignalId> signals,
                                                  TimeRange range, std::size_t count,
                                                  Timestamp known_at) const override;
  Result<std::vector<Event>> events(TimeRange known, std::size_t limit) const override;
  Result<Timestamp> frame_at_or_before(Timestamp t) const override;
  Result<TimeRange> extent() const override;

  Result<std::size_t> drop_known(std::vector<Sample>& samples) override;
  Result<void> commit(const Frame& frame) override;
  Result<void> sync() override;
  Result<bool> tend(std::stop_token stop) override;
  HistoryStatus status() const override;

  /// Seals what the log holds, however little. Threads: the committing one.
  Result<void> seal_all();
  /// Merges all segments that can be merged, whatever their sizes. Errors: Cancelled.
  Result<void> merge_all(const std::function<void(double)>& progress, std::stop_token stop);

 private:
  using Sealed = std::shared_ptr<const SealedSegments>;

  /// A tail that takes in no more, and waits to become a segment.
  struct Sealing {
    Tail tail;
    LogRange logs;
    std::uint64_t log_bytes = 0;
    bool damaged = false;  // its logs are kept aside
  };

  /// What a reader looks into: immutable, all of one moment.
  struct View {
    Sealed sealed;
    std::shared_ptr<const Sealing> sealing;
    std::shared_ptr<const Beliefs> base;
    Timestamp base_newest;
  };

  // opening.cpp
  Result<void> open_directory();
  Result<void> open_catalog();
  Result<void> clear_up(const Inventory& inventory);
  Result<void> restore_beliefs();
  void restore_chain();
  void count_sealed();

  // reading.cpp
  View view() const;
  Sealed sealed() const;
  template <class Read>
  auto with_view(const Read& read) const;
  /// `seen`: where it looked.
  Result<void> find_pieces(const Wanted& wanted, std::span<const WantedSeries> series,
                           Sealed& seen) const;

  // trends.cpp
  struct WantedTrend {
    std::uint32_t series = 0;
    std::vector<Bucket>* buckets = nullptr;
  };
  /// Order: `trends` by series.
  Result<void> draw_trends(const Wanted& in, std::size_t count,
                           std::span<const WantedTrend> trends) const;

  // committing.cpp
  Result<void> by_series(const Frame& frame);
  Result<void> check(const Frame& frame) const;
  Result<void> start_log();
  void publish(const SeriesFrame& frame);
  void hand_over_if_due();
  Result<void> hand_over();

  // tending.cpp
  Result<bool> tend_once(std::stop_token stop);
  Result<bool> seal();
  Result<bool> merge_some(std::stop_token stop);
  Result<bool> forget_some(std::stop_token stop);
  Rewriting rewriting() const;
  Result<bool> merge_run(const SealedSegments& sealed, Run run, std::stop_token stop);
  void replace(const SealedSegments& before, Run run, const SegmentInfo& with);
  void remove_logs(const Sealing& sealing);

  Options options_;
  FileSystem& files_;
  mutable OpenSegments open_;
  std::unique_ptr<FileLock> lock_;
  std::vector<SeriesId> series_of_;  // by the plant's signals
  std::size_t series_count_ = 0;
  std::uint64_t segment_weight_ = 0;

  // Of the committing thread alone.
  std::unique_ptr<WalWriter> log_;
  Replayed at_log_;
  KnownSamples known_;
  SeriesFrame incoming_;
  std::uint64_t hand_over_at_ = 0;

  // Of whoever keeps house.
  std::mutex upkeep_mutex_;
  Hash chain_{};
  std::set<LogRange> unmergeable_;  // something in them is damaged
  LookedThrough tended_;
  std::optional<Keep> keep_;  // once it was asked for

  // Read by any thread, changed by the two that write.
  mutable FairSharedMutex mutex_;
  Tail tail_;
  std::shared_ptr<const Sealing> sealing_;
  Sealed sealed_ = std::make_shared<const SealedSegments>();
  std::shared_ptr<const Beliefs> base_ =
      std::make_shared<const Beliefs>();  // after the last sealed
  Timestamp base_newest_ = Timestamp::min();
  HistoryStatus status_;
  std::uint64_t sealed_bytes_ = 0;
  std::uint64_t log_bytes_ = 0;  // of the logs before the one that goes on
};

/// Calls `read(seen)`, which says where it looked. A segment that was merged or replaced while it
/// was looked for is found in its new place.
template <class Read>
auto FileHistory::with_view(const Read& read) const {
  for (;;) {
    Sealed seen;
    auto done = read(seen);
    if (done || done.error().code != ErrorCode::NotFound || seen == sealed()) return done;
  }
}

}  // namespace gemel::history::detail
