#pragma once
// Tables of ours that DuckDB reads as table functions: `FROM name(from_time := …)`.

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "exchange/detail/database.hpp"

namespace gemel::exchange::detail {

enum class ColumnType : std::uint8_t {
  Text,
  Number,  // DOUBLE
  Time,    // TIMESTAMP_NS
  OneOf,   // ENUM: numbers into `names`
};

struct Column {
  std::string name;
  ColumnType type = ColumnType::Text;
  std::vector<std::string> names = {};  // of OneOf; distinct
};

/// What a statement asks of a table in its brackets.
struct Asked {
  std::optional<Timestamp> from, until, known_at;
  std::optional<std::string> signals;  // patterns, by comma
};

/// A piece of up to capacity() rows that is being filled column by column. A column that the
/// statement does not need is null and need not be filled.
class Filling {
 public:
  Filling(const DuckLibrary& duck, duckdb_data_chunk chunk, const std::vector<std::size_t>& places)
      : duck_(duck), chunk_(chunk), places_(places), capacity_(duck.vector_size()) {}

  std::size_t capacity() const { return capacity_; }
  bool wanted(std::size_t column) const { return places_[column] != SIZE_MAX; }
  /// Of Number and Time columns.
  double* numbers(std::size_t column) const { return data<double>(column); }
  std::int64_t* times(std::size_t column) const { return data<std::int64_t>(column); }
  void set_null(std::size_t column, std::size_t row) const;
  void set_text(std::size_t column, std::size_t row, std::string_view text) const;
  /// The same number for rows [begin, end).
  void fill_one_of(std::size_t column, std::size_t begin, std::size_t end, std::uint32_t number,
                   std::size_t names) const;

 private:
  template <class T>
  T* data(std::size_t column) const {
    return wanted(column) ? static_cast<T*>(duck_.vector_get_data(vector(column))) : nullptr;
  }
  duckdb_vector vector(std::size_t column) const {
    return duck_.data_chunk_get_vector(chunk_, places_[column]);
  }

  const DuckLibrary& duck_;
  duckdb_data_chunk chunk_;
  const std::vector<std::size_t>& places_;  // by our column: its place in the chunk
  std::size_t capacity_;
};

/// One thread's part of a scan. Threads: one.
class ScanPart {
 public:
  virtual ~ScanPart() = default;
  /// Rows put in; 0: this part is at its end.
  virtual Result<std::size_t> fill(const Filling& filling) = 0;
};

/// One reading of a table by a statement. Threads: part() from any.
class Scan {
 public:
  virtual ~Scan() = default;
  virtual std::size_t threads() const { return 1; }
  virtual std::unique_ptr<ScanPart> part() = 0;
};

/// Threads: const, any.
class Table {
 public:
  virtual ~Table() = default;
  virtual std::string name() const = 0;
  virtual std::vector<Column> columns() const = 0;
  virtual Result<std::unique_ptr<Scan>> scan(const Asked& asked) const = 0;
};

/// Makes the table known. Lifetime: the table outlives the database.
Result<void> add_table(Database& database, const Table& table);

}  // namespace gemel::exchange::detail
