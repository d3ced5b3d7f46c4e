#include <algorithm>

#include "history/detail/file_history.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history::detail {
namespace {

/// Splits a tail's records where others may come between, so that one late sample does not stretch
/// over months.
void add_tail_pieces(std::vector<Record> records, std::vector<Piece>& pieces) {
  if (!records.empty() && records.size() <= kChunkEntries) {
    auto& piece = pieces.emplace_back();
    piece.first = records.front().source_time;
    piece.last = records.back().source_time;
    piece.records = std::move(records);
    return;
  }
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

}  // namespace

FileHistory::View FileHistory::view() const { return {sealed_, sealing_, base_, base_newest_}; }

FileHistory::Sealed FileHistory::sealed() const {
  const std::shared_lock lock(mutex_);
  return sealed_;
}

Result<void> FileHistory::find_pieces(const Wanted& wanted, std::span<const WantedSeries> series,
                                      Sealed& seen) const {
  View now;
  std::vector<std::vector<Record>> of_tail(series.size());
  {
    const std::shared_lock lock(mutex_);
    now = view();
    if (tail_.touches(wanted.range)) {
      for (std::size_t i = 0; i < series.size(); ++i)
        of_tail[i] = tail_.records({series[i].series}, wanted.range, wanted.known_at);
    }
  }
  seen = now.sealed;
  GEMEL_TRY(add_pieces(open_, *now.sealed, wanted, series));
  const bool sealing = now.sealing && now.sealing->tail.touches(wanted.range);
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (sealing) {
      add_tail_pieces(now.sealing->tail.records({series[i].series}, wanted.range, wanted.known_at),
                      *series[i].pieces);
    }
    add_tail_pieces(std::move(of_tail[i]), *series[i].pieces);
  }
  return {};
}

Result<std::vector<Record>> FileHistory::read(SignalId signal, TimeRange range, Timestamp known_at,
                                              std::size_t limit) const {
  GEMEL_TRY(check_signal(signal, series_of_.size()));
  return with_view([&](Sealed& seen) -> Result<std::vector<Record>> {
    std::vector<Piece> pieces;
    const WantedSeries series{series_of_[signal.index].index, &pieces};
    GEMEL_TRY(find_pieces({range, known_at}, {&series, 1}, seen));
    std::vector<Record> records;
    const MergeSinks sinks{.records =
                               [&](std::span<const Record> more) {
                                 records.insert(records.end(), more.begin(), more.end());
                                 return records.size() <= limit;
                               },
                           .stretch = {},
                           .summary = {},
                           .coarse = {}};
    ChunkReader reader;
    GEMEL_TRY(merge(std::move(pieces), range, sinks, reader));
    if (records.size() > limit) return too_many(limit);
    return records;
  });
}

Result<BeliefTable> FileHistory::beliefs(Timestamp at, Timestamp known_at) const {
  return with_view([&](Sealed& seen) -> Result<BeliefTable> {
    BeliefTable table(series_of_.size());
    View now;
    const auto take_in = [&](const Tail& tail) {
      const auto frames = tail.frames_known_by(known_at);
      if (frames == 0 || tail.span().from > at) return;
      for (std::uint32_t i = 0; i < series_of_.size(); ++i)
        tail.absorb_into(table.edit({i}), series_of_[i], at, frames);
    };
    {
      const std::shared_lock lock(mutex_);
      now = view();
      take_in(tail_);
    }
    seen = now.sealed;
    if (now.sealing) take_in(now.sealing->tail);
    const bool base_counts =
        now.base_newest <= at &&
        (now.sealed->empty() || now.sealed->back().info.span.last_known <= known_at);
    Beliefs from_sealed;
    if (!base_counts) {
      GEMEL_ASSIGN(from_sealed, sealed_beliefs(open_, *now.sealed, series_count_, at, known_at));
    }
    const auto& base = base_counts ? *now.base : from_sealed;
    for (std::uint32_t i = 0; i < series_of_.size(); ++i)
      absorb(table.edit({i}), base[series_of_[i].index]);
    return table;
  });
}

Result<std::vector<Event>> FileHistory::events(TimeRange known, std::size_t limit) const {
  return with_view([&](Sealed& seen) -> Result<std::vector<Event>> {
    std::vector<Event> newest_first;
    const auto take = [&](Event event) {
      if (newest_first.size() < limit) newest_first.push_back(std::move(event));
      return newest_first.size() < limit;
    };
    const auto take_from = [&](const Tail& tail) {
      const auto& events = tail.events();
      for (auto it = events.rbegin(); it != events.rend() && it->known_at >= known.from; ++it) {
        if (it->known_at < known.until && !take(*it)) break;
      }
    };
    View now;
    {
      const std::shared_lock lock(mutex_);
      now = view();
      take_from(tail_);
    }
    seen = now.sealed;
    if (now.sealing) take_from(now.sealing->tail);
    for (auto it = now.sealed->rbegin(); it != now.sealed->rend() && newest_first.size() < limit;
         ++it) {
      const auto& [info, lost] = *it;
      if (info.span.last_known < known.from) break;
      if (info.span.first_known >= known.until || (!lost && info.events == 0)) continue;
      GEMEL_ASSIGN(const auto segment, open_.get(*it));
      if (auto done = segment->events().read_back(known, take); !done)
        return segment->within(done.error());
    }
    std::reverse(newest_first.begin(), newest_first.end());
    return newest_first;
  });
}

Result<Timestamp> FileHistory::frame_at_or_before(Timestamp t) const {
  View now;
  {
    const std::shared_lock lock(mutex_);
    if (const auto frames = tail_.frames_known_by(t); frames > 0) return tail_.frames()[frames - 1];
    now = view();
  }
  if (now.sealing) {
    const auto& tail = now.sealing->tail;
    if (const auto frames = tail.frames_known_by(t); frames > 0) return tail.frames()[frames - 1];
  }
  return with_view([&](Sealed& seen) -> Result<Timestamp> {
    {
      const std::shared_lock lock(mutex_);
      seen = sealed_;
    }
    auto past = std::upper_bound(seen->begin(), seen->end(), t,
                                 [](Timestamp when, const SealedSegment& segment) {
                                   return when < segment.info.span.first_known;
                                 });
    // What retention left of a segment may begin later than the segment did.
    for (; past != seen->begin(); --past) {
      GEMEL_ASSIGN(const auto segment, open_.get(*std::prev(past)));
      const auto found = segment->frame_at_or_before(t);
      if (found || found.error().code != ErrorCode::NotFound) return found;
    }
    return no_frame(t);
  });
}

Result<TimeRange> FileHistory::extent() const {
  const std::shared_lock lock(mutex_);
  TimeRange extent = tail_.span();
  const auto take_in = [&](Timestamp from, Timestamp until) {
    extent = {std::min(extent.from, from), std::max(extent.until, until)};
  };
  if (sealing_) take_in(sealing_->tail.span().from, sealing_->tail.span().until);
  for (const auto& [info, lost] : *sealed_) {
    if (!lost) take_in(info.kept_from, info.kept_until);
  }
  if (extent.from > extent.until) return is_empty();
  return TimeRange{extent.from, just_past(extent.until)};
}

HistoryStatus FileHistory::status() const {
  const std::shared_lock lock(mutex_);
  return status_;
}

}  // namespace gemel::history::detail
