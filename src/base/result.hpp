#pragma once
// Errors as values: Result<T> carries a T or an Error. The names follow std::expected.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.hpp"

namespace gemel {

enum class ErrorCode {
  InvalidInput,
  NotFound,
  Unavailable,
  Timeout,
  Conflict,
  Capacity,
  Corruption,
  Unsupported,
  Cancelled,
  PermissionDenied,
  Internal,
};

/// The code's name as it appears in logs and API answers, such as "InvalidInput".
std::string_view to_string(ErrorCode code);

/// What failed, on what, the value that offended, and what to do about it.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;

  /// The same error, told from one level further out: "reading twin.yaml: <message>".
  Error within(std::string_view context) const {
    return {code, std::string(context) + ": " + message};
  }
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value)
      : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  Result(ErrorCode code, std::string message) : Result(Error{code, std::move(message)}) {}

  bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(), std::get<0>(content_); }
  const T& value() const& { return checked(), std::get<0>(content_); }
  T&& value() && { return checked(), std::get<0>(std::move(content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T fallback) const& { return has_value() ? value() : std::move(fallback); }

  const Error& error() const {
    GEMEL_CHECK(!has_value());
    return std::get<1>(content_);
  }

 private:
  void checked() const { GEMEL_CHECK(has_value()); }
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design
  Result(ErrorCode code, std::string message) : Result(Error{code, std::move(message)}) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  void value() const { GEMEL_CHECK(has_value()); }
  const Error& error() const {
    GEMEL_CHECK(!has_value());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace gemel

/// Leaves the calling function with the error, if there is one.
#define GEMEL_TRY(expression)                              \
  do {                                                     \
    if (auto gemel_result = (expression); !gemel_result) { \
      return gemel_result.error();                         \
    }                                                      \
  } while (false)

#define GEMEL_CONCAT_INNER(a, b) a##b
#define GEMEL_CONCAT(a, b) GEMEL_CONCAT_INNER(a, b)

/// GEMEL_ASSIGN(auto x, f()): x is f()'s value, or the calling function returns f()'s error.
#define GEMEL_ASSIGN(declaration, expression) \
  GEMEL_ASSIGN_INNER(GEMEL_CONCAT(gemel_result_, __LINE__), declaration, expression)
#define GEMEL_ASSIGN_INNER(temporary, declaration, expression) \
  auto temporary = (expression);                               \
  if (!temporary) return temporary.error();                    \
  declaration = std::move(temporary).value()
