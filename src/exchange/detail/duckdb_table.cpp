#include "exchange/detail/duckdb_table.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace gemel::exchange::detail {
namespace {

constexpr std::array<const char*, 3> kTimes{"from_time", "until_time", "known_at"};

/// What the callbacks below get back from DuckDB.
struct Registered {
  Database& database;
  const Table& table;
  std::size_t columns;
};
struct Bound {
  Asked asked;
};
struct Started {
  std::unique_ptr<Scan> scan;
  std::vector<std::size_t> places;
};
struct Working {
  std::unique_ptr<ScanPart> part;
};

template <class T>
void destroy(void* owned) {
  delete static_cast<T*>(owned);
}

class LogicalType {
 public:
  LogicalType(const DuckLibrary& duck, const Column& column) : duck_(duck) {
    if (column.type == ColumnType::OneOf) {
      std::vector<const char*> names;
      for (const auto& name : column.names) names.push_back(name.c_str());
      if (names.empty()) names.push_back("");
      type_ = duck.create_enum_type(names.data(), names.size());
      return;
    }
    type_ = duck.create_logical_type(column.type == ColumnType::Number ? DUCKDB_TYPE_DOUBLE
                                     : column.type == ColumnType::Time ? DUCKDB_TYPE_TIMESTAMP_NS
                                                                       : DUCKDB_TYPE_VARCHAR);
  }
  LogicalType(const DuckLibrary& duck, duckdb_type type)
      : duck_(duck), type_(duck.create_logical_type(type)) {}
  ~LogicalType() { duck_.destroy_logical_type(&type_); }
  LogicalType(const LogicalType&) = delete;
  LogicalType& operator=(const LogicalType&) = delete;
  duckdb_logical_type get() const { return type_; }

 private:
  const DuckLibrary& duck_;
  duckdb_logical_type type_;
};

Asked asked_of(const DuckLibrary& duck, duckdb_bind_info info) {
  Asked asked;
  const auto each = [&](const char* name, auto&& take) {
    auto value = duck.bind_get_named_parameter(info, name);
    if (value == nullptr) return;
    if (!duck.is_null_value(value)) take(value);
    duck.destroy_value(&value);
  };
  const std::array<std::optional<Timestamp>*, 3> times{&asked.from, &asked.until, &asked.known_at};
  for (std::size_t i = 0; i < times.size(); ++i) {
    each(kTimes[i],
         [&](duckdb_value value) { *times[i] = Timestamp{duck.get_timestamp_ns(value).nanos}; });
  }
  each("signals", [&](duckdb_value value) {
    char* text = duck.get_varchar(value);
    asked.signals = text ? text : "";
    duck.free(text);
  });
  return asked;
}

void bind(duckdb_bind_info info) {
  // Before the first look at the extra info there is no other way to the functions.
  const auto& duck = *duck_library();
  const auto& self = *static_cast<const Registered*>(duck.bind_get_extra_info(info));
  for (const auto& column : self.table.columns()) {
    const LogicalType type(duck, column);
    duck.bind_add_result_column(info, column.name.c_str(), type.get());
  }
  duck.bind_set_bind_data(info, new Bound{asked_of(duck, info)}, destroy<Bound>);
}

void start(duckdb_init_info info) {
  const auto& duck = *duck_library();
  const auto& self = *static_cast<const Registered*>(duck.init_get_extra_info(info));
  const auto& bound = *static_cast<const Bound*>(duck.init_get_bind_data(info));
  auto scan = self.table.scan(bound.asked);
  if (!scan) {
    self.database.table_failed(scan.error());
    return duck.init_set_error(info, scan.error().message.c_str());
  }
  auto started = std::make_unique<Started>();
  started->scan = std::move(*scan);
  started->places.assign(self.columns, SIZE_MAX);
  const auto wanted = duck.init_get_column_count(info);
  for (idx_t place = 0; place < wanted; ++place) {
    // Other numbers are DuckDB's own columns, such as a row's number for count(*).
    const auto column = duck.init_get_column_index(info, place);
    if (column < self.columns) started->places[column] = place;
  }
  duck.init_set_max_threads(info, started->scan->threads());
  duck.init_set_init_data(info, started.release(), destroy<Started>);
}

void start_part(duckdb_init_info info) {
  const auto& duck = *duck_library();
  duck.init_set_init_data(info, new Working{}, destroy<Working>);
}

void fill(duckdb_function_info info, duckdb_data_chunk chunk) {
  const auto& duck = *duck_library();
  const auto& self = *static_cast<const Registered*>(duck.function_get_extra_info(info));
  auto& started = *static_cast<Started*>(duck.function_get_init_data(info));
  auto& working = *static_cast<Working*>(duck.function_get_local_init_data(info));
  if (!working.part) working.part = started.scan->part();
  const auto rows = working.part->fill(Filling(duck, chunk, started.places));
  if (!rows) {
    self.database.table_failed(rows.error());
    duck.function_set_error(info, rows.error().message.c_str());
  }
  duck.data_chunk_set_size(chunk, rows ? *rows : 0);
}

}  // namespace

void Filling::set_null(std::size_t column, std::size_t row) const {
  if (!wanted(column)) return;
  duck_.vector_ensure_validity_writable(vector(column));
  duck_.vector_get_validity(vector(column))[row / 64] &= ~(std::uint64_t{1} << (row % 64));
}

void Filling::set_text(std::size_t column, std::size_t row, std::string_view text) const {
  if (!wanted(column)) return;
  auto& place = data<duckdb_string_t>(column)[row];
  if (text.size() > sizeof(place.value.inlined.inlined))
    return duck_.vector_assign_string_element_len(vector(column), row, text.data(), text.size());
  place = {};
  place.value.inlined.length = static_cast<std::uint32_t>(text.size());
  std::memcpy(place.value.inlined.inlined, text.data(), text.size());
}

void Filling::fill_one_of(std::size_t column, std::size_t begin, std::size_t end,
                          std::uint32_t number, std::size_t names) const {
  if (!wanted(column)) return;
  // As wide as DuckDB keeps an ENUM of so many names.
  const auto fill_as = [&]<class T>(T as) {
    std::fill(data<T>(column) + begin, data<T>(column) + end, as);
  };
  if (names <= UINT8_MAX) return fill_as(static_cast<std::uint8_t>(number));
  if (names <= UINT16_MAX) return fill_as(static_cast<std::uint16_t>(number));
  fill_as(number);
}

Result<void> add_table(Database& database, const Table& table) {
  const auto& duck = database.duck();
  auto function = duck.create_table_function();
  const auto name = table.name();
  duck.table_function_set_name(function, name.c_str());
  const LogicalType time(duck, DUCKDB_TYPE_TIMESTAMP_NS), text(duck, DUCKDB_TYPE_VARCHAR);
  for (const char* parameter : kTimes)
    duck.table_function_add_named_parameter(function, parameter, time.get());
  duck.table_function_add_named_parameter(function, "signals", text.get());
  duck.table_function_set_extra_info(
      function, new Registered{database, table, table.columns().size()}, destroy<Registered>);
  duck.table_function_set_bind(function, bind);
  duck.table_function_set_init(function, start);
  duck.table_function_set_local_init(function, start_part);
  duck.table_function_set_function(function, fill);
  duck.table_function_supports_projection_pushdown(function, true);
  const bool added = duck.register_table_function(database.connection(), function) == DuckDBSuccess;
  duck.destroy_table_function(&function);
  if (added) return {};
  return {ErrorCode::Internal, "DuckDB does not take the table " + name};
}

}  // namespace gemel::exchange::detail
