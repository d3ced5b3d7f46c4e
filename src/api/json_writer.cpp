#include "api/detail/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include <nlohmann/json.hpp>

namespace gemel::api {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kNumberMost = 32;  // bytes of one
constexpr std::size_t kTimeMost = 32;

/// "00" to "99"
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

/// Two digits, and where what comes after them goes.
char* pair(char* at, std::uint64_t below_100) {
  std::memcpy(at, &kPairs[2 * below_100], 2);
  return at + 2;
}

}  // namespace

JsonWriter& JsonWriter::text(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (plain) return plain_text(text);
  using Json = nlohmann::json;
  return raw(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace));
}

JsonWriter& JsonWriter::number(double value) {
  if (decimal(value)) return *this;
  if (!std::isfinite(value)) return raw("null");
  auto* at = room(kNumberMost);
  size_ += static_cast<std::size_t>(std::to_chars(at, at + kNumberMost, value).ptr - at);
  return *this;
}

/// Numbers of few decimals, which most measurements are, in a tenth of the time. False: it is none,
/// and nothing was written.
bool JsonWriter::decimal(double value) {
  constexpr std::array<double, 5> kPowers{1, 1e1, 1e2, 1e3, 1e4};
  constexpr double kMost = 1e11;         // scaled, it is still a whole number in a double
  constexpr double kRounder = 0x1.8p52;  // adding it leaves no room for what is behind the point
  if (!(std::abs(value) < kMost) || (value == 0 && std::signbit(value))) return false;
  for (std::size_t decimals = 0; decimals < kPowers.size(); ++decimals) {
    const auto whole = static_cast<std::int64_t>(value * kPowers[decimals] + kRounder - kRounder);
    // Division rounds correctly: the digits read back as the same double.
    if (static_cast<double>(whole) / kPowers[decimals] != value) continue;
    const auto power = static_cast<std::int64_t>(kPowers[decimals]);
    if (value < 0 && whole > -power) raw("-");  // "-0.5": the whole part alone has lost its sign
    integer(whole / power);
    if (decimals == 0) return true;
    auto rest = static_cast<std::uint64_t>(std::abs(whole % power));
    auto* at = room(kNumberMost);
    *at = '.';
    for (auto place = decimals; place > 0; --place, rest /= 10)
      at[place] = static_cast<char>('0' + rest % 10);
    size_ += 1 + decimals;
    return true;
  }
  return false;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  if (value < 0) raw("-");
  auto left = value < 0 ? -static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  // From the last digit to the first, then where they belong.
  std::array<char, kNumberMost> digits;
  auto* const end = digits.data() + digits.size();
  auto* at = end;
  for (; left >= 100; left /= 100) pair(at -= 2, left % 100);
  if (left >= 10)
    pair(at -= 2, left);
  else
    *--at = static_cast<char>('0' + left);
  std::copy(at, end, room(kNumberMost));
  size_ += static_cast<std::size_t>(end - at);
  return *this;
}

JsonWriter& JsonWriter::time(Timestamp t) {
  if (t == Timestamp::min()) return raw("null");
  const auto ms = milliseconds(t);
  const auto day = ms >= 0 ? ms / kDayMs : -((-ms + kDayMs - 1) / kDayMs);
  const auto rest = static_cast<std::uint64_t>(ms - day * kDayMs);
  auto* const begin = room(kTimeMost);
  auto* at = begin;
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  const auto year = static_cast<std::uint64_t>(static_cast<int>(date.year()));  // 1677 to 2262
  *at++ = '"';
  at = pair(at, year / 100);
  at = pair(at, year % 100);
  *at++ = '-';
  at = pair(at, static_cast<unsigned>(date.month()));
  *at++ = '-';
  at = pair(at, static_cast<unsigned>(date.day()));
  *at++ = 'T';
  at = pair(at, rest / 3'600'000);
  *at++ = ':';
  at = pair(at, rest / 60'000 % 60);
  *at++ = ':';
  at = pair(at, rest / 1'000 % 60);
  *at++ = '.';
  *at++ = static_cast<char>('0' + rest / 100 % 10);
  at = pair(at, rest % 100);
  *at++ = 'Z';
  *at++ = '"';
  size_ += static_cast<std::size_t>(at - begin);
  return *this;
}

JsonWriter& JsonWriter::causes(Quality quality) {
  if (quality.causes == 0) return raw("[]");
  raw("[");
  for (unsigned bits = quality.causes; bits != 0; bits &= bits - 1) {
    if (bits != quality.causes) raw(",");
    plain_text(to_string(static_cast<Cause>(bits & -bits)));
  }
  return raw("]");
}

}  // namespace gemel::api
