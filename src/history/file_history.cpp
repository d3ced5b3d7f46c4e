#include "history/file_history.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "base/check.hpp"
#include "base/log.hpp"
#include "history/detail/catalog.hpp"
#include "history/detail/fair_shared_mutex.hpp"
#include "history/detail/known.hpp"
#include "history/detail/names.hpp"
#include "history/detail/recovery.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history {
namespace {

using namespace detail;  // NOLINT(google-build-using-namespace): this file is what detail is for

/// An event weighs as much in memory as so many samples.
constexpr std::uint64_t kSamplesPerEvent = 16;

class FileHistory final : public History {
 public:
  explicit FileHistory(const Options& options)
      : options_(options),
        files_(options.files ? *options.files : real_files()),
        open_(files_, options.directory),
        tail_(0) {}

  Result<void> recover();

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
  Result<void> sync() override;
  HistoryStatus status() const override;

 private:
  using Sealed = std::shared_ptr<const SealedSegments>;

  Result<void> open_directory();
  Result<void> open_catalog();
  Result<void> clear_up(const Inventory& inventory);
  Result<void> restore_beliefs();
  void restore_chain();
  void count_sealed(const Inventory& inventory);

  Result<std::vector<Piece>> pieces(SeriesId series, TimeRange range, Timestamp known_at) const;
  Result<SeriesFrame> by_series(const Frame& frame) const;
  Result<void> check(const Frame& frame) const;
  Result<void> start_log();
  void publish(const SeriesFrame& frame);
  void seal_if_due();
  Result<void> seal();
  void remove_log();
  Beliefs beliefs_after_tail() const;

  Options options_;
  FileSystem& files_;
  mutable OpenSegments open_;
  std::unique_ptr<FileLock> lock_;
  std::vector<SeriesId> series_of_;  // by the plant's signals
  std::size_t series_count_ = 0;

  // Of the committing thread alone.
  std::unique_ptr<WalWriter> log_;
  Replayed at_log_;
  std::vector<std::uint32_t> old_logs_;  // sealed together with the present one
  Hash chain_{};
  KnownSamples known_;
  std::uint64_t seal_at_ = 0;

  // Read by any thread, changed by the committing one.
  mutable FairSharedMutex mutex_;
  Tail tail_;
  Sealed sealed_ = std::make_shared<const SealedSegments>();
  Beliefs base_;  // after the last sealed frame
  Timestamp base_newest_ = Timestamp::min();
  HistoryStatus status_;
  std::uint64_t sealed_bytes_ = 0;
};

// --- Opening
// ---------------------------------------------------------------------------------------------------

Result<void> FileHistory::recover() {
  GEMEL_TRY(open_directory());
  GEMEL_TRY(open_catalog());
  GEMEL_ASSIGN(const auto inventory, take_inventory(files_, options_.directory));
  sealed_ = std::make_shared<const SealedSegments>(inventory.segments);
  tail_ = Tail(series_count_);
  GEMEL_ASSIGN(at_log_, replay_logs(files_, options_.directory, inventory, tail_));
  old_logs_ = inventory.logs;
  std::erase(old_logs_, at_log_.number);
  GEMEL_TRY(restore_beliefs());
  restore_chain();
  count_sealed(inventory);
  if (options_.read_only) return {};
  GEMEL_TRY(clear_up(inventory));
  if (at_log_.length == 0) return {};
  GEMEL_ASSIGN(log_, WalWriter::open(files_, options_.directory, at_log_.number, at_log_.length));
  return {};
}

Result<void> FileHistory::open_directory() {
  if (options_.read_only) return {};
  GEMEL_TRY(files_.create_directories(options_.directory));
  GEMEL_ASSIGN(lock_, files_.lock(options_.directory / "LOCK"));
  return {};
}

Result<void> FileHistory::open_catalog() {
  GEMEL_ASSIGN(auto catalog, Catalog::load(files_, options_.directory));
  // A reader gives numbers too, to itself alone: signals that were never recorded are simply empty.
  const bool to_save = catalog.add(*options_.plant) || !catalog.whole();
  if (to_save && !options_.read_only) GEMEL_TRY(catalog.save(files_, options_.directory));
  series_of_ = catalog.series_of(*options_.plant);
  series_count_ = catalog.paths().size();
  return {};
}

Result<void> FileHistory::clear_up(const Inventory& inventory) {
  for (const auto& name : inventory.unfinished) GEMEL_TRY(files_.remove(options_.directory / name));
  for (const auto number : inventory.sealed_logs)
    GEMEL_TRY(files_.remove(options_.directory / wal_name(number)));
  return {};
}

Result<void> FileHistory::restore_beliefs() {
  auto beliefs = sealed_beliefs(open_, *sealed_, series_count_, Timestamp::max(), Timestamp::max());
  if (!beliefs) {
    // Two damages at once. What can be believed without them is still worth more than not starting.
    log::error("history", "what was believed last can't be restored in full",
               {{"why", beliefs.error().message}});
    auto readable = *sealed_;
    std::erase_if(readable, [](const SealedSegment& segment) { return segment.lost; });
    while (!beliefs && !readable.empty()) {
      readable.pop_back();
      beliefs = sealed_beliefs(open_, readable, series_count_, Timestamp::max(), Timestamp::max());
    }
  }
  GEMEL_ASSIGN(base_, std::move(beliefs));
  base_.resize(series_count_);
  known_.restore(base_, tail_);
  for (const auto& belief : base_)
    base_newest_ = std::max({base_newest_, belief.value_time, belief.missing_since});
  return {};
}

void FileHistory::restore_chain() {
  if (sealed_->empty()) return;
  const auto name = events_name(sealed_->back().info.number);
  if (auto ends = read_chain_ends(files_, options_.directory / name))
    chain_ = ends->last;
  else
    log::error("history", "the chain of events starts anew", {{"why", ends.error().message}});
}

void FileHistory::count_sealed(const Inventory& inventory) {
  sealed_bytes_ = inventory.event_bytes;
  for (const auto& [info, lost] : *sealed_) {
    if (lost) continue;
    status_.samples += info.samples;
    status_.events += info.events;
    status_.last_known_at = std::max(status_.last_known_at, info.last_known);
    sealed_bytes_ += info.file_bytes;
  }
  status_.samples += tail_.samples();
  status_.events += tail_.events().size();
  if (!tail_.empty()) status_.last_known_at = tail_.frames().back();
  status_.bytes_on_disk = sealed_bytes_ + at_log_.length;
  seal_at_ = options_.segment_samples;
}

// --- Reading
// ---------------------------------------------------------------------------------------------------

/// Splits the tail's records where others may come between, so that one late sample does not
/// stretch over months.
void add_tail_pieces(std::vector<Record> records, std::vector<Piece>& pieces) {
  for (std::size_t i = 0; i < records.size(); i += kChunkEntries) {
    const auto first = records.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last =
        records.begin() + static_cast<std::ptrdiff_t>(std::min(records.size(), i + kChunkEntries));
    Piece piece;
    piece.records.assign(first, last);
    piece.first = piece.records.front().source_time;
    piece.last = piece.records.back().source_time;
    pieces.push_back(std::move(piece));
  }
}

Result<std::vector<Piece>> FileHistory::pieces(SeriesId series, TimeRange range,
                                               Timestamp known_at) const {
  Sealed sealed;
  std::vector<Record> of_tail;
  {
    const std::shared_lock lock(mutex_);
    sealed = sealed_;
    of_tail = tail_.records(series, range, known_at);
  }
  GEMEL_ASSIGN(auto found, pieces_of(open_, *sealed, series, range, known_at));
  add_tail_pieces(std::move(of_tail), found);
  return found;
}

Result<std::vector<Record>> FileHistory::read(SignalId signal, TimeRange range, Timestamp known_at,
                                              std::size_t limit) const {
  GEMEL_TRY(check_signal(signal, series_of_.size()));
  GEMEL_ASSIGN(auto found, pieces(series_of_[signal.index], range, known_at));
  std::vector<Record> records;
  const MergeSinks sinks{.record =
                             [&](const Record& record) {
                               records.push_back(record);
                               return records.size() <= limit;
                             },
                         .summary = {}};
  GEMEL_TRY(merge(std::move(found), range, sinks));
  if (records.size() > limit) return too_many(limit);
  return records;
}

Result<BeliefTable> FileHistory::beliefs(Timestamp at, Timestamp known_at) const {
  BeliefTable table(series_of_.size());
  Sealed sealed;
  bool base_counts = false;
  {
    const std::shared_lock lock(mutex_);
    sealed = sealed_;
    base_counts =
        base_newest_ <= at && (sealed->empty() || sealed->back().info.last_known <= known_at);
    const auto frames = tail_.frames_known_by(known_at);
    for (std::uint32_t i = 0; i < series_of_.size(); ++i) {
      auto& belief = table.edit({i});
      if (base_counts) belief = base_[series_of_[i].index];
      if (frames > 0) tail_.absorb_into(belief, series_of_[i], at, frames);
    }
  }
  if (base_counts) return table;
  GEMEL_ASSIGN(const auto from_sealed, sealed_beliefs(open_, *sealed, series_count_, at, known_at));
  for (std::uint32_t i = 0; i < series_of_.size(); ++i) {
    absorb(table.edit({i}), from_sealed[series_of_[i].index]);
  }
  return table;
}

Result<std::vector<Bucket>> FileHistory::downsample(SignalId signal, TimeRange range,
                                                    std::size_t count, Timestamp known_at) const {
  GEMEL_TRY(check_signal(signal, series_of_.size()));
  GEMEL_TRY(check_buckets(range, count));
  GEMEL_ASSIGN(auto found, pieces(series_of_[signal.index], range, known_at));
  Buckets buckets(range, count);
  const auto add_record = [&](const Record& record) {
    buckets.add(record);
    return true;
  };
  const auto add_summary = [&](const ChunkInfo& chunk) {
    const auto bucket = buckets.index_of(chunk.first);
    if (bucket != buckets.index_of(chunk.last)) return false;
    buckets.add(bucket, chunk.summary);
    return true;
  };
  GEMEL_TRY(merge(std::move(found), range, {add_record, add_summary}));
  return buckets.finish();
}

Result<std::vector<Event>> FileHistory::events(TimeRange known, std::size_t limit) const {
  std::vector<Event> newest_first;
  Sealed sealed;
  const auto take = [&](Event event) {
    if (newest_first.size() < limit) newest_first.push_back(std::move(event));
    return newest_first.size() < limit;
  };
  {
    const std::shared_lock lock(mutex_);
    sealed = sealed_;
    const auto& events = tail_.events();
    for (auto it = events.rbegin(); it != events.rend() && it->known_at >= known.from; ++it) {
      if (it->known_at < known.until && !take(*it)) break;
    }
  }
  for (auto it = sealed->rbegin(); it != sealed->rend() && newest_first.size() < limit; ++it) {
    const auto& [info, lost] = *it;
    if (info.last_known < known.from) break;
    if (info.first_known >= known.until || (!lost && info.events == 0)) continue;
    GEMEL_TRY(read_events_back(files_, options_.directory / events_name(info.number), known, take));
  }
  std::reverse(newest_first.begin(), newest_first.end());
  return newest_first;
}

Result<Timestamp> FileHistory::frame_at_or_before(Timestamp t) const {
  Sealed sealed;
  {
    const std::shared_lock lock(mutex_);
    if (const auto frames = tail_.frames_known_by(t); frames > 0) return tail_.frames()[frames - 1];
    sealed = sealed_;
  }
  const auto past = std::upper_bound(
      sealed->begin(), sealed->end(), t,
      [](Timestamp when, const SealedSegment& segment) { return when < segment.info.first_known; });
  if (past == sealed->begin()) return no_frame(t);
  GEMEL_ASSIGN(const auto segment, open_.get(*std::prev(past)));
  return segment->frame_at_or_before(t);
}

Result<TimeRange> FileHistory::extent() const {
  const std::shared_lock lock(mutex_);
  TimeRange extent = tail_.span();
  for (const auto& [info, lost] : *sealed_) {
    if (!lost)
      extent = {std::min(extent.from, info.min_source), std::max(extent.until, info.max_source)};
  }
  if (extent.from > extent.until) return is_empty();
  return TimeRange{extent.from, just_past(extent.until)};
}

HistoryStatus FileHistory::status() const {
  const std::shared_lock lock(mutex_);
  return status_;
}

// --- Committing
// ------------------------------------------------------------------------------------------------

Result<std::size_t> FileHistory::drop_known(std::vector<Sample>& samples) {
  // The committing thread alone changes the tail and the segments, so it may read them without the
  // lock.
  const auto dropped = known_.drop(samples, series_of_, tail_, *sealed_, open_);
  if (dropped == 0) return dropped;
  const std::unique_lock lock(mutex_);
  status_.duplicates += dropped;
  return dropped;
}

Result<void> FileHistory::check(const Frame& frame) const {
  if (options_.read_only) {
    return {ErrorCode::Unsupported,
            "the history in " + options_.directory.string() + " was opened for reading only"};
  }
  GEMEL_TRY(check_later(frame.known_at, status_.last_known_at));
  GEMEL_TRY(check_events(frame));
  for (const auto& sample : frame.samples)
    GEMEL_TRY(check_signal(sample.signal, series_of_.size()));
  return {};
}

Result<SeriesFrame> FileHistory::by_series(const Frame& frame) const {
  GEMEL_TRY(check(frame));
  SeriesFrame ours{frame.known_at, {}, frame.events};
  ours.samples.reserve(frame.samples.size());
  for (const auto& sample : frame.samples) {
    ours.samples.push_back(
        {series_of_[sample.signal.index], sample.source_time, sample.value, sample.quality});
  }
  return ours;
}

Result<void> FileHistory::start_log() {
  if (log_) return {};
  GEMEL_ASSIGN(log_, WalWriter::open(files_, options_.directory, at_log_.number, 0));
  return {};
}

Result<void> FileHistory::commit(const Frame& frame) {
  GEMEL_ASSIGN(const auto ours, by_series(frame));
  GEMEL_TRY(start_log());
  GEMEL_TRY(log_->append(ours, options_.commit_every == Duration{}));
  publish(ours);
  seal_if_due();
  return {};
}

void FileHistory::publish(const SeriesFrame& frame) {
  known_.add(frame);
  const std::unique_lock lock(mutex_);
  tail_.append(frame);
  status_.samples += frame.samples.size();
  status_.events += frame.events.size();
  status_.last_known_at = frame.known_at;
  status_.bytes_on_disk = sealed_bytes_ + log_->size();
}

Result<void> FileHistory::sync() { return log_ ? log_->sync() : Result<void>(); }

void FileHistory::seal_if_due() {
  const auto weight =
      tail_.samples() + tail_.events().size() * kSamplesPerEvent + tail_.frames().size();
  if (weight < seal_at_) return;
  seal_at_ = options_.segment_samples;
  const auto done = seal();
  if (done) return;
  // The frames are safe in the log. Try again when it has grown by some more.
  seal_at_ = weight + options_.segment_samples / 8 + 1;
  log::warning("history", "the log can't be sealed now; it goes on growing",
               {{"why", done.error().message}});
}

Beliefs FileHistory::beliefs_after_tail() const {
  Beliefs after = base_;
  const auto frames = static_cast<std::uint32_t>(tail_.frames().size());
  for (std::uint32_t i = 0; i < after.size(); ++i)
    tail_.absorb_into(after[i], {i}, Timestamp::max(), frames);
  return after;
}

Result<void> FileHistory::seal() {
  const auto number = at_log_.number;
  auto after = beliefs_after_tail();
  const auto segment = encode_segment(number, tail_, after);
  const auto events = encode_events(number, tail_.events(), chain_);
  GEMEL_TRY(log_->sync());
  GEMEL_TRY(write_file(files_, options_.directory / events_name(number), events.bytes));
  // The segment's name is what says that all of it is sealed, so it comes last.
  GEMEL_TRY(write_file(files_, options_.directory / segment_name(number), segment));
  GEMEL_ASSIGN(auto info, read_segment_info(files_, options_.directory / segment_name(number)));

  auto list = *sealed_;
  list.push_back({info, false});
  chain_ = events.last;
  {
    const std::unique_lock lock(mutex_);
    sealed_ = std::make_shared<const SealedSegments>(std::move(list));
    tail_ = Tail(series_count_);
    base_ = std::move(after);
    base_newest_ = info.newest_belief;
    sealed_bytes_ += segment.size() + events.bytes.size();
    status_.bytes_on_disk = sealed_bytes_;
  }
  remove_log();
  return {};
}

void FileHistory::remove_log() {
  log_.reset();
  old_logs_.push_back(at_log_.number);
  for (const auto number : old_logs_) {
    const auto path = options_.directory / wal_name(number);
    // A log with damage in it is kept aside: someone may want to salvage what the checksums
    // refused.
    const auto gone =
        at_log_.damaged ? files_.rename(path, path.string() + ".damaged") : files_.remove(path);
    if (!gone)
      log::warning("history", "a sealed log can't be removed", {{"why", gone.error().message}});
  }
  old_logs_.clear();
  at_log_ = {.number = at_log_.number + 1};
}

}  // namespace

Result<std::unique_ptr<History>> open(const Options& options) {
  if (!options.plant)
    return {ErrorCode::InvalidInput, "opening a history needs a plant, to know its signals"};
  auto history = std::make_unique<FileHistory>(options);
  if (auto recovered = history->recover(); !recovered) {
    return recovered.error().within("opening the history in " + options.directory.string());
  }
  return {std::unique_ptr<History>(std::move(history))};
}

Result<Plant> recorded_signals(const std::filesystem::path& directory, FileSystem* files) {
  GEMEL_ASSIGN(const auto catalog, Catalog::load(files ? *files : real_files(), directory));
  Plant plant;
  Asset root;
  root.id = AssetId{0};
  for (const auto& path : catalog.paths()) {
    Signal signal;
    signal.id = SignalId{static_cast<std::uint32_t>(plant.signals.size())};
    signal.asset = root.id;
    signal.name = path.substr(path.rfind('.') + 1);
    signal.path = path;
    root.signals.push_back(signal.id);
    plant.signals.push_back(std::move(signal));
  }
  plant.assets.push_back(std::move(root));
  plant.index_paths();
  return plant;
}

}  // namespace gemel::history
