#pragma once
// A DuckDB database in memory, its statements and the stream of their answers.

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exchange/detail/duckdb_library.hpp"

namespace gemel::exchange::detail {

/// 'it''s' for it's.
std::string sql_text(std::string_view text);
/// "a ""b""" for a "b".
std::string sql_name(std::string_view name);

/// A statement's answer, chunk by chunk. Lifetime: ends before its database. Threads: one.
class Rows {
 public:
  Rows(const DuckLibrary& duck, duckdb_result result) : duck_(&duck), result_(result) {}
  Rows(Rows&& other) noexcept;
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// Goes to the next chunk. False at the end. Errors: what DuckDB says.
  Result<bool> next();

  std::size_t size() const { return size_; }
  template <class T>
  const T* column(std::size_t index) const {
    return static_cast<const T*>(duck_->vector_get_data(vector(index)));
  }
  bool is_null(std::size_t column, std::size_t row) const;
  /// Of a VARCHAR column. Lifetime: until next().
  std::string_view text(std::size_t column, std::size_t row) const;

 private:
  duckdb_vector vector(std::size_t column) const {
    return duck_->data_chunk_get_vector(chunk_, column);
  }

  const DuckLibrary* duck_;
  duckdb_result result_;
  duckdb_data_chunk chunk_ = nullptr;
  std::size_t size_ = 0;
};

/// Threads: one, apart from the tables' own.
class Database {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  /// Errors: Unsupported (no library), InvalidInput (a setting that DuckDB refuses).
  static Result<std::unique_ptr<Database>> open(const Settings& settings = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs a statement to where its first rows are ready; `meanwhile` is called now and then.
  /// Errors: InvalidInput (what DuckDB says of the statement), Cancelled, Capacity (out of memory),
  /// and what our own tables failed with.
  Result<Rows> query(const std::string& sql, std::stop_token stop = {},
                     const std::function<void()>& meanwhile = {});
  /// A statement without rows.
  Result<void> run(const std::string& sql, std::stop_token stop = {},
                   const std::function<void()>& meanwhile = {});

  struct Described {
    duckdb_statement_type kind;
    std::vector<std::string> columns;
    std::vector<duckdb_type> types;
  };
  /// What the statement would answer. Errors: as query().
  Result<Described> describe(const std::string& sql);

  const DuckLibrary& duck() const { return duck_; }
  duckdb_connection connection() const { return connection_; }

  /// A table of ours failed with this; the statement that reads it will fail with it. Threads: any.
  void table_failed(Error error);

 private:
  explicit Database(const DuckLibrary& duck);
  Error refusal(const char* message);

  class FirstError;
  const DuckLibrary& duck_;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
  std::unique_ptr<FirstError> failed_;
};

}  // namespace gemel::exchange::detail
