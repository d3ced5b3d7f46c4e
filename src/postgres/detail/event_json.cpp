#include "postgres/detail/event_json.hpp"

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/event_fields.hpp"

namespace gemel::postgres::detail {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
concept Composed = requires(T& t) { for_each_field(t, [](const char*, auto&) {}); };

constexpr Priority last_of(Priority) { return Priority::Critical; }
constexpr Verdict last_of(Verdict) { return Verdict::Withdrawn; }
constexpr Admission last_of(Admission) { return Admission::Refused; }
constexpr CommandResult last_of(CommandResult) { return CommandResult::NotSent; }
constexpr Truth last_of(Truth) { return Truth::Unknown; }
constexpr Drift last_of(Drift) { return Drift::Coverage; }

/// Whether JSON, and PostgreSQL's own reading of it, hold this text as it is. Source: RFC 3629,
/// section 4 (the syntax of UTF-8 byte sequences); PostgreSQL has no character 0.
bool is_plain(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) -> unsigned {
      return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
    };
    const auto follows = [&](std::size_t k, unsigned low = 0x80, unsigned high = 0xbf) {
      return at(k) >= low && at(k) <= high;
    };
    const unsigned first = at(0);
    if (first == 0) return false;
    if (first < 0x80) {
      i += 1;
    } else if (first >= 0xc2 && first <= 0xdf && follows(1)) {
      i += 2;
    } else if ((first & 0xf0) == 0xe0 && follows(2) &&
               follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf)) {
      i += 3;
    } else if (first >= 0xf0 && first <= 0xf4 && follows(2) && follows(3) &&
               follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

Json write(const std::string& text) {
  if (is_plain(text)) return text;
  Json bytes = Json::array();
  for (const char c : text) bytes.push_back(static_cast<unsigned char>(c));
  return Json{{"bytes", std::move(bytes)}};
}
Json write(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
Json write(bool flag) { return flag; }
Json write(std::uint64_t n) { return n; }
Json write(std::uint32_t n) { return n; }
Json write(Timestamp t) { return t.ns; }
Json write(Duration d) { return d.ns; }
template <class E>
  requires std::is_enum_v<E>
Json write(E value) {
  return std::string(to_string(value));
}
template <Composed T>
Json write(const T& composed);
template <class T>
Json write(const std::vector<T>& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(write(item));
  return list;
}
template <Composed T>
Json write(const T& composed) {
  Json table = Json::object();
  for_each_field(composed,
                 [&](const char* name, const auto& member) { table[name] = write(member); });
  return table;
}

bool read(const Json& json, std::string& text) {
  if (json.is_string()) {
    text = json.get_ref<const std::string&>();
    return true;
  }
  const auto bytes = json.is_object() ? json.find("bytes") : json.end();
  if (!json.is_object() || bytes == json.end() || !bytes->is_array()) return false;
  for (const auto& byte : *bytes) {
    if (!byte.is_number_unsigned() || byte.get<std::uint64_t>() > 255) return false;
    text += static_cast<char>(byte.get<std::uint64_t>());
  }
  return true;
}
bool read(const Json& json, double& value) {
  if (json.is_number()) {
    value = json.get<double>();
    return true;
  }
  if (json == "NaN")
    value = std::nan("");
  else if (json == "Infinity")
    value = HUGE_VAL;
  else if (json == "-Infinity")
    value = -HUGE_VAL;
  else
    return false;
  return true;
}
bool read(const Json& json, bool& flag) {
  if (!json.is_boolean()) return false;
  flag = json.get<bool>();
  return true;
}
bool read(const Json& json, std::uint64_t& n) {
  if (!json.is_number_unsigned()) return false;
  n = json.get<std::uint64_t>();
  return true;
}
bool read(const Json& json, std::uint32_t& n) {
  std::uint64_t wide = 0;
  if (!read(json, wide) || wide > UINT32_MAX) return false;
  n = static_cast<std::uint32_t>(wide);
  return true;
}
bool read_ns(const Json& json, std::int64_t& ns) {
  if (!json.is_number_integer() ||
      (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX))
    return false;
  ns = json.get<std::int64_t>();
  return true;
}
bool read(const Json& json, Timestamp& t) { return read_ns(json, t.ns); }
bool read(const Json& json, Duration& d) { return read_ns(json, d.ns); }
template <class E>
  requires std::is_enum_v<E>
bool read(const Json& json, E& value) {
  for (int i = 0; i <= static_cast<int>(last_of(E{})); ++i) {
    if (json != std::string(to_string(static_cast<E>(i)))) continue;
    value = static_cast<E>(i);
    return true;
  }
  return false;
}
template <Composed T>
bool read(const Json& json, T& composed);
template <class T>
bool read(const Json& json, std::vector<T>& items) {
  if (!json.is_array()) return false;
  for (const auto& item : json) {
    if (!read(item, items.emplace_back())) return false;
  }
  return true;
}
template <Composed T>
bool read(const Json& json, T& composed) {
  if (!json.is_object()) return false;
  bool good = true;
  for_each_field(composed, [&](const char* name, auto& member) {
    const auto found = json.find(name);
    if (found != json.end() && !read(*found, member)) good = false;
  });
  return good;
}

/// Makes the body of the kind that has this name.
template <std::size_t... I>
bool choose(std::string_view kind, EventBody& body, std::index_sequence<I...>) {
  const auto is = [&]<std::size_t N>(std::integral_constant<std::size_t, N>) {
    EventBody candidate(std::in_place_index<N>);
    if (kind_of(candidate) != kind) return false;
    body = std::move(candidate);
    return true;
  };
  return (is(std::integral_constant<std::size_t, I>{}) || ...);
}

}  // namespace

std::string to_json(const EventBody& body) {
  return std::visit([](const auto& one) { return write(one); }, body).dump();
}

Result<EventBody> from_json(std::string_view kind, std::string_view json) {
  EventBody body;
  if (!choose(kind, body, std::make_index_sequence<std::variant_size_v<EventBody>>()))
    return {ErrorCode::Corruption,
            "an event of kind '" + std::string(kind) +
                "', which this program does not know; use the newer one that wrote it"};
  const auto parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded() || !std::visit([&](auto& one) { return read(parsed, one); }, body))
    return {ErrorCode::Corruption,
            "an event of kind '" + std::string(kind) +
                "' can't be read; another program has changed it, restore it from a backup"};
  return body;
}

}  // namespace gemel::postgres::detail
