#include "history/detail/entry.hpp"

#include <algorithm>

namespace gemel::history::detail {

void find_newest(std::span<const Entry> entries, Timestamp at, std::uint32_t frames, bool gaps,
                 Newest& newest) {
  const auto past =
      std::upper_bound(entries.begin(), entries.end(), at,
                       [](Timestamp t, const Entry& entry) { return t < entry.source_time; });
  bool value_open = !newest.value;
  bool gap_open = !newest.gap && gaps;
  // Walking back, an equal source time and frame came earlier, and of those the first counts.
  const auto better = [](const Entry& entry, const std::optional<Entry>& than) {
    return !than || entry.frame >= than->frame;
  };
  for (auto it = past; it != entries.begin() && (value_open || gap_open);) {
    const Entry& entry = *--it;
    auto& open = entry.missing() ? gap_open : value_open;
    auto& found = entry.missing() ? newest.gap : newest.value;
    if (!open) continue;
    if (found && entry.source_time < found->source_time)
      open = false;
    else if (entry.frame < frames && better(entry, found))
      found = entry;
    // The other kind's search may be over as well: everything from here on is older than what it
    // found.
    if (newest.value && entry.source_time < newest.value->source_time) value_open = false;
    if (newest.gap && entry.source_time < newest.gap->source_time) gap_open = false;
  }
}

std::span<const Entry> within(std::span<const Entry> entries, TimeRange range) {
  const auto earlier = [](const Entry& entry, Timestamp t) { return entry.source_time < t; };
  const auto first = std::lower_bound(entries.begin(), entries.end(), range.from, earlier);
  const auto last = std::lower_bound(first, entries.end(), range.until, earlier);
  return {first, last};
}

void keep_last_known(std::vector<Record>& records) {
  std::size_t kept = 0;
  for (const auto& record : records) {
    if (kept > 0 && records[kept - 1].source_time == record.source_time) {
      if (record.known_at > records[kept - 1].known_at) records[kept - 1] = record;
    } else {
      records[kept++] = record;
    }
  }
  records.resize(kept);
}

}  // namespace gemel::history::detail
