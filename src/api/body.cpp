#include "api/detail/body.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace gemel::api {

Result<Json> body_with(const Call& call, std::initializer_list<std::string_view> members) {
  auto body = Json::parse(call.request.body, nullptr, false);
  if (body.is_discarded() || !body.is_object()) {
    return Error{ErrorCode::InvalidInput, "the body must be a JSON object"};
  }
  GEMEL_TRY(only_members(body, members));
  return body;
}

Result<void> only_members(const Json& object, std::initializer_list<std::string_view> members) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(members.begin(), members.end(), name) != members.end()) continue;
    const std::vector<std::string> known(members.begin(), members.end());
    return Error{ErrorCode::InvalidInput,
                 "unknown member '" + name + "'" + text::did_you_mean(name, known)};
  }
  return {};
}

Result<std::string> text_member(const Json& body, const char* name, bool needed) {
  if (!body.contains(name) && !needed) return std::string();
  if (!body.contains(name) || !body[name].is_string()) {
    return Error{ErrorCode::InvalidInput, "the member '" + std::string(name) + "' must be a text"};
  }
  auto value = body[name].get<std::string>();
  if (needed && text::trim(value).empty()) {
    return Error{ErrorCode::InvalidInput,
                 "the member '" + std::string(name) + "' must not be empty"};
  }
  return value;
}

Result<double> number_member(const Json& body, const char* name, std::optional<double> fallback,
                             double low, double high) {
  if (!body.contains(name) && fallback) return *fallback;
  if (!body.contains(name) || !body[name].is_number()) {
    return Error{ErrorCode::InvalidInput,
                 "the member '" + std::string(name) + "' must be a number"};
  }
  const auto value = body[name].get<double>();
  if (!(value >= low && value <= high)) {
    return Error{ErrorCode::InvalidInput, std::string(name) + " must be from " + text::number(low) +
                                              " to " + text::number(high) + ", not " +
                                              text::number(value)};
  }
  return value;
}

Result<std::uint64_t> id_of(const Call& call) {
  std::uint64_t id = 0;
  const auto& s = call.segment;
  const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), id);
  if (ec != std::errc{} || end != s.data() + s.size() || id == 0) {
    return Error{ErrorCode::InvalidInput, "'" + s + "' is not the number of anything"};
  }
  return id;
}

Result<std::optional<Timestamp>> time_member(const Json& body, const char* name) {
  if (!body.contains(name)) return std::optional<Timestamp>{};
  GEMEL_ASSIGN(const auto text, text_member(body, name, true));
  GEMEL_ASSIGN(const auto time, parse_timestamp(text));
  return std::optional(time);
}

}  // namespace gemel::api
