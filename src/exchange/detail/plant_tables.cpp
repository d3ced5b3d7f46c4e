#include "exchange/detail/plant_tables.hpp"

#include <algorithm>
#include <array>

#include "exchange/detail/event_json.hpp"

namespace gemel::exchange::detail {
namespace {

constexpr std::size_t kEventsMax = 100'000;

class MadeScan final : public Scan, public ScanPart {
 public:
  MadeScan(std::vector<std::vector<Cell>> rows, std::vector<Column> columns)
      : rows_(std::move(rows)), columns_(std::move(columns)) {}
  std::unique_ptr<ScanPart> part() override { return std::make_unique<Borrowed>(*this); }

  Result<std::size_t> fill(const Filling& filling) override {
    const auto count = std::min(filling.capacity(), rows_.size() - at_);
    for (std::size_t row = 0; row < count; ++row) {
      for (std::size_t column = 0; column < columns_.size(); ++column)
        put(filling, column, row, rows_[at_ + row][column]);
    }
    at_ += count;
    return count;
  }

 private:
  struct Borrowed final : ScanPart {
    explicit Borrowed(MadeScan& lender) : scan(lender) {}
    Result<std::size_t> fill(const Filling& filling) override { return scan.fill(filling); }
    MadeScan& scan;
  };

  void put(const Filling& filling, std::size_t column, std::size_t row, const Cell& cell) const {
    if (!filling.wanted(column)) return;
    if (cell.null) return filling.set_null(column, row);
    if (columns_[column].type == ColumnType::Number)
      filling.numbers(column)[row] = cell.number;
    else if (columns_[column].type == ColumnType::Time)
      filling.times(column)[row] = cell.time.ns;
    else
      filling.set_text(column, row, cell.text);
  }

  const std::vector<std::vector<Cell>> rows_;
  const std::vector<Column> columns_;
  std::size_t at_ = 0;
};

Cell of(std::string text) { return {.text = std::move(text)}; }
Cell of(double number) { return {.number = number}; }
Cell of(Timestamp time) { return {.time = time}; }
Cell null() { return {.null = true}; }

std::string role(SignalRole role) {
  constexpr std::array<const char*, 4> kNames{"measured", "estimate", "score", "health"};
  return kNames[static_cast<std::size_t>(role)];
}

}  // namespace

Result<std::unique_ptr<Scan>> MadeTable::scan(const Asked& asked) const {
  GEMEL_ASSIGN(auto made, rows(asked));
  return std::unique_ptr<Scan>(std::make_unique<MadeScan>(std::move(made), columns()));
}

std::vector<Column> LatestTable::columns() const {
  return {{"signal"},
          {"source_time", ColumnType::Time},
          {"known_at", ColumnType::Time},
          {"value", ColumnType::Number},
          {"unit"},
          {"quality"},
          {"grade"}};
}

Result<std::vector<std::vector<Cell>>> LatestTable::rows(const Asked& asked) const {
  auto until = asked.until.value_or(within_.range.until);
  if (until != Timestamp::max()) until.ns -= 1;  // a range ends before `until`
  GEMEL_ASSIGN(const auto beliefs,
               history_.beliefs(until, asked.known_at.value_or(within_.known_at)));
  std::vector<std::vector<Cell>> rows;
  for (const auto& signal : plant_.signals) {
    const auto& belief = beliefs[signal.id];
    const bool known = belief.has_value();
    rows.push_back({of(signal.path), known ? of(belief.value_time) : null(),
                    known ? of(belief.known_at) : null(), known ? of(belief.value) : null(),
                    of(signal.unit.symbol), of(to_string(belief.quality())),
                    of(std::string(to_string(belief.quality().grade)))});
  }
  return rows;
}

std::vector<Column> SignalsTable::columns() const {
  return {{"signal"}, {"role"}, {"unit"}, {"description"}, {"states"}};
}

Result<std::vector<std::vector<Cell>>> SignalsTable::rows(const Asked&) const {
  std::vector<std::vector<Cell>> rows;
  for (const auto& signal : plant_.signals) {
    std::string states;
    for (const auto& state : signal.states) states += (states.empty() ? "" : ", ") + state;
    rows.push_back({of(signal.path), of(role(signal.role)), of(signal.unit.symbol),
                    of(signal.description), signal.states.empty() ? null() : of(states)});
  }
  return rows;
}

std::vector<Column> EventsTable::columns() const {
  return {{"known_at", ColumnType::Time}, {"kind"}, {"details"}};
}

Result<std::vector<std::vector<Cell>>> EventsTable::rows(const Asked& asked) const {
  TimeRange known{asked.from.value_or(within_.range.from),
                  asked.until.value_or(within_.range.until)};
  // What became known later than the moment asked about was not known then.
  const auto known_at = asked.known_at.value_or(within_.known_at);
  if (known_at != Timestamp::max()) known.until = std::min(known.until, known_at + Duration{1});
  GEMEL_ASSIGN(const auto events, history_.events(known, kEventsMax));
  std::vector<std::vector<Cell>> rows;
  for (const auto& event : events) {
    rows.push_back(
        {of(event.known_at), of(std::string(kind_of(event.body))), of(event_json(event.body))});
  }
  return rows;
}

}  // namespace gemel::exchange::detail
