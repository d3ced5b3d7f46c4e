#include "exchange/detail/cells.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace gemel::exchange::detail {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Error no_time(std::string_view text, TimeFormat format) {
  std::string want = "write ISO 8601 or a number since 1970";
  if (format == TimeFormat::Iso) want = "write ISO 8601, such as 2026-01-31T08:30:00Z";
  if (format > TimeFormat::Iso) want = "write a number since 1970 in the unit of --time-format";
  return {ErrorCode::InvalidInput, "'" + std::string(text) + "' is not a time; " + want};
}

/// Nanoseconds of one unit. Auto: below 1e11 seconds (until the year 5138), below 1e14
/// milliseconds, below 1e17 microseconds.
std::int64_t unit_ns(TimeFormat format, double size) {
  switch (format) {
    case TimeFormat::Seconds:
      return kSecond;
    case TimeFormat::Milliseconds:
      return 1'000'000;
    case TimeFormat::Microseconds:
      return 1'000;
    case TimeFormat::Nanoseconds:
      return 1;
    case TimeFormat::Auto:
    case TimeFormat::Iso:
      break;
  }
  return size < 1e11 ? kSecond : size < 1e14 ? 1'000'000 : size < 1e17 ? 1'000 : 1;
}

/// Two digits, or -1.
int two_digits(const char* at) {
  const auto a = static_cast<unsigned>(at[0] - '0'), b = static_cast<unsigned>(at[1] - '0');
  return a < 10 && b < 10 ? static_cast<int>(a * 10 + b) : -1;
}

bool says_nothing(std::string_view text) {
  if (text.empty()) return true;
  if (text.size() > 4) return false;
  std::string lower(text);
  for (auto& c : lower) c = static_cast<char>(c | 0x20);
  return lower == "nan" || lower == "null" || lower == "na";
}

}  // namespace

Result<Timestamp> TimeReader::read(std::string_view text) {
  text = text::trim(text);
  const bool date = text.size() >= 10 && text[4] == '-' && text[7] == '-';
  if (date && format_ <= TimeFormat::Iso) {
    if (const auto time = on_the_same_day(text)) return *time;
    const auto time = parse_timestamp(text);
    if (!time) return no_time(text, format_);
    const auto midnight = parse_timestamp(text.substr(0, 10));
    if (midnight) {
      date_ = text.substr(0, 10);
      midnight_ = *midnight;
    }
    return *time;
  }
  if (format_ == TimeFormat::Iso) return no_time(text, format_);
  std::int64_t whole = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (ec == std::errc{} && end == text.data() + text.size()) return read(whole);
  double number = 0.0;
  if (!text::parse_number(text, number)) return no_time(text, format_);
  return read(number);
}

Result<Timestamp> TimeReader::read(std::int64_t since_1970) const {
  std::int64_t ns = 0;
  const auto unit = unit_ns(format_, std::abs(static_cast<double>(since_1970)));
  if (__builtin_mul_overflow(since_1970, unit, &ns))
    return no_time(std::to_string(since_1970), format_);
  return Timestamp{ns};
}

Result<Timestamp> TimeReader::read(double since_1970) const {
  const auto unit = unit_ns(format_, std::abs(since_1970));
  // To the microsecond, as far as a double reaches today.
  const double us =
      unit >= 1'000 ? since_1970 * static_cast<double>(unit / 1'000) : since_1970 / 1e3;
  if (!(std::abs(us) < 9.2e15)) return no_time(text::number(since_1970), format_);
  return Timestamp{std::llround(us) * 1'000};
}

/// "…THH:MM:SS", a fraction of up to nine digits, and nothing or Z: what most files hold.
std::optional<Timestamp> TimeReader::on_the_same_day(std::string_view text) const {
  if (text.size() < 19 || !text.starts_with(date_) || date_.empty()) return std::nullopt;
  if ((text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const int hour = two_digits(&text[11]), minute = two_digits(&text[14]),
            second = two_digits(&text[17]);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;
  std::int64_t fraction = 0;
  auto rest = text.substr(19);
  if (rest.starts_with('.')) {
    std::int64_t digit = kSecond / 10;
    rest.remove_prefix(1);
    for (; !rest.empty() && rest[0] >= '0' && rest[0] <= '9' && digit > 0; digit /= 10) {
      fraction += (rest[0] - '0') * digit;
      rest.remove_prefix(1);
    }
    if (digit == kSecond / 10) return std::nullopt;
  }
  if (!rest.empty() && rest != "Z") return std::nullopt;
  return midnight_ + Duration{((hour * 60 + minute) * 60 + second) * kSecond + fraction};
}

Result<std::optional<double>> read_value(const Signal& signal, std::string_view text) {
  double value = 0.0;
  if (text::parse_number(text, value)) return std::optional(value);
  text = text::trim(text);
  const auto state = std::find(signal.states.begin(), signal.states.end(), text);
  if (state != signal.states.end())
    return std::optional(static_cast<double>(state - signal.states.begin()));
  if (says_nothing(text)) return std::optional<double>{};
  if (text == "true") return std::optional(1.0);
  if (text == "false") return std::optional(0.0);
  std::string remedy = "write it with a decimal point, or leave the cell empty";
  if (!signal.states.empty())
    remedy = "its states are " + signal.states.front() + " … " + signal.states.back() +
             text::did_you_mean(text, signal.states);
  return {ErrorCode::InvalidInput,
          "'" + std::string(text) + "' is no value of " + signal.path + "; " + remedy};
}

Result<Quality> QualityReader::read(std::string_view text) {
  text = text::trim(text);
  if (text.empty()) return Quality{};
  if (text == last_text_) return last_;
  const auto bad = [&](std::string_view what) {
    return Error{ErrorCode::InvalidInput,
                 "'" + std::string(what) +
                     "' is no quality; write good, uncertain, bad or missing, with causes such as "
                     "'bad: out of range, stuck'"};
  };
  const auto colon = text.find(':');
  const auto grade = text.substr(0, colon);
  Quality quality;
  int found = -1;
  for (int i = 0; i < 4; ++i) {
    if (to_string(static_cast<Grade>(i)) == grade) found = i;
  }
  if (found < 0) return bad(text);
  quality.grade = static_cast<Grade>(found);
  if (colon != std::string_view::npos) {
    for (const auto part : text::split(text.substr(colon + 1), ',')) {
      const auto name = text::trim(part);
      bool known = false;
      for (int bit = 0; bit < 9; ++bit) {
        const auto cause = static_cast<Cause>(1 << bit);
        if (to_string(cause) != name) continue;
        quality.causes |= static_cast<std::uint16_t>(cause);
        known = true;
      }
      if (!known) return bad(text);
    }
  }
  last_text_ = text;
  last_ = quality;
  return quality;
}

}  // namespace gemel::exchange::detail
