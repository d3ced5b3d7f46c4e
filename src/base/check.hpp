#pragma once
// GEMEL_CHECK: a promise between two of our own functions. Stays on in every build; never used on
// data that came from outside.

namespace gemel {

/// Prints what was promised and where it broke, then aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace gemel

#define GEMEL_CHECK(expression) \
  (static_cast<bool>(expression) ? void(0) : ::gemel::check_failed(#expression, __FILE__, __LINE__))
