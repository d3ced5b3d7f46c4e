#include <algorithm>

#include "base/log.hpp"
#include "history/detail/file_history.hpp"
#include "history/detail/housekeeping.hpp"
#include "history/detail/rewrite.hpp"

namespace gemel::history::detail {
namespace {

Beliefs beliefs_after(const Beliefs& base, const Tail& tail) {
  Beliefs after = base;
  after.resize(tail.series_count());
  const auto frames = static_cast<std::uint32_t>(tail.frames().size());
  for (std::uint32_t i = 0; i < after.size(); ++i)
    tail.absorb_into(after[i], {i}, Timestamp::max(), frames);
  return after;
}

std::vector<std::shared_ptr<const Segment>> no_segments() { return {}; }

}  // namespace

Result<bool> FileHistory::tend(std::stop_token stop) {
  if (options_.read_only) return false;
  const std::lock_guard lock(upkeep_mutex_);
  return tend_once(stop);
}

Result<bool> FileHistory::tend_once(std::stop_token stop) {
  GEMEL_ASSIGN(const bool sealed, seal());
  if (sealed) return true;
  GEMEL_ASSIGN(const bool merged, merge_some(stop));
  if (merged) return true;
  return forget_some(stop);
}

Result<bool> FileHistory::seal() {
  View now;
  {
    const std::shared_lock lock(mutex_);
    now = view();
  }
  if (!now.sealing) return false;
  const auto& [tail, logs, log_bytes, damaged] = *now.sealing;
  auto after = beliefs_after(*now.base, tail);
  auto group = encode_group(tail.contents(), after);
  auto events = encode_events(tail.events(), chain_);
  SegmentDraft draft;
  draft.logs = logs;
  draft.span = group.info.span;
  draft.events = tail.events().size();
  draft.events_part = std::move(events.bytes);
  draft.groups = {group.info};
  draft.bytes_of = [&](std::size_t) { return Result<std::string>(std::move(group.bytes)); };
  GEMEL_ASSIGN(const auto info, write_segment(files_, options_.directory, std::move(draft)));
  chain_ = events.last;

  auto list = *now.sealed;
  list.push_back({info, false});
  auto sealed = std::make_shared<const SealedSegments>(std::move(list));
  auto base = std::make_shared<const Beliefs>(std::move(after));
  {
    const std::unique_lock lock(mutex_);
    sealed_ = std::move(sealed);
    sealing_.reset();
    base_.swap(base);
    base_newest_ = info.span.newest_belief;
    sealed_bytes_ += info.file_bytes;
    log_bytes_ -= log_bytes;
    status_.bytes_on_disk += info.file_bytes;
    status_.bytes_on_disk -= log_bytes;
  }
  remove_logs(*now.sealing);
  return true;
}

void FileHistory::remove_logs(const Sealing& sealing) {
  for (auto number = sealing.logs.first; number <= sealing.logs.last; ++number) {
    const auto path = options_.directory / wal_name(number);
    // A log with damage in it is kept aside: someone may want to salvage what the checksums
    // refused.
    const auto gone =
        sealing.damaged ? files_.rename(path, path.string() + ".damaged") : files_.remove(path);
    if (!gone && gone.error().code != ErrorCode::NotFound)
      log::warning("history", "a sealed log can't be removed", {{"why", gone.error().message}});
  }
}

Result<bool> FileHistory::merge_some(std::stop_token stop) {
  Sealed sealed;
  {
    const std::shared_lock lock(mutex_);
    sealed = sealed_;
  }
  const auto run = due_to_merge(*sealed, unmergeable_);
  if (!run) return false;
  return merge_run(*sealed, *run, stop);
}

Result<bool> FileHistory::merge_run(const SealedSegments& sealed, Run run, std::stop_token stop) {
  auto segments = no_segments();
  for (std::size_t i = run.first; i < run.first + run.count; ++i) {
    GEMEL_ASSIGN(auto segment, open_.get(sealed[i]));
    segments.push_back(std::move(segment));
  }
  auto draft = put_together(segments, rewriting(), stop);
  if (!draft) {
    if (draft.error().code == ErrorCode::Cancelled) return false;
    if (draft.error().code != ErrorCode::Corruption) return draft.error();
    // What is damaged stays as it is, for salvage, and the rest readable.
    log::error("history", "segments with damage in them are not merged",
               {{"why", draft.error().message}});
    for (std::size_t i = run.first; i < run.first + run.count; ++i)
      unmergeable_.insert(sealed[i].info.logs);
    return true;
  }
  GEMEL_ASSIGN(const auto info,
               write_segment(files_, options_.directory, std::move(draft).value()));
  replace(sealed, run, info);
  return true;
}

Rewriting FileHistory::rewriting() const { return {segment_weight_, options_.roll_ups}; }

/// One segment takes the place of others, for readers and on the disk.
void FileHistory::replace(const SealedSegments& before, Run run, const SegmentInfo& with) {
  SealedSegments list(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(run.first));
  list.push_back({with, false});
  const auto rest = before.begin() + static_cast<std::ptrdiff_t>(run.first + run.count);
  list.insert(list.end(), rest, before.end());
  std::uint64_t bytes = 0, samples = 0;
  for (auto it = rest - static_cast<std::ptrdiff_t>(run.count); it != rest; ++it) {
    bytes += it->info.file_bytes;
    samples += it->info.samples;
  }
  {
    const std::unique_lock lock(mutex_);
    sealed_ = std::make_shared<const SealedSegments>(std::move(list));
    sealed_bytes_ += with.file_bytes - bytes;
    status_.bytes_on_disk += with.file_bytes - bytes;
    status_.samples -= samples - with.samples;
  }
  for (auto it = rest - static_cast<std::ptrdiff_t>(run.count); it != rest; ++it) {
    open_.close(it->info);
    if (it->info.logs == with.logs) continue;
    if (auto gone = files_.remove(options_.directory / segment_name(it->info.logs)); !gone)
      log::warning("history",
                   "a merged segment can't be removed; that is tried again at the next "
                   "start",
                   {{"why", gone.error().message}});
  }
}

Result<bool> FileHistory::forget_some(std::stop_token stop) {
  Sealed sealed;
  HistoryStatus status;
  {
    const std::shared_lock lock(mutex_);
    sealed = sealed_;
    status = status_;
  }
  if (!keep_) keep_ = keep_of(*options_.plant, series_of_, series_count_);
  const auto most = options_.plant->history.keep_bytes;
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    const auto& one = (*sealed)[i];
    const bool too_much = most > 0 && status.bytes_on_disk > most;
    if (one.lost || one.info.samples == 0) continue;
    if (!too_much && !may_be_due(one.info, *keep_, status.last_known_at, tended_)) continue;
    GEMEL_ASSIGN(const auto segment, open_.get(one));
    const ToForget to_forget = [&](const GroupInfo& group, std::uint32_t series) {
      return too_much ||
             is_due(group, series < keep_->by_series.size() ? keep_->by_series[series] : Duration{},
                    status.last_known_at);
    };
    auto draft = without(segment, to_forget, rewriting(), stop);
    if (!draft) {
      if (draft.error().code == ErrorCode::Cancelled) return false;
      return draft.error();
    }
    if (draft->groups.empty()) continue;
    GEMEL_ASSIGN(const auto info,
                 write_segment(files_, options_.directory, std::move(draft).value()));
    replace(*sealed, {i, 1}, info);
    return true;
  }
  return false;
}

Result<void> FileHistory::merge_all(const std::function<void(double)>& progress,
                                    std::stop_token stop) {
  const std::lock_guard lock(upkeep_mutex_);
  for (;;) {
    Sealed sealed;
    {
      const std::shared_lock lock_for_list(mutex_);
      sealed = sealed_;
    }
    const auto run = can_be_merged(*sealed, unmergeable_);
    if (!run) return {};
    if (progress) progress(static_cast<double>(run->first) / static_cast<double>(sealed->size()));
    GEMEL_TRY(merge_run(*sealed, *run, stop));
    if (stop.stop_requested())
      return {ErrorCode::Cancelled, "merging was stopped; what is merged stays so"};
  }
}

}  // namespace gemel::history::detail
