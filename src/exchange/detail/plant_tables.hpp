#pragma once
// The small tables beside the samples: what is believed last, the signals, the events.

#include "core/history.hpp"
#include "core/plant.hpp"
#include "exchange/detail/duckdb_table.hpp"
#include "exchange/sql.hpp"

namespace gemel::exchange::detail {

/// Rows that were made before they are read. Limits: memory holds them all.
struct Cell {
  std::string text = {};
  double number = 0.0;
  Timestamp time = {};
  bool null = false;
};
class MadeTable : public Table {
 public:
  Result<std::unique_ptr<Scan>> scan(const Asked& asked) const override;

 protected:
  virtual Result<std::vector<std::vector<Cell>>> rows(const Asked& asked) const = 0;
};

class LatestTable final : public MadeTable {
 public:
  LatestTable(const HistoryReader& history, const Plant& plant, const SqlRequest& within)
      : history_(history), plant_(plant), within_(within) {}
  std::string name() const override { return "latest"; }
  std::vector<Column> columns() const override;

 private:
  Result<std::vector<std::vector<Cell>>> rows(const Asked& asked) const override;
  const HistoryReader& history_;
  const Plant& plant_;
  const SqlRequest& within_;
};

class SignalsTable final : public MadeTable {
 public:
  explicit SignalsTable(const Plant& plant) : plant_(plant) {}
  std::string name() const override { return "signals"; }
  std::vector<Column> columns() const override;

 private:
  Result<std::vector<std::vector<Cell>>> rows(const Asked& asked) const override;
  const Plant& plant_;
};

/// Limits: the newest 100,000 of the range.
class EventsTable final : public MadeTable {
 public:
  EventsTable(const HistoryReader& history, const SqlRequest& within)
      : history_(history), within_(within) {}
  std::string name() const override { return "events"; }
  std::vector<Column> columns() const override;

 private:
  Result<std::vector<std::vector<Cell>>> rows(const Asked& asked) const override;
  const HistoryReader& history_;
  const SqlRequest& within_;
};

}  // namespace gemel::exchange::detail
