#include "exchange/detail/database.hpp"

#include <mutex>

namespace gemel::exchange::detail {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += c;
    out += c;
  }
  return out + quote;
}

struct Prepared {
  const DuckLibrary& duck;
  duckdb_prepared_statement statement = nullptr;
  ~Prepared() { duck.destroy_prepare(&statement); }
};

struct Pending {
  const DuckLibrary& duck;
  duckdb_pending_result result = nullptr;
  ~Pending() { duck.destroy_pending(&result); }
};

}  // namespace

std::string sql_text(std::string_view text) { return quoted(text, '\''); }
std::string sql_name(std::string_view name) { return quoted(name, '"'); }

Rows::Rows(Rows&& other) noexcept
    : duck_(std::exchange(other.duck_, nullptr)),
      result_(other.result_),
      chunk_(std::exchange(other.chunk_, nullptr)),
      size_(other.size_) {}

Rows::~Rows() {
  if (duck_ == nullptr) return;
  if (chunk_) duck_->destroy_data_chunk(&chunk_);
  duck_->destroy_result(&result_);
}

Result<bool> Rows::next() {
  if (chunk_) duck_->destroy_data_chunk(&chunk_);
  chunk_ = duck_->fetch_chunk(result_);
  size_ = chunk_ ? duck_->data_chunk_get_size(chunk_) : 0;
  if (size_ > 0) return true;
  if (const char* why = duck_->result_error(&result_); why && *why)
    return Error{ErrorCode::InvalidInput, why};
  return false;
}

bool Rows::is_null(std::size_t column, std::size_t row) const {
  const auto* valid = duck_->vector_get_validity(vector(column));
  return valid != nullptr && (valid[row / 64] >> (row % 64) & 1) == 0;
}

std::string_view Rows::text(std::size_t column, std::size_t row) const {
  const auto& value = this->column<duckdb_string_t>(column)[row];
  const auto length = value.value.inlined.length;
  return {length <= sizeof(value.value.inlined.inlined) ? value.value.inlined.inlined
                                                        : value.value.pointer.ptr,
          length};
}

class Database::FirstError {
 public:
  void set(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  std::optional<Error> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(error_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<Error> error_;
};

Database::Database(const DuckLibrary& duck)
    : duck_(duck), failed_(std::make_unique<FirstError>()) {}

Result<std::unique_ptr<Database>> Database::open(const Settings& settings) {
  const auto& found = duck_library();
  if (!found) return found.error();
  std::unique_ptr<Database> made(new Database(*found));
  duckdb_config config = nullptr;
  made->duck_.create_config(&config);
  // Nothing is ever fetched from the network behind the user's back.
  Settings all{{"autoinstall_known_extensions", "false"}, {"autoload_known_extensions", "false"}};
  all.insert(all.end(), settings.begin(), settings.end());
  for (const auto& [name, value] : all) {
    if (made->duck_.set_config(config, name.c_str(), value.c_str()) == DuckDBSuccess) continue;
    made->duck_.destroy_config(&config);
    return Error{ErrorCode::InvalidInput, "DuckDB has no setting " + name + " = " + value};
  }
  char* why = nullptr;
  const bool opened =
      made->duck_.open_ext(nullptr, &made->database_, config, &why) == DuckDBSuccess &&
      made->duck_.connect(made->database_, &made->connection_) == DuckDBSuccess;
  made->duck_.destroy_config(&config);
  if (opened) return made;
  Error error{ErrorCode::InvalidInput,
              std::string("DuckDB can't open a database in memory: ") + (why ? why : "")};
  if (why) made->duck_.free(why);
  return error;
}

Database::~Database() {
  if (connection_) duck_.disconnect(&connection_);
  if (database_) duck_.close(&database_);
}

void Database::table_failed(Error error) { failed_->set(std::move(error)); }

Error Database::refusal(const char* message) {
  if (auto ours = failed_->take()) return *std::move(ours);
  std::string text = message ? message : "DuckDB gave no reason";
  // Its texts begin with the kind of the error.
  const auto code = text.starts_with("Out of Memory") ? ErrorCode::Capacity
                    : text.starts_with("IO Error")    ? ErrorCode::Unavailable
                                                      : ErrorCode::InvalidInput;
  return {code, std::move(text)};
}

Result<Rows> Database::query(const std::string& sql, std::stop_token stop,
                             const std::function<void()>& meanwhile) {
  failed_->take();
  Prepared prepared{duck_};
  if (duck_.prepare(connection_, sql.c_str(), &prepared.statement) != DuckDBSuccess)
    return refusal(duck_.prepare_error(prepared.statement));
  Pending pending{duck_};
  if (duck_.pending_prepared_streaming(prepared.statement, &pending.result) != DuckDBSuccess)
    return refusal(duck_.pending_error(pending.result));
  for (;;) {
    if (stop.stop_requested()) {
      duck_.interrupt(connection_);
      return Error{ErrorCode::Cancelled, "stopped"};
    }
    const auto state = duck_.pending_execute_task(pending.result);
    if (state == DUCKDB_PENDING_ERROR) return refusal(duck_.pending_error(pending.result));
    if (state == DUCKDB_PENDING_RESULT_READY) break;
    if (meanwhile) meanwhile();
  }
  duckdb_result result;
  if (duck_.execute_pending(pending.result, &result) == DuckDBSuccess) return Rows(duck_, result);
  const auto error = refusal(duck_.result_error(&result));
  duck_.destroy_result(&result);
  return error;
}

Result<void> Database::run(const std::string& sql, std::stop_token stop,
                           const std::function<void()>& meanwhile) {
  GEMEL_ASSIGN(auto rows, query(sql, std::move(stop), meanwhile));
  for (;;) {
    const auto more = rows.next();
    if (!more) return refusal(more.error().message.c_str());
    if (!*more) return {};
  }
}

Result<Database::Described> Database::describe(const std::string& sql) {
  Prepared prepared{duck_};
  if (duck_.prepare(connection_, sql.c_str(), &prepared.statement) != DuckDBSuccess)
    return refusal(duck_.prepare_error(prepared.statement));
  Described described;
  described.kind = duck_.prepared_statement_type(prepared.statement);
  const auto columns = duck_.prepared_statement_column_count(prepared.statement);
  for (idx_t i = 0; i < columns; ++i) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): it is ours to free
    auto* name = const_cast<char*>(duck_.prepared_statement_column_name(prepared.statement, i));
    described.columns.emplace_back(name ? name : "");
    duck_.free(name);
    described.types.push_back(duck_.prepared_statement_column_type(prepared.statement, i));
  }
  return described;
}

}  // namespace gemel::exchange::detail
