#include "inference/learning_rows.hpp"

#include <algorithm>

namespace gemel::inference {
namespace {

constexpr std::size_t kRecordsMax = 2'000'000;

}  // namespace

void RowTable::add(const Row& row) {
  times.push_back(row.time);
  values.insert(values.end(), row.values.begin(), row.values.end());
  qualities.insert(qualities.end(), row.qualities.begin(), row.qualities.end());
}

Result<std::vector<SlotSample>> read_merged(const HistoryReader& history,
                                            std::span<const SignalId> signals, TimeRange range,
                                            Timestamp known_at) {
  std::vector<SlotSample> merged;
  for (std::size_t slot = 0; slot < signals.size(); ++slot) {
    GEMEL_ASSIGN(const auto records, history.read(signals[slot], range, known_at, kRecordsMax));
    for (const auto& r : records)
      merged.push_back({slot, {signals[slot], r.quality, r.source_time, r.value}});
  }
  std::ranges::stable_sort(merged, {}, [](const SlotSample& s) { return s.sample.source_time; });
  return merged;
}

Result<RowTable> read_rows(const HistoryReader& history, RowAssembler assembler,
                           std::span<const SignalId> signals, TimeRange range, Timestamp known_at) {
  GEMEL_ASSIGN(const auto merged, read_merged(history, signals, range, known_at));
  RowTable table;
  table.width = signals.size();
  for (const auto& [slot, sample] : merged) {
    if (const auto row = assembler.take(slot, sample)) table.add(*row);
  }
  return table;
}

}  // namespace gemel::inference
