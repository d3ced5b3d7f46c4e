#pragma once
// One connection to a PostgreSQL server. Nothing of libpq is seen outside the .cpp files.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct pg_conn;
struct pg_result;

namespace gemel::postgres::detail {

/// Where the server is, and how messages call it (without the password).
struct Address {
  std::string url;
  std::string shown;  // "db.example:5432/plant"

  /// Errors: InvalidInput, never with a part of the url that could be a password.
  static Result<Address> parse(const std::string& url);
};

/// The answer to one statement. Columns come in binary, so numbers are exact.
class Rows {
 public:
  explicit Rows(pg_result* result);

  int size() const;
  bool is_null(int row, int column) const;
  /// Of an int2, int4 or int8.
  std::int64_t integer(int row, int column) const;
  /// Of a float8.
  double real(int row, int column) const;
  /// Lifetime: as the rows.
  std::string_view text(int row, int column) const;

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

/// Threads: one at a time.
class Connection {
 public:
  /// Errors: Unavailable, with the server's name and what to do.
  static Result<Connection> open(const Address& address);

  /// Runs one statement. Parameters are texts for $1, $2 …
  Result<Rows> ask(const char* statement, std::initializer_list<std::string> parameters = {});

  /// Runs statements that answer nothing; without BEGIN they are one transaction. Each COPY … FROM
  /// STDIN among them takes the next of `copies`.
  Result<void> run(const std::string& statements,
                   std::initializer_list<std::string_view> copies = {});

  /// Whether the server is gone: then nothing will work on this connection any more, and the last
  /// statement may have been done or not.
  bool lost() const;

  const Address& address() const { return address_; }

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  Connection(std::unique_ptr<pg_conn, Close> connection, Address address)
      : connection_(std::move(connection)), address_(std::move(address)) {}
  Error trouble(const pg_result* result) const;

  std::unique_ptr<pg_conn, Close> connection_;
  Address address_;
};

/// "{1,2,3}", as parameters of array type are written.
template <class Items, class ToText>
std::string array_of(const Items& items, ToText to_text) {
  std::string array = "{";
  for (const auto& item : items) {
    if (array.size() > 1) array += ',';
    array += to_text(item);
  }
  return array + "}";
}

/// `text` between quotes, as an item of an array of texts or as a name in SQL (both double it or
/// escape it in their own way).
std::string quoted_item(std::string_view text);
std::string quoted_name(std::string_view name);

}  // namespace gemel::postgres::detail
