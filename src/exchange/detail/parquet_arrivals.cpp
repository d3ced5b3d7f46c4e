#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

#include "exchange/detail/csv_arrivals.hpp"
#include "exchange/detail/database.hpp"
#include "exchange/detail/row_checks.hpp"

namespace gemel::exchange::detail {
namespace {

/// How a column comes to us.
enum class Kind : std::uint8_t { Moment, Whole, Real, Text };

Kind kind_of(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
    case DUCKDB_TYPE_DATE:
      return Kind::Moment;
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
      return Kind::Whole;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
      return Kind::Real;
    default:
      return Kind::Text;
  }
}

class ParquetArrivals final : public ArrivalReader {
 public:
  ParquetArrivals(const ImportRequest& request, SignalNames& names, Timestamp now,
                  std::unique_ptr<Database> database)
      : request_(request),
        names_(names),
        now_(now),
        database_(std::move(database)),
        times_(request.time_format) {}

  Result<void> open() {
    const auto from = " FROM read_parquet(" + sql_text(request_.path.string()) + ")";
    GEMEL_ASSIGN(const auto described, checked(database_->describe("SELECT *" + from)));
    header_ = described.columns;
    GEMEL_ASSIGN(plan_, plan_columns(header_, request_, names_));
    GEMEL_ASSIGN(auto count, checked(database_->query("SELECT count(*)" + from)));
    GEMEL_TRY(count.next());
    total_ = static_cast<std::uint64_t>(count.column<std::int64_t>(0)[0]);

    std::string select;
    const auto want = [&](Selected& selected, std::size_t column, bool moment, bool text) {
      if (column == ColumnPlan::kNone) return;
      selected.column = column;
      selected.place = selected_++;
      selected.kind = text ? Kind::Text : kind_of(described.types[column]);
      // A value is a real number whatever it is kept as; a time keeps its whole nanoseconds.
      if (!moment && selected.kind == Kind::Whole) selected.kind = Kind::Real;
      if (!moment && selected.kind == Kind::Moment) selected.kind = Kind::Text;
      const auto name = sql_name(header_[column]);
      select += select.empty() ? "" : ", ";
      switch (selected.kind) {
        case Kind::Moment:
          select += "epoch_ns(" + name + ")";
          break;
        case Kind::Whole:
          select += "CAST(" + name + " AS BIGINT)";
          break;
        case Kind::Real:
          select += "CAST(" + name + " AS DOUBLE)";
          break;
        case Kind::Text:
          select += "CAST(" + name + " AS VARCHAR)";
          break;
      }
    };
    want(time_, plan_.time, true, false);
    if (!request_.known_now) want(known_at_, plan_.known_at, true, false);
    if (plan_.is_long()) {
      want(signal_, plan_.signal, false, true);
      want(value_, plan_.value, false, false);
      want(quality_, plan_.quality, false, true);
      want(unit_, plan_.unit, false, true);
    }
    for (const auto& [column, id] : plan_.signals) want(wide_.emplace_back(), column, false, false);
    GEMEL_ASSIGN(auto rows, checked(database_->query("SELECT " + select + from)));
    found_.emplace(std::move(rows));
    return {};
  }

  Result<bool> next(std::vector<Arrival>& arrivals) override {
    GEMEL_ASSIGN(const bool more, checked(found_->next()));
    if (!more) return false;
    for (row_ = 0; row_ < found_->size(); ++row_) {
      ++rows_;
      GEMEL_TRY(read_row(arrivals));
    }
    return true;
  }
  double done() const override {
    return total_ == 0 ? 1.0 : static_cast<double>(rows_) / static_cast<double>(total_);
  }
  std::uint64_t rows() const override { return rows_; }

 private:
  struct Selected {
    std::size_t column = ColumnPlan::kNone;  // of the file
    std::size_t place = 0;                   // in what was selected
    Kind kind = Kind::Text;
    bool there() const { return column != ColumnPlan::kNone; }
  };

  template <class T>
  Result<T> checked(Result<T> result) const {
    if (result) return result;
    return result.error().within(request_.path.string());
  }
  Error at(const Selected& where, const Error& error) const {
    return error.within(request_.path.string() + ": row " + std::to_string(rows_) + ", column '" +
                        header_[where.column] + "'");
  }
  bool is_null(const Selected& from) const { return found_->is_null(from.place, row_); }
  std::string_view text(const Selected& from) const {
    return is_null(from) ? std::string_view() : found_->text(from.place, row_);
  }

  Result<Timestamp> moment(const Selected& from) {
    if (is_null(from)) return Error{ErrorCode::InvalidInput, "there is no time"};
    switch (from.kind) {
      case Kind::Moment:
        return Timestamp{found_->column<std::int64_t>(from.place)[row_]};
      case Kind::Whole:
        return times_.read(found_->column<std::int64_t>(from.place)[row_]);
      case Kind::Real:
        return times_.read(found_->column<double>(from.place)[row_]);
      case Kind::Text:
        break;
    }
    return times_.read(text(from));
  }

  Result<std::optional<double>> value(const Selected& from, const Signal& signal) const {
    if (is_null(from)) return std::optional<double>{};
    if (from.kind == Kind::Text) return read_value(signal, text(from));
    const double number = found_->column<double>(from.place)[row_];
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
  }

  Result<void> read_row(std::vector<Arrival>& arrivals) {
    Arrival arrival;
    arrival.known_at = Timestamp::min();
    const auto time = moment(time_);
    if (!time) return at(time_, time.error());
    if (const auto good = check_time(*time, now_); !good) return at(time_, good.error());
    arrival.source_time = *time;
    if (known_at_.there() && !is_null(known_at_)) {
      const auto known = moment(known_at_);
      if (!known) return at(known_at_, known.error());
      if (const auto good = check_known_at(*known, *time, now_); !good)
        return at(known_at_, good.error());
      arrival.known_at = *known;
    }
    return plan_.is_long() ? read_long(arrival, arrivals) : read_wide(arrival, arrivals);
  }

  Result<void> read_long(Arrival arrival, std::vector<Arrival>& arrivals) {
    const auto id = names_.find(text(signal_));
    if (!id) return {};
    arrival.signal = *id;
    if (unit_.there()) {
      if (const auto good = check_unit(names_.signal(*id), text(unit_)); !good)
        return at(unit_, good.error());
    }
    if (quality_.there()) {
      const auto quality = qualities_.read(text(quality_));
      if (!quality) return at(quality_, quality.error());
      arrival.quality = *quality;
    }
    if (arrival.quality.grade != Grade::Missing) {
      const auto found = value(value_, names_.signal(*id));
      if (!found) return at(value_, found.error());
      if (!*found) return {};
      arrival.value = **found;
    }
    arrivals.push_back(arrival);
    return {};
  }

  Result<void> read_wide(Arrival arrival, std::vector<Arrival>& arrivals) {
    for (std::size_t i = 0; i < wide_.size(); ++i) {
      const auto id = plan_.signals[i].second;
      const auto found = value(wide_[i], names_.signal(id));
      if (!found) return at(wide_[i], found.error());
      if (!*found) continue;
      arrival.signal = id;
      arrival.value = **found;
      arrivals.push_back(arrival);
    }
    return {};
  }

  const ImportRequest& request_;
  SignalNames& names_;
  const Timestamp now_;
  std::unique_ptr<Database> database_;
  std::optional<Rows> found_;  // gone before the database
  std::vector<std::string> header_;
  ColumnPlan plan_;
  Selected time_, known_at_, signal_, value_, quality_, unit_;
  std::vector<Selected> wide_;
  std::size_t selected_ = 0;
  std::size_t row_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t total_ = 0;
  TimeReader times_;
  QualityReader qualities_;
};

}  // namespace

Result<std::unique_ptr<ArrivalReader>> open_parquet(const ImportRequest& request,
                                                    SignalNames& names, Timestamp now) {
  std::error_code error;
  if (!std::filesystem::exists(request.path, error))
    return {ErrorCode::NotFound, "there is no file " + request.path.string()};
  GEMEL_ASSIGN(auto database, Database::open());
  auto made = std::make_unique<ParquetArrivals>(request, names, now, std::move(database));
  GEMEL_TRY(made->open());
  return std::unique_ptr<ArrivalReader>(std::move(made));
}

}  // namespace gemel::exchange::detail
