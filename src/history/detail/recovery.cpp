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
SealedSegment lost_segment(std::uint32_t number, Timestamp after) {
  SealedSegment lost;
  lost.lost = true;
  lost.info.number = number;
  lost.info.first_known = after == Timestamp::min() ? after : just_past(after);
  lost.info.last_known = Timestamp::max();
  return lost;
}

/// Now that the next one is known, a lost segment ends before it. Its samples are taken to be of
/// the same time.
void bound_lost(SealedSegments& segments) {
  auto next = Timestamp::max();
  for (auto it = segments.rbegin(); it != segments.rend(); ++it) {
    auto& info = it->info;
    if (it->lost) {
      info.last_known =
          next == Timestamp::max() || next == Timestamp::min() ? next : next - Duration{1};
      info.min_source = info.first_known;
      info.max_source = info.last_known;
    }
    next = info.first_known;
  }
}

using Numbered = std::map<std::uint32_t, Result<SegmentInfo>>;

SealedSegments in_order(const Numbered& found) {
  SealedSegments segments;
  std::uint32_t expected = 1;
  for (const auto& [number, info] : found) {
    const auto last_known = [&] {
      return segments.empty() ? Timestamp::min() : segments.back().info.last_known;
    };
    // A gap of a million files is a misnamed file, not a million losses.
    if (number > expected) {
      log::error("history", "segments are missing",
                 {{"from", segment_name(expected)}, {"to", segment_name(number - 1)}});
      segments.push_back(lost_segment(expected, last_known()));
    }
    expected = number + 1;
    if (!info) {
      log::error("history", "a segment can't be read", {{"why", info.error().message}});
      segments.push_back(lost_segment(number, segments.empty() || !segments.back().lost
                                                  ? last_known()
                                                  : segments.back().info.first_known));
      continue;
    }
    segments.push_back({*info, false});
  }
  bound_lost(segments);
  return segments;
}

bool is_unfinished(std::string_view name) { return name.ends_with(".tmp"); }

Result<std::uint64_t> size_of(FileSystem& files, const fs::path& path) {
  GEMEL_ASSIGN(const auto file, files.open_to_read(path));
  return file->size();
}

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
  Numbered found;
  std::vector<std::uint32_t> logs;
  GEMEL_ASSIGN(const auto names, files.list(directory));
  for (const auto& name : names) {
    if (is_unfinished(name)) inventory.unfinished.push_back(name);
    if (const auto number = number_in(name, "wal")) logs.push_back(*number);
    if (number_in(name, "events")) {
      GEMEL_ASSIGN(const auto bytes, size_of(files, directory / name));
      inventory.event_bytes += bytes;
    }
    const auto number = number_in(name, "seg");
    if (!number) continue;
    auto info = read_segment_info(files, directory / name);
    if (!info && info.error().code != ErrorCode::Corruption) return info.error().within(name);
    if (info && info->number != *number) {
      info = Error{ErrorCode::Corruption,
                   name + " is in truth " + segment_name(info->number) + "; give it its name back"};
    }
    found.emplace(*number, std::move(info));
  }
  std::sort(logs.begin(), logs.end());
  for (const auto log : logs) {
    const auto segment = found.find(log);
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
  if (!segments.empty()) replayed.number = segments.back().info.number + 1;
  Timestamp newest = Timestamp::min();
  for (const auto& [info, lost] : segments) {
    if (!lost) newest = std::max(newest, info.last_known);
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
    if (number >= replayed.number) replayed = {number, contents->length, replayed.damaged};
  }
  if (replay.misfits() > 0) {
    log::error("history", "frames in the log don't fit behind what is sealed and are left out",
               {{"frames", replay.misfits()}});
    replayed.damaged = true;
  }
  return replayed;
}

}  // namespace gemel::history::detail
