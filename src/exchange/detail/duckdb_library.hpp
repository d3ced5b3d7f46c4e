#pragma once
// DuckDB's library, opened when it is first needed: the functions that we call, by the types of its
// own C header. Only the .cpp files that CMake leaves out where there is no DuckDB include this.

#include <duckdb.h>

#include "base/result.hpp"

namespace gemel::exchange::detail {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a list that is read twice
#define GEMEL_DUCKDB_FUNCTIONS(F)                \
  F(create_config)                               \
  F(set_config)                                  \
  F(destroy_config)                              \
  F(open_ext)                                    \
  F(close)                                       \
  F(free)                                        \
  F(connect)                                     \
  F(disconnect)                                  \
  F(interrupt)                                   \
  F(prepare)                                     \
  F(prepare_error)                               \
  F(prepared_statement_type)                     \
  F(prepared_statement_column_count)             \
  F(prepared_statement_column_name)              \
  F(prepared_statement_column_type)              \
  F(destroy_prepare)                             \
  F(pending_prepared_streaming)                  \
  F(pending_execute_task)                        \
  F(pending_error)                               \
  F(execute_pending)                             \
  F(destroy_pending)                             \
  F(result_error)                                \
  F(destroy_result)                              \
  F(fetch_chunk)                                 \
  F(destroy_data_chunk)                          \
  F(vector_size)                                 \
  F(data_chunk_get_size)                         \
  F(data_chunk_set_size)                         \
  F(data_chunk_get_vector)                       \
  F(vector_get_data)                             \
  F(vector_get_validity)                         \
  F(vector_ensure_validity_writable)             \
  F(vector_assign_string_element_len)            \
  F(create_logical_type)                         \
  F(create_enum_type)                            \
  F(enum_internal_type)                          \
  F(destroy_logical_type)                        \
  F(create_table_function)                       \
  F(destroy_table_function)                      \
  F(table_function_set_name)                     \
  F(table_function_add_named_parameter)          \
  F(table_function_set_extra_info)               \
  F(table_function_set_bind)                     \
  F(table_function_set_init)                     \
  F(table_function_set_local_init)               \
  F(table_function_set_function)                 \
  F(table_function_supports_projection_pushdown) \
  F(register_table_function)                     \
  F(bind_get_extra_info)                         \
  F(bind_add_result_column)                      \
  F(bind_get_named_parameter)                    \
  F(bind_set_bind_data)                          \
  F(bind_set_error)                              \
  F(get_varchar)                                 \
  F(get_timestamp_ns)                            \
  F(is_null_value)                               \
  F(destroy_value)                               \
  F(init_get_bind_data)                          \
  F(init_get_extra_info)                         \
  F(init_set_init_data)                          \
  F(init_get_column_count)                       \
  F(init_get_column_index)                       \
  F(init_set_max_threads)                        \
  F(init_set_error)                              \
  F(function_get_extra_info)                     \
  F(function_get_init_data)                      \
  F(function_get_local_init_data)                \
  F(function_set_error)
// NOLINTEND

struct DuckLibrary {
#define GEMEL_DUCKDB_MEMBER(name) decltype(&duckdb_##name) name = nullptr;
  GEMEL_DUCKDB_FUNCTIONS(GEMEL_DUCKDB_MEMBER)
#undef GEMEL_DUCKDB_MEMBER
};

/// The library, looked for once: where GEMEL_DUCKDB points, beside the program, in ../lib, in
/// build/deps/lib. It is never closed. Threads: any. Errors: Unsupported (it is not there, or is
/// too old).
const Result<DuckLibrary>& duck_library();

}  // namespace gemel::exchange::detail
