#include "exchange/detail/event_json.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <type_traits>

#include "base/text.hpp"
#include "core/event_fields.hpp"

namespace gemel::exchange::detail {
namespace {

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  out += '"';
}

void append(std::string& out, const std::string& text) { append_text(out, text); }
void append(std::string& out, double number) {
  out += std::isfinite(number) ? text::number(number) : "null";
}
void append(std::string& out, bool yes) { out += yes ? "true" : "false"; }
void append(std::string& out, std::uint64_t number) { out += std::to_string(number); }
void append(std::string& out, std::uint32_t number) { out += std::to_string(number); }
void append(std::string& out, Timestamp time) { append_text(out, to_string(time)); }
void append(std::string& out, Duration duration) { append(out, duration.in_seconds()); }
template <class T>
  requires std::is_enum_v<T>
void append(std::string& out, T value) {
  append_text(out, to_string(value));
}
template <class T>
void append(std::string& out, const std::vector<T>& list);
template <class T>
  requires std::is_class_v<T>
void append(std::string& out, const T& fields) {
  char before = '{';
  for_each_field(fields, [&](std::string_view name, const auto& value) {
    out += before;
    append_text(out, name);
    out += ':';
    append(out, value);
    before = ',';
  });
  out += '}';
}
template <class T>
void append(std::string& out, const std::vector<T>& list) {
  out += '[';
  for (const auto& item : list) {
    if (out.back() != '[') out += ',';
    append(out, item);
  }
  out += ']';
}

}  // namespace

std::string event_json(const EventBody& body) {
  std::string out;
  std::visit([&](const auto& event) { append(out, event); }, body);
  return out;
}

}  // namespace gemel::exchange::detail
