#include "base/time.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace gemel {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Error bad_timestamp(std::string_view text) {
  return {ErrorCode::InvalidInput,
          "'" + std::string(text) +
              "' is not a time; write ISO 8601, such as 2026-01-31T08:30:00Z or "
              "2026-01-31T08:30:00.250+01:00"};
}

/// Consumes exactly `digits` decimal digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + digits, value);
  if (ec != std::errc{} || end != text.data() + digits || value < 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Consumes up to nine decimals as nanoseconds; more are accepted and cut.
std::int64_t take_fraction(std::string_view& text) {
  std::int64_t ns = 0;
  std::int64_t unit = kSecond / 10;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    ns += (text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return ns;
}

/// "", "Z", "+01:00", "-0530" as seconds east of Greenwich.
std::optional<int> take_zone(std::string_view& text) {
  if (text.empty()) return 0;
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
  if (sign == 0) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  take(text, ':');
  const auto minutes = text.empty() ? std::optional<int>(0) : take_number(text, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  namespace ch = std::chrono;
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  // Nanoseconds in 64 bits reach from 1678 to 2262.
  if (!day || *year < 1678 || *year > 2261) return std::nullopt;
  const ch::year_month_day date{ch::year(*year), ch::month(static_cast<unsigned>(*month)),
                                ch::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return ch::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute) return std::nullopt;
  int second = 0;
  if (take(text, ':')) {
    const auto s = take_number(text, 2);
    if (!s) return std::nullopt;
    second = *s;
  }
  if (*hour > 23 || *minute > 59 || second > 60) return std::nullopt;
  std::int64_t ns = (*hour * 3600LL + *minute * 60LL + second) * kSecond;
  if (take(text, '.') || take(text, ',')) ns += take_fraction(text);
  return ns;
}

std::string trimmed_number(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.4g", value);
  return buffer.data();
}

}  // namespace

std::string to_string(Timestamp t) {
  namespace ch = std::chrono;
  const std::int64_t seconds = t.ns >= 0 ? t.ns / kSecond : -((-(t.ns + 1)) / kSecond) - 1;
  const std::int64_t ns =
      (t.ns % kSecond + kSecond) % kSecond;  // t.ns - seconds * kSecond may overflow near min()
  const auto days = ch::floor<ch::days>(ch::sys_seconds(ch::seconds(seconds)));
  const ch::year_month_day date{days};
  const auto of_day = seconds - ch::duration_cast<ch::seconds>(days.time_since_epoch()).count();
  std::array<char, 64> buffer{};
  int n = std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                        int(date.year()), unsigned(date.month()), unsigned(date.day()),
                        int(of_day / 3600), int(of_day / 60 % 60), int(of_day % 60));
  if (ns != 0) {
    const int digits = ns % 1'000'000 == 0 ? 3 : ns % 1'000 == 0 ? 6 : 9;
    const auto scaled = digits == 3 ? ns / 1'000'000 : digits == 6 ? ns / 1'000 : ns;
    n += std::snprintf(buffer.data() + n, buffer.size() - n, ".%0*lld", digits,
                       static_cast<long long>(scaled));
  }
  return std::string(buffer.data(), n) + "Z";
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  std::string_view rest = text;
  const auto days = take_date(rest);
  if (!days) return bad_timestamp(text);
  std::int64_t of_day = 0;
  if (!rest.empty()) {
    if (!take(rest, 'T') && !take(rest, ' ') && !take(rest, 't')) return bad_timestamp(text);
    const auto clock = take_clock(rest);
    if (!clock) return bad_timestamp(text);
    of_day = *clock;
  }
  const auto zone = take_zone(rest);
  if (!zone || !rest.empty()) return bad_timestamp(text);
  return Timestamp{*days * 86'400 * kSecond + of_day - *zone * kSecond};
}

std::string to_string(Duration d) {
  if (d.ns < 0) return "-" + to_string(Duration{-d.ns});
  const double s = d.in_seconds();
  if (d.ns == 0) return "0 s";
  if (s < 1e-3) return trimmed_number(s * 1e6) + " us";
  if (s < 1.0) return trimmed_number(s * 1e3) + " ms";
  if (s < 60) return trimmed_number(s) + " s";
  if (s < 3600) {
    const auto whole = d.ns / kSecond;
    return std::to_string(whole / 60) + " min" +
           (whole % 60 ? " " + std::to_string(whole % 60) + " s" : "");
  }
  if (s < 86'400) {
    const auto minutes = d.ns / kSecond / 60;
    return std::to_string(minutes / 60) + " h" +
           (minutes % 60 ? " " + std::to_string(minutes % 60) + " min" : "");
  }
  const auto hours = d.ns / kSecond / 3600;
  return std::to_string(hours / 24) + " d" +
         (hours % 24 ? " " + std::to_string(hours % 24) + " h" : "");
}

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return Error{ErrorCode::InvalidInput,
                 "'" + std::string(text) +
                     "' is not a duration; write a number and ms, s, min, h, d or week"};
  };
  std::string_view rest = text;
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
  double number = 0;
  const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (ec != std::errc{} || !std::isfinite(number)) return bad();
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  struct Unit {
    std::string_view name;
    double seconds;
  };
  static constexpr std::array<Unit, 19> kUnits{{{"", 1},
                                                {"s", 1},
                                                {"sec", 1},
                                                {"second", 1},
                                                {"seconds", 1},
                                                {"ms", 1e-3},
                                                {"us", 1e-6},
                                                {"ns", 1e-9},
                                                {"min", 60},
                                                {"minute", 60},
                                                {"minutes", 60},
                                                {"h", 3600},
                                                {"hour", 3600},
                                                {"hours", 3600},
                                                {"d", 86400},
                                                {"day", 86400},
                                                {"days", 86400},
                                                {"week", 604800},
                                                {"weeks", 604800}}};
  for (const auto& unit : kUnits) {
    if (rest != unit.name) continue;
    const double ns = number * unit.seconds * 1e9;
    if (std::abs(ns) > 9.2e18) return bad();
    return Duration{static_cast<std::int64_t>(std::llround(ns))};
  }
  return bad();
}

Timestamp SystemClock::now() const {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

}  // namespace gemel
