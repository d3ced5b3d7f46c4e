#include "base/log.hpp"
#include "history/detail/file_history.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history::detail {
namespace {

// An event is about as large as so many samples.
constexpr std::uint64_t kSamplesPerEvent = 16;
// While one tail waits to be sealed, the next may grow to so many times its size before the commit
// itself helps out.
constexpr std::uint64_t kPatience = 2;

std::uint64_t weight_of(const Tail& tail) {
  return tail.samples() + tail.events().size() * kSamplesPerEvent + tail.frames().size();
}

}  // namespace

Result<std::size_t> FileHistory::drop_known(std::vector<Sample>& samples) {
  View now;
  {
    const std::shared_lock lock(mutex_);
    now = view();
  }
  // This thread alone changes the tail, so it may read it without the lock.
  std::vector<const Tail*> tails{&tail_};
  if (now.sealing) tails.push_back(&now.sealing->tail);
  const auto dropped = known_.drop(samples, series_of_, tails, *now.sealed, open_);
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
  if (frame.samples.size() > kFrameSamplesMax) {
    return {ErrorCode::InvalidInput, "a frame of " + std::to_string(frame.samples.size()) +
                                         " samples; at most " + std::to_string(kFrameSamplesMax) +
                                         " go into one"};
  }
  GEMEL_TRY(check_later(frame.known_at, status_.last_known_at));
  return check_events(frame);
}

Result<void> FileHistory::by_series(const Frame& frame) {
  GEMEL_TRY(check(frame));
  incoming_.known_at = frame.known_at;
  incoming_.events = frame.events;
  incoming_.samples.clear();
  for (const auto& sample : frame.samples) {
    if (sample.signal.index >= series_of_.size())
      return check_signal(sample.signal, series_of_.size());
    incoming_.samples.emplace_back(series_of_[sample.signal.index], sample.source_time,
                                   sample.value, sample.quality);
  }
  return {};
}

Result<void> FileHistory::start_log() {
  if (log_) return {};
  GEMEL_ASSIGN(log_, WalWriter::open(files_, options_.directory, at_log_.logs.last, 0));
  return {};
}

Result<void> FileHistory::commit(const Frame& frame) {
  GEMEL_TRY(by_series(frame));
  GEMEL_TRY(start_log());
  GEMEL_TRY(log_->append(incoming_, options_.commit_every == Duration{}));
  publish(incoming_);
  hand_over_if_due();
  return {};
}

void FileHistory::publish(const SeriesFrame& frame) {
  known_.add(frame);
  const std::unique_lock lock(mutex_);
  tail_.append(frame);
  status_.samples += frame.samples.size();
  status_.events += frame.events.size();
  status_.last_known_at = frame.known_at;
  status_.bytes_on_disk = sealed_bytes_ + log_bytes_ + log_->size();
}

Result<void> FileHistory::sync() { return log_ ? log_->sync() : Result<void>(); }

void FileHistory::hand_over_if_due() {
  const auto weight = weight_of(tail_);
  if (weight < hand_over_at_) return;
  const bool waiting = [&] {
    const std::shared_lock lock(mutex_);
    return sealing_ != nullptr;
  }();
  Result<void> done;
  if (waiting && weight >= kPatience * segment_weight_) {
    // Whoever keeps house does not keep up, or can't.
    const std::lock_guard lock(upkeep_mutex_);
    if (auto sealed = seal(); !sealed) done = sealed.error();
  }
  if (done && (!waiting || weight >= kPatience * segment_weight_)) done = hand_over();
  if (done && options_.upkeep == Upkeep::AtCommit) {
    const std::lock_guard lock(upkeep_mutex_);
    for (bool more = true; more && done;) {
      auto tended = tend_once({});
      more = tended.value_or(false);
      if (!tended) done = tended.error();
    }
  }
  if (!done) {
    // The frames are safe in the log. Try again when it has grown by some more.
    hand_over_at_ = weight + segment_weight_ / 8 + 1;
    log::warning("history", "the log can't be sealed now; it goes on growing",
                 {{"why", done.error().message}});
  } else if (weight_of(tail_) < segment_weight_) {
    hand_over_at_ = segment_weight_;
  }
}

/// The tail takes in no more; a new log begins with a new one.
Result<void> FileHistory::hand_over() {
  {
    const std::shared_lock lock(mutex_);
    if (sealing_ || tail_.empty()) return {};
  }
  GEMEL_TRY(start_log());
  // Whatever is in the next log came later, so nothing of this one may get lost any more.
  GEMEL_TRY(log_->sync());
  const auto next = at_log_.logs.last + 1;
  GEMEL_ASSIGN(auto next_log, WalWriter::open(files_, options_.directory, next, 0));
  auto fresh = Tail::like(tail_);
  auto sealing = std::make_shared<Sealing>();
  sealing->logs = at_log_.logs;
  sealing->log_bytes = log_bytes_ + log_->size();
  sealing->damaged = at_log_.damaged;
  {
    const std::unique_lock lock(mutex_);
    sealing->tail = std::exchange(tail_, std::move(fresh));
    sealing_ = std::move(sealing);
    log_bytes_ += log_->size();
  }
  log_ = std::move(next_log);
  at_log_ = {.logs = {next, next}, .length = 0, .other_bytes = 0, .damaged = false};
  return {};
}

Result<void> FileHistory::seal_all() {
  const std::lock_guard lock(upkeep_mutex_);
  GEMEL_TRY(seal());
  GEMEL_TRY(hand_over());
  GEMEL_TRY(seal());
  return {};
}

}  // namespace gemel::history::detail
