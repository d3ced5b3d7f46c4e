#include "connectors/payload/moment.hpp"

#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace gemel::connectors::payload {
namespace {

/// How many nanoseconds one unit of a number of this size is.
constexpr std::int64_t unit_ns(double size) {
  if (size < 1e11) return 1'000'000'000;
  if (size < 1e14) return 1'000'000;
  if (size < 1e17) return 1'000;
  return 1;
}

/// The shape "2020-03-09…", so that a number is not first tried, expensively, as a date.
bool looks_like_a_date(std::string_view text) {
  return text.size() >= 10 && text[4] == '-' && text[7] == '-';
}

}  // namespace

std::optional<Timestamp> moment_of(std::int64_t epoch) {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(epoch, unit_ns(std::abs(static_cast<double>(epoch))), &ns))
    return std::nullopt;
  return Timestamp{ns};
}

std::optional<Timestamp> moment_of(double epoch) {
  const double size = std::abs(epoch);
  if (!(size < 9.2e18)) return std::nullopt;  // also refuses NaN
  const auto unit = unit_ns(size);
  const double us = unit >= 1'000 ? epoch * static_cast<double>(unit / 1'000) : epoch / 1e3;
  if (!(std::abs(us) < 9.2e15)) return std::nullopt;
  return Timestamp{std::llround(us) * 1'000};
}

std::optional<Timestamp> moment_of(std::string_view text) {
  text = text::trim(text);
  if (looks_like_a_date(text)) {
    const auto moment = parse_timestamp(text);
    return moment ? std::optional(*moment) : std::nullopt;
  }
  std::int64_t whole = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (ec == std::errc{} && end == text.data() + text.size()) return moment_of(whole);
  double number = 0;
  return text::parse_number(text, number) ? moment_of(number) : std::nullopt;
}

}  // namespace gemel::connectors::payload
