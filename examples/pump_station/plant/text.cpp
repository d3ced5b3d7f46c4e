#include "text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace riverside {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 5> kUnitsMs{
    {{"ms", 1.0}, {"s", 1e3}, {"min", 60e3}, {"h", 3'600e3}, {"d", 86'400e3}}};
constexpr double kDurationMaxMs = 366.0 * 86'400e3;

}  // namespace

Result<double> parse_number(std::string_view text) {
  double value = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc{} && end == text.data() + text.size() && std::isfinite(value)) return value;
  return Error{fmt::format("'{}' is not a number: write it like 1500 or 0.8", text)};
}

Result<EpochMs> parse_duration_ms(std::string_view text) {
  const auto wrong = [&] {
    return Error{
        fmt::format("'{}' is not a duration: write it like 500ms, 20s, 5min, 1h or 2d", text)};
  };
  double value = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || !(value >= 0.0)) return wrong();
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : kUnitsMs) {
    if (unit == name && value * factor <= kDurationMaxMs) return std::llround(value * factor);
  }
  return wrong();
}

Result<EpochMs> parse_iso_time(std::string_view text) {
  const auto wrong = [&] {
    return Error{fmt::format("'{}' is not a time: write it like 2024-05-01T12:00:00Z", text)};
  };
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, consumed = 0;
  double second = 0.0;
  const std::string copy(text);
  const int found = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%n", &year, &month, &day,
                                &hour, &minute, &second, &consumed);
  if (found != 6 || copy.substr(static_cast<std::size_t>(consumed)) != "Z") return wrong();
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const bool in_range =
      hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0.0 && second < 61.0;
  if (!date.ok() || !in_range) return wrong();
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  const EpochMs midnight = std::chrono::duration_cast<std::chrono::milliseconds>(days).count();
  return midnight + (hour * 60 + minute) * 60'000 + std::llround(second * 1e3);
}

std::string format_iso_time(EpochMs time) {
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(time)};
  const auto midnight = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(point - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::vector<std::string_view> split_words(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t end = line.find_first_of(kBlanks, at);
    words.push_back(line.substr(at, end - at));
    at = end == std::string_view::npos ? end : line.find_first_not_of(kBlanks, end);
  }
  return words;
}

}  // namespace riverside
