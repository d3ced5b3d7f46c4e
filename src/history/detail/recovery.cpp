#include "history/detail/recovery.hpp"

#include <algorithm>
#include <map>

#include "base/log.hpp"
#include "history/detail/names.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history::detail {
namespace {

namespace fs = std::filesystem;

/// What its neighbours tell of a segment that is gone: everything in it was known between theirs.
SealedSegment lost_segment(LogRange logs, Timestamp after) {
  SealedSegment lost;
  lost.lost = true;
  lost.info.logs = logs;
  lost.info.span.first_known = after == Timestamp::min() ? after : just_past(after);
  lost.info.span.last_known = Timestamp::max();
  return lost;
}

/// Now that the next one is known, a lost segment ends before it. Its samples are taken to be of
/// the same time.
void bound_lost(SealedSegments& segments) {
  auto next = Timestamp::max();
  for (auto it = segments.rbegin(); it != segments.rend(); ++it) {
    auto& span = it->info.span;
    if (it->lost) {
      span.last_known =
          next == Timestamp::max() || next == Timestamp::min() ? next : next - Duration{1};
      span.min_source = span.first_known;
      span.max_source = span.last_known;
    }
    next = span.first_known;
  }
}

/// By the logs that they hold: of those that begin together the longest comes first.
struct LongestFirst {
  bool operator()(LogRange a, LogRange b) const {
    return a.first != b.first ? a.first < b.first : a.last > b.last;
  }
};
using Found = std::map<LogRange, Result<SegmentInfo>, LongestFirst>;

/// Takes out what a readable larger one holds as well: a crash came between merging and removing.
/// An unreadable larger one yields to those that it was made of.
void take_out_merged(Found& found, std::vector<std::string>& leftovers) {
  for (auto it = found.begin(); it != found.end(); ++it) {
    for (auto other = std::next(it);
         other != found.end() && other->first.first <= it->first.last;) {
      if (!it->first.contains(other->first)) {
        ++other;
        continue;
      }
      leftovers.push_back(segment_name(other->first));
      other = found.erase(other);
    }
  }
}

SealedSegments in_order(const Found& found) {
  SealedSegments segments;
  std::uint32_t expected = 1;
  const auto last_known = [&] {
    return segments.empty() ? Timestamp::min() : segments.back().info.span.last_known;
  };
  for (const auto& [logs, info] : found) {
    // A gap of a million files is a misnamed file, not a million losses.
    if (logs.first > expected) {
      const LogRange missing{expected, logs.first - 1};
      log::error("history", "a segment is missing", {{"segment", segment_name(missing)}});
      segments.push_back(lost_segment(missing, last_known()));
    }
    expected = std::max(expected, logs.last + 1);
    if (info) {
      segments.push_back({*info, false});
      continue;
    }
    log::error("history", "a segment can't be read", {{"why", info.error().message}});
    segments.push_back(lost_segment(logs, segments.empty() || !segments.back().lost
                                              ? last_known()
                                              : segments.back().info.span.first_known));
  }
  bound_lost(segments);
  return segments;
}

/// An unreadable one whose parts are still there is as good as not there.
void take_out_unreadable_with_parts(Found& found) {
  for (auto it = found.begin(); it != found.end();) {
    const auto next = std::next(it);
    const bool has_parts =
        next != found.end() && it->first != next->first && it->first.contains(next->first);
    it = !it->second && has_parts ? found.erase(it) : next;
  }
}

bool is_unfinished(std::string_view name) { return name.ends_with(".tmp"); }

/// Takes a log's frames as long as they fit behind those before.
class Replay {
 public:
  Replay(Tail& tail, Timestamp newest) : tail_(tail), newest_(newest) {}
  std::uint64_t misfits() const { return misfits_; }

  void take(const SeriesFrame& frame) {
    const bool known_series = std::all_of(
        frame.samples.begin(), frame.samples.end(),
        [&](const SeriesSample& sample) { return sample.series.index < tail_.series_count(); });
    if (frame.known_at <= newest_ || !known_series) {
      ++misfits_;
      return;
    }
    newest_ = frame.known_at;
    tail_.append(frame);
  }

 private:
  Tail& tail_;
  Timestamp newest_;
  std::uint64_t misfits_ = 0;
};

}  // namespace

Result<Inventory> take_inventory(FileSystem& files, const fs::path& directory) {
  Inventory inventory;
  Found found;
  std::vector<std::uint32_t> logs;
  GEMEL_ASSIGN(const auto names, files.list(directory));
  for (const auto& name : names) {
    if (name == kUnfinishedBackup) {
      return {ErrorCode::Unavailable,
              "this is a backup that was not finished; make it again to the same directory"};
    }
    if (is_unfinished(name)) inventory.leftovers.push_back(name);
    if (const auto number = log_number(name)) logs.push_back(*number);
    const auto range = segment_logs(name);
    if (!range) continue;
    auto info = read_segment_info(files, directory / name);
    if (!info && info.error().code != ErrorCode::Corruption) return info.error().within(name);
    if (info && info->logs != *range) {
      info = Error{ErrorCode::Corruption,
                   name + " is in truth " + segment_name(info->logs) + "; give it its name back"};
    }
    found.emplace(*range, std::move(info));
  }
  take_out_unreadable_with_parts(found);
  take_out_merged(found, inventory.leftovers);
  std::sort(logs.begin(), logs.end());
  for (const auto log : logs) {
    const auto segment = std::find_if(found.begin(), found.end(),
                                      [&](const auto& one) { return one.first.contains(log); });
    const bool sealed = segment != found.end() && segment->second.has_value();
    (sealed ? inventory.sealed_logs : inventory.logs).push_back(log);
    // An unreadable segment whose log is still there will be sealed anew.
    if (!sealed && segment != found.end()) found.erase(segment);
  }
  inventory.segments = in_order(found);
  return inventory;
}

Result<Replayed> replay_logs(FileSystem& files, const fs::path& directory,
                             const Inventory& inventory, Tail& tail) {
  const auto& segments = inventory.segments;
  Replayed replayed;
  if (!segments.empty()) replayed.logs.first = segments.back().info.logs.last + 1;
  if (!inventory.logs.empty()) replayed.logs.first = inventory.logs.front();
  replayed.logs.last = replayed.logs.first;
  Timestamp newest = Timestamp::min();
  for (const auto& [info, lost] : segments) {
    if (!lost) newest = std::max(newest, info.span.last_known);
  }
  Replay replay(tail, newest);
  for (const auto number : inventory.logs) {
    const auto name = wal_name(number);
    GEMEL_ASSIGN(const auto bytes, read_file(files, directory / name));
    auto contents = read_wal(bytes, number, [&](const SeriesFrame& frame) { replay.take(frame); });
    if (!contents) return contents.error().within(name);
    for (const auto& hole : contents->holes) {
      log::error("history", "frames in the log are damaged and left out",
                 {{"file", name}, {"offset", hole.offset}, {"bytes", hole.length}});
    }
    if (contents->torn) {
      log::warning("history",
                   "the log ends in the middle of a frame, as after a crash; that frame was never "
                   "acknowledged",
                   {{"file", name},
                    {"kept", contents->length},
                    {"cut_off", bytes.size() - contents->length}});
    }
    replayed.damaged = replayed.damaged || !contents->holes.empty();
    replayed.other_bytes += replayed.length;
    replayed.logs.last = number;
    replayed.length = contents->length;
  }
  if (replay.misfits() > 0) {
    log::error("history", "frames in the log don't fit behind what is sealed and are left out",
               {{"frames", replay.misfits()}});
    replayed.damaged = true;
  }
  return replayed;
}

}  // namespace gemel::history::detail
