#pragma once
// Structured log lines: a level, the component that speaks, a sentence, and named fields.
//
//   log::info("mqtt", "connected", {{"broker", url}, {"session", "resumed"}});

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace gemel::log {

enum class Level { Debug, Info, Warning, Error };
enum class Format { Text, Json };

struct Field {
  std::string_view name;
  std::string value;
  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(text::number(v)) {}
  template <class I>
    requires std::is_integral_v<I>
  Field(std::string_view n, I v) : name(n), value(std::to_string(v)) {}
};
using Fields = std::initializer_list<Field>;

/// Where lines go (standard error) and which. Call once, before threads start.
void configure(Level lowest, Format format);

/// Threads: any; one line is written whole.
void write(Level level, std::string_view component, std::string_view sentence, Fields fields = {});

inline void debug(std::string_view c, std::string_view s, Fields f = {}) {
  write(Level::Debug, c, s, f);
}
inline void info(std::string_view c, std::string_view s, Fields f = {}) {
  write(Level::Info, c, s, f);
}
inline void warning(std::string_view c, std::string_view s, Fields f = {}) {
  write(Level::Warning, c, s, f);
}
inline void error(std::string_view c, std::string_view s, Fields f = {}) {
  write(Level::Error, c, s, f);
}

}  // namespace gemel::log
