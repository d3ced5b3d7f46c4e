#pragma once
// The records of a history as a table: signal, source_time, known_at, value, unit, quality, grade.

#include <stop_token>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "exchange/detail/duckdb_table.hpp"
#include "exchange/export.hpp"

namespace gemel::exchange::detail {

/// How far a long read is. Threads: any.
struct Advance {
  std::atomic<std::uint64_t> rows = 0;
  std::atomic<std::uint64_t> parts_done = 0;  // in millionths of a signal
};

/// Streams: memory stays bounded by the windows of RecordWindows, one for each of DuckDB's threads.
/// What a statement asks in its brackets narrows `within`.
class SamplesTable final : public Table {
 public:
  SamplesTable(const HistoryReader& history, const Plant& plant, ExportRequest within,
               std::stop_token stop);

  std::string name() const override { return "samples"; }
  std::vector<Column> columns() const override;
  Result<std::unique_ptr<Scan>> scan(const Asked& asked) const override;

  const Advance& advance() const { return advance_; }

  const HistoryReader& history() const { return history_; }
  const Plant& plant() const { return plant_; }
  const ExportRequest& within() const { return within_; }

 private:
  const HistoryReader& history_;
  const Plant& plant_;
  const ExportRequest within_;
  const std::stop_token stop_;
  std::vector<std::string> signal_names_, unit_names_;        // sorted
  std::vector<std::uint32_t> signal_numbers_, unit_numbers_;  // by SignalId
  mutable Advance advance_;
};

/// The same as a column for each signal, one row a source time.
class WideTable final : public Table {
 public:
  /// `signals`: those of the request, checked.
  WideTable(const HistoryReader& history, const Plant& plant, std::vector<SignalId> signals,
            ExportRequest request, std::stop_token stop)
      : history_(history),
        plant_(plant),
        signals_(std::move(signals)),
        request_(std::move(request)),
        stop_(std::move(stop)) {}

  std::string name() const override { return "wide"; }
  std::vector<Column> columns() const override;
  Result<std::unique_ptr<Scan>> scan(const Asked& asked) const override;
  const Advance& advance() const { return advance_; }

 private:
  const HistoryReader& history_;
  const Plant& plant_;
  const std::vector<SignalId> signals_;
  const ExportRequest request_;
  const std::stop_token stop_;
  mutable Advance advance_;
};

/// `within`, narrowed to what was asked. Errors: NotFound (a signal), InvalidInput.
Result<ExportRequest> narrowed(const ExportRequest& within, const Asked& asked, const Plant& plant);

}  // namespace gemel::exchange::detail
