#include <algorithm>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "history/detail/file_history.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history::detail {
namespace {

/// The width of a trend's buckets; as far as time goes for "all of time".
Duration width_of(TimeRange range, std::size_t count) {
  __extension__ using Wide = __int128;
  const auto width =
      (static_cast<Wide>(range.until.ns) - range.from.ns) / static_cast<std::int64_t>(count);
  return {
      static_cast<std::int64_t>(std::min<Wide>(width, std::numeric_limits<std::int64_t>::max()))};
}

/// Takes summaries where a whole stretch falls into one bucket, columns or records elsewhere.
Result<void> draw(std::vector<Piece> pieces, TimeRange range, Buckets& buckets,
                  ChunkReader& reader) {
  const MergeSinks sinks{.records =
                             [&](std::span<const Record> records) {
                               for (const auto& record : records) buckets.add(record);
                               return true;
                             },
                         .stretch = [&](const Stretch& stretch) { buckets.add(stretch); },
                         .summary =
                             [&](const ChunkInfo& head) {
                               const auto bucket = buckets.index_of(head.first);
                               if (bucket != buckets.index_of(head.last)) return false;
                               buckets.add(bucket, head.summary);
                               return true;
                             },
                         .coarse =
                             [&](const ChunkInfo& head) {
                               const auto middle =
                                   head.first + Duration{(head.last.ns - head.first.ns) / 2};
                               if (range.contains(middle))
                                 buckets.add(buckets.index_of(middle), head.summary);
                             }};
  return merge(std::move(pieces), range, sinks, reader);
}

}  // namespace

Result<std::vector<Bucket>> FileHistory::downsample(SignalId signal, TimeRange range,
                                                    std::size_t count, Timestamp known_at) const {
  GEMEL_ASSIGN(auto trends, this->trends({&signal, 1}, range, count, known_at));
  return std::move(trends.front());
}

Result<std::vector<std::vector<Bucket>>> FileHistory::trends(std::span<const SignalId> signals,
                                                             TimeRange range, std::size_t count,
                                                             Timestamp known_at) const {
  constexpr std::size_t kSignalsTogether = 12;
  for (const auto signal : signals) GEMEL_TRY(check_signal(signal, series_of_.size()));
  GEMEL_TRY(check_buckets(range, count));
  std::vector<std::vector<Bucket>> trends(signals.size());
  std::vector<WantedTrend> wanted(signals.size());
  for (std::size_t i = 0; i < signals.size(); ++i)
    wanted[i] = {series_of_[signals[i].index].index, &trends[i]};
  // Neighbours are read together.
  std::sort(wanted.begin(), wanted.end(),
            [](const WantedTrend& a, const WantedTrend& b) { return a.series < b.series; });
  const Wanted in{range, known_at, width_of(range, count)};
  const auto draw_some = [&](std::size_t first, std::size_t last) {
    return draw_trends(in, count, std::span(wanted).subspan(first, last - first));
  };
  GEMEL_TRY(share_out(wanted.size(), kSignalsTogether, draw_some));
  return trends;
}

Result<void> FileHistory::draw_trends(const Wanted& in, std::size_t count,
                                      std::span<const WantedTrend> trends) const {
  // However long the range is, the pieces of those that are read together take few megabytes.
  constexpr std::size_t kPiecesMost = 20'000;
  ChunkReader reader;
  while (!trends.empty()) {
    const auto groups = std::max<std::size_t>(groups_within(*sealed(), in.range), 1);
    const auto together = std::clamp<std::size_t>(kPiecesMost / groups, 1, trends.size());
    const auto draw_together = [&](Sealed& seen) -> Result<void> {
      std::vector<std::vector<Piece>> pieces(together);
      std::vector<WantedSeries> series(together);
      for (std::size_t i = 0; i < together; ++i) series[i] = {trends[i].series, &pieces[i]};
      GEMEL_TRY(find_pieces(in, series, seen));
      for (std::size_t i = 0; i < together; ++i) {
        Buckets buckets(in.range, count);
        GEMEL_TRY(draw(std::move(pieces[i]), in.range, buckets, reader));
        *trends[i].buckets = buckets.finish();
      }
      return {};
    };
    GEMEL_TRY(with_view(draw_together));
    trends = trends.subspan(together);
  }
  return {};
}

}  // namespace gemel::history::detail
