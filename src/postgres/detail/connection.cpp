#include "postgres/detail/connection.hpp"

#include <bit>
#include <cstring>
#include <optional>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "postgres/detail/wire.hpp"

namespace gemel::postgres::detail {
namespace {

/// The first line of what libpq says, which ends its messages with a line break and may add hints.
std::string first_line(const char* text) {
  const std::string_view all(text == nullptr ? "" : text);
  return std::string(all.substr(0, all.find('\n')));
}

ErrorCode code_of(std::string_view state) {
  if (state.starts_with("08") || state.starts_with("57P") || state.starts_with("53") ||
      state.starts_with("58") || state.starts_with("40") || state.starts_with("55"))
    return ErrorCode::Unavailable;
  if (state.starts_with("28") || state == "42501") return ErrorCode::PermissionDenied;
  if (state.starts_with("XX")) return ErrorCode::Corruption;
  if (state == "57014") return ErrorCode::Timeout;
  return ErrorCode::Internal;
}

std::string_view remedy_of(std::string_view state) {
  if (state == "53100") return "; make room on the server's disk";
  if (state == "53300") return "; raise max_connections of the server";
  if (state == "42501") return "; grant the user this right, or let another own the schema";
  if (state == "25006") return "; the server takes reads only, name its primary";
  if (state == "42P01" || state == "42703")
    return "; the schema was changed by another program, restore it or name another schema";
  return {};
}

}  // namespace

Result<Address> Address::parse(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
  const auto value = [&](std::string_view keyword) -> std::string {
    for (auto* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
      if (keyword == option->keyword && option->val != nullptr) return option->val;
    }
    return {};
  };
  // What can't be read is not shown: a password with a special character is the usual cause.
  if (!options || value("host").find('@') != std::string::npos)
    return {ErrorCode::InvalidInput,
            "the history's url can't be read; write postgresql://user@host:port/database, and "
            "special characters of a password as %40 for @, %3A for :, %2F for /"};
  const auto host = value("host"), port = value("port"), database = value("dbname");
  return Address{url, (host.empty() ? "localhost" : host) + ":" + (port.empty() ? "5432" : port) +
                          "/" + (database.empty() ? value("user") : database)};
}

Rows::Rows(pg_result* result) : result_(result) {}
void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }
int Rows::size() const { return PQntuples(result_.get()); }
bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::int64_t Rows::integer(int row, int column) const {
  const auto* bytes =
      reinterpret_cast<const unsigned char*>(PQgetvalue(result_.get(), row, column));
  const int size = PQgetlength(result_.get(), row, column);
  if (size == 0) return 0;
  // The first byte carries the sign, whatever the width.
  std::int64_t n = static_cast<signed char>(bytes[0]);
  for (int i = 1; i < size && i < 8; ++i)
    n = static_cast<std::int64_t>((static_cast<std::uint64_t>(n) << 8) | bytes[i]);
  return n;
}

double Rows::real(int row, int column) const {
  if (PQgetlength(result_.get(), row, column) != sizeof(double)) return 0.0;
  std::uint64_t n;
  std::memcpy(&n, PQgetvalue(result_.get(), row, column), sizeof n);
  return std::bit_cast<double>(big_endian(n));
}

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Result<Connection> Connection::open(const Address& address) {
  // What stands before the url is our default, what stands after it holds in any case. A server
  // that falls silent is given up after 20 to 25 seconds.
  const char* keywords[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                            "keepalives_count", "tcp_user_timeout", "application_name",
                            "dbname",           "client_encoding",  nullptr};
  const char* values[] = {"5",    "10",   "5", "3", "20000", "gemel", address.url.c_str(),
                          "UTF8", nullptr};
  std::unique_ptr<pg_conn, Close> connection(PQconnectdbParams(keywords, values, 1));
  if (!connection) return Error{ErrorCode::Capacity, "no memory for a connection to PostgreSQL"};
  if (PQstatus(connection.get()) != CONNECTION_OK)
    return Error{ErrorCode::Unavailable,
                 fmt::format("PostgreSQL at {} can't be reached: {}; start the server, or correct "
                             "the history's url (a password may also stand in PGPASSFILE)",
                             address.shown, first_line(PQerrorMessage(connection.get())))};
  // Notices ("relation exists, skipping") would go to standard error.
  PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
  return Connection(std::move(connection), address);
}

Error Connection::trouble(const pg_result* result) const {
  if (lost())
    return {
        ErrorCode::Unavailable,
        fmt::format("the connection to PostgreSQL at {} was lost ({}); it is tried again, start "
                    "the server if it is down",
                    address_.shown, first_line(PQerrorMessage(connection_.get())))};
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state(field == nullptr ? "" : field);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const auto said = first_line(primary != nullptr ? primary : PQerrorMessage(connection_.get()));
  return {code_of(state), fmt::format("PostgreSQL at {} refuses: {} ({}){}", address_.shown, said,
                                      state, remedy_of(state))};
}

bool Connection::lost() const { return PQstatus(connection_.get()) != CONNECTION_OK; }

Result<Rows> Connection::ask(const char* statement, std::initializer_list<std::string> parameters) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  constexpr int kBinary = 1;
  Rows rows(nullptr);
  auto* result = PQexecParams(connection_.get(), statement, static_cast<int>(values.size()),
                              nullptr, values.data(), nullptr, nullptr, kBinary);
  const auto status = PQresultStatus(result);
  rows = Rows(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return trouble(result);
  return rows;
}

Result<void> Connection::run(const std::string& statements,
                             std::initializer_list<std::string_view> copies) {
  auto* connection = connection_.get();
  if (PQsendQuery(connection, statements.c_str()) == 0) return trouble(nullptr);
  auto next = copies.begin();
  std::optional<Error> first;
  while (auto* result = PQgetResult(connection)) {
    const Rows owned(result);
    const auto status = PQresultStatus(result);
    if (status == PGRES_COPY_IN) {
      if (next == copies.end()) {
        PQputCopyEnd(connection, "nothing to copy");
        continue;
      }
      // A failure here shows in the next result.
      if (PQputCopyData(connection, next->data(), static_cast<int>(next->size())) == 1)
        PQputCopyEnd(connection, nullptr);
      ++next;
      if (lost()) break;
    } else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && !first) {
      first = trouble(result);
    }
  }
  if (first) return *first;
  if (lost()) return trouble(nullptr);
  return {};
}

std::string quoted_item(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace gemel::postgres::detail
