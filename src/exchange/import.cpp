#include "exchange/import.hpp"

#include <algorithm>

#include "exchange/detail/arrival_sorter.hpp"
#include "exchange/detail/csv_arrivals.hpp"

namespace gemel::exchange {
namespace {

using detail::Arrival;

constexpr std::size_t kFrameMax = 1'000'000;  // samples of one frame that is made again
constexpr std::size_t kSyncEvery = 100'000;   // samples
constexpr std::size_t kTakeAtOnce = 64u << 10;

bool is_parquet(const ImportRequest& request) {
  if (request.kind != FileKind::ByEnding) return request.kind == FileKind::Parquet;
  return request.path.extension() == ".parquet";
}

Sample sample_of(const Arrival& arrival) {
  return {arrival.signal, arrival.quality, arrival.source_time, arrival.value};
}

class Import {
 public:
  Import(History& history, const Plant& plant, const Clock& clock, const ImportRequest& request,
         const WatchImport& watch, std::stop_token stop)
      : history_(history),
        clock_(clock),
        request_(request),
        watch_(watch),
        stop_(std::move(stop)),
        names_(plant),
        sorter_(request.scratch.empty() ? std::filesystem::temp_directory_path() : request.scratch),
        last_(history.status().last_known_at) {}

  Result<ImportReport> run() {
    GEMEL_TRY(read());
    if (told_ && sorter_.size() > 0) {
      GEMEL_ASSIGN(report_.as_they_were, can_be_made_again());
    }
    GEMEL_TRY(write());
    return report_;
  }

 private:
  Result<void> read() {
    const auto now = clock_.now();
    GEMEL_ASSIGN(const auto reader, is_parquet(request_)
                                        ? detail::open_parquet(request_, names_, now)
                                        : detail::open_csv(request_, names_, now));
    std::vector<Arrival> arrivals;
    for (;;) {
      if (stop_.stop_requested())
        return {ErrorCode::Cancelled, "stopped while reading; nothing was imported"};
      arrivals.clear();
      GEMEL_ASSIGN(const bool more, reader->next(arrivals));
      if (!more) break;
      for (const auto& arrival : arrivals) told_ = told_ && arrival.known_at != Timestamp::min();
      GEMEL_TRY(sorter_.add(arrivals));
      tell(false, reader->done(), sorter_.size());
    }
    report_.rows = reader->rows();
    report_.skipped = names_.unknown_count();
    report_.unknown = names_.unknown();
    if (!report_.unknown.empty() && !request_.skip_unknown)
      return names_.unknown_error(request_.path.string());
    return sorter_.seal();
  }

  /// Frames follow the history's newest. What the file has of before must be there already: then
  /// this import goes on where an earlier one was stopped.
  Result<bool> can_be_made_again() {
    Timestamp frame = Timestamp::min();
    std::size_t in_frame = 0;
    std::vector<Arrival> arrivals;
    std::vector<Sample> held;
    for (bool more = true; more;) {
      arrivals.clear();
      held.clear();
      GEMEL_ASSIGN(more, sorter_.take(arrivals, kTakeAtOnce));
      for (const auto& arrival : arrivals) {
        in_frame = arrival.known_at == frame ? in_frame + 1 : 1;
        frame = arrival.known_at;
        if (in_frame > kFrameMax) {
          return Error{ErrorCode::Capacity, "more than " + std::to_string(kFrameMax) +
                                                " samples are known at " + to_string(frame) +
                                                "; import them as known now, with --known-now"};
        }
        if (frame <= last_) held.push_back(sample_of(arrival));
      }
      if (!held.empty()) GEMEL_TRY(history_.drop_known(held));
      if (!held.empty()) {
        sorter_.rewind();
        return false;
      }
    }
    sorter_.rewind();
    return true;
  }

  Result<void> write() {
    std::vector<Arrival> arrivals;
    for (bool more = true; more || !frame_.empty();) {
      arrivals.clear();
      if (more) {
        GEMEL_ASSIGN(more, sorter_.take(arrivals, kTakeAtOnce));
      }
      for (const auto& arrival : arrivals) {
        if (is_whole_before(arrival)) GEMEL_TRY(commit());
        frame_known_at_ = arrival.known_at;
        frame_.push_back(sample_of(arrival));
      }
      if (!more && !frame_.empty()) GEMEL_TRY(commit());
      tell(true, share(), written_);
    }
    return history_.sync();
  }

  bool is_whole_before(const Arrival& arrival) const {
    if (frame_.empty()) return false;
    if (report_.as_they_were) return arrival.known_at != frame_known_at_;
    return frame_.size() >= request_.frame_samples;
  }

  Result<void> commit() {
    if (stop_.stop_requested()) return stopped();
    written_ += frame_.size();
    GEMEL_ASSIGN(const auto duplicates, history_.drop_known(frame_));
    report_.duplicates += duplicates;
    if (!frame_.empty()) {
      const auto known_at =
          report_.as_they_were
              ? frame_known_at_
              : std::max(clock_.now(),
                         last_ == Timestamp::min() ? Timestamp::min() : last_ + Duration{1});
      Frame frame{known_at, std::move(frame_), {}};
      GEMEL_TRY(history_.commit(frame));
      last_ = known_at;
      report_.samples += frame.samples.size();
      ++report_.frames;
      unsynced_ += frame.samples.size();
      if (unsynced_ >= kSyncEvery) {
        GEMEL_TRY(history_.sync());
        unsynced_ = 0;
      }
    }
    frame_.clear();
    return {};
  }

  Result<void> stopped() {
    GEMEL_TRY(history_.sync());
    return {
        ErrorCode::Cancelled,
        "stopped after " + std::to_string(report_.samples + report_.duplicates) + " of " +
            std::to_string(sorter_.size()) +
            " samples, at the end of a frame; run the same import again to go on: what is there "
            "already is left out"};
  }

  double share() const {
    return sorter_.size() == 0
               ? 1.0
               : static_cast<double>(written_) / static_cast<double>(sorter_.size());
  }
  void tell(bool writing, double done, std::uint64_t samples) const {
    if (watch_) watch_({writing, done, samples});
  }

  History& history_;
  const Clock& clock_;
  const ImportRequest& request_;
  const WatchImport& watch_;
  const std::stop_token stop_;
  detail::SignalNames names_;
  detail::ArrivalSorter sorter_;
  Timestamp last_;
  bool told_ = true;  // every sample has a known_at
  std::vector<Sample> frame_;
  Timestamp frame_known_at_;
  std::uint64_t written_ = 0;   // samples that were judged
  std::uint64_t unsynced_ = 0;  // samples since the last sync
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_file(History& history, const Plant& plant, const Clock& clock,
                                 const ImportRequest& request, const WatchImport& watch,
                                 std::stop_token stop) {
  if (request.frame_samples == 0)
    return {ErrorCode::InvalidInput, "frames of 0 samples can't be made; ask for 1 or more"};
  return Import(history, plant, clock, request, watch, std::move(stop)).run();
}

}  // namespace gemel::exchange
