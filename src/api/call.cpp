#include "api/detail/call.hpp"

#include <charconv>

#include "api/detail/present.hpp"

namespace gemel::api {

std::optional<std::string_view> parameter(const Call& call, std::string_view name) {
  const auto found = call.target.query.find(name);
  if (found == call.target.query.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Result<std::optional<Timestamp>> time_parameter(const Call& call, std::string_view name) {
  const auto text = parameter(call, name);
  if (!text) return std::optional<Timestamp>{};
  auto time = parse_timestamp(*text);
  if (!time) return time.error().within(name);
  return std::optional(*time);
}

namespace {

Result<Timestamp> needed_time(const Call& call, std::string_view name) {
  GEMEL_ASSIGN(const auto time, time_parameter(call, name));
  if (!time)
    return Error{ErrorCode::InvalidInput, "the parameter '" + std::string(name) + "' is missing"};
  return *time;
}

}  // namespace

Result<std::uint64_t> whole_parameter(const Call& call, std::string_view name,
                                      std::uint64_t fallback, std::uint64_t most) {
  const auto text = parameter(call, name);
  if (!text) return fallback;
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (ec != std::errc{} || end != text->data() + text->size() || value < 1 || value > most) {
    return Error{ErrorCode::InvalidInput, std::string(name) + " must be a whole number from 1 to " +
                                              std::to_string(most) + ", not '" +
                                              std::string(*text) + "'"};
  }
  return value;
}

Result<TimeRange> range_parameter(const Call& call) {
  GEMEL_ASSIGN(const auto from, needed_time(call, "from"));
  GEMEL_ASSIGN(const auto until, needed_time(call, "until"));
  if (until <= from) return Error{ErrorCode::InvalidInput, "until must be later than from"};
  return TimeRange{from, until};
}

Result<Moment> moment(const Call& call, std::optional<Timestamp> at,
                      std::optional<Timestamp> known_at) {
  if (!at && !known_at) return Moment{present(call.engine), true};
  GEMEL_ASSIGN(auto past, call.engine.rewind(at.value_or(Timestamp::max()),
                                             known_at.value_or(Timestamp::max())));
  return Moment{std::make_shared<const Snapshot>(std::move(past)), false};
}
Result<Moment> moment(const Call& call) {
  GEMEL_ASSIGN(const auto at, time_parameter(call, "at"));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  return moment(call, at, known_at);
}

}  // namespace gemel::api
