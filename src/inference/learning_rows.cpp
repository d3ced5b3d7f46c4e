#include "inference/learning_rows.hpp"

#include <algorithm>

namespace gemel::inference {
namespace {

constexpr std::size_t kRecordsMax = 2'000'000;

constexpr std::size_t kRowsMax = 36'000;
constexpr std::int64_t kPieces = 24;

void append(RowTable& table, const RowTable& more) {
  table.times.insert(table.times.end(), more.times.begin(), more.times.end());
  table.values.insert(table.values.end(), more.values.begin(), more.values.end());
  table.qualities.insert(table.qualities.end(), more.qualities.begin(), more.qualities.end());
}

/// Evenly over the range, each as long as the others, the last at its end.
Result<RowTable> read_pieces(const HistoryReader& history, const RowAssembler& assembler,
                             std::span<const SignalId> signals, TimeRange range,
                             Timestamp known_at) {
  const auto length = assembler.period() * static_cast<std::int64_t>(kRowsMax / kPieces);
  const Duration apart = (range.until - range.from - length) / (kPieces - 1);
  RowTable table;
  table.width = signals.size();
  for (std::int64_t piece = 0; piece < kPieces; ++piece) {
    const Timestamp from = range.from + apart * piece;
    GEMEL_ASSIGN(const auto rows,
                 read_rows(history, assembler, signals, {from, from + length}, known_at));
    append(table, rows);
  }
  return table;
}

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
  const double rows = (range.until - range.from).in_seconds() / assembler.period().in_seconds();
  if (rows > 2.0 * kRowsMax) return read_pieces(history, assembler, signals, range, known_at);
  GEMEL_ASSIGN(const auto merged, read_merged(history, signals, range, known_at));
  RowTable table;
  table.width = signals.size();
  for (const auto& [slot, sample] : merged) {
    if (const auto row = assembler.take(slot, sample)) table.add(*row);
  }
  return table;
}

}  // namespace gemel::inference
