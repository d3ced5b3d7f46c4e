#include "exchange/detail/csv_text.hpp"

#include <array>
#include <charconv>

namespace gemel::exchange::detail {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

void append_digits(std::string& out, std::int64_t value, int digits) {
  std::array<char, 9> text{};
  for (int i = digits; i-- > 0; value /= 10)
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.append(text.data(), static_cast<std::size_t>(digits));
}

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

void append_number(std::string& out, double value) {
  std::array<char, 32> text{};
  const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end);
}

void TimeWriter::append(std::string& out, Timestamp time) {
  auto day = time.ns / kDay;
  auto of_day = time.ns % kDay;
  if (of_day < 0) {
    of_day += kDay;
    --day;
  }
  if (day != day_) {
    const auto midnight = to_string(Timestamp{time.ns - of_day});
    date_ = midnight.substr(0, midnight.find('T') + 1);
    day_ = day;
  }
  out += date_;
  append_digits(out, of_day / (3'600 * kSecond), 2);
  out += ':';
  append_digits(out, of_day / (60 * kSecond) % 60, 2);
  out += ':';
  append_digits(out, of_day / kSecond % 60, 2);
  if (const auto ns = of_day % kSecond; ns != 0) {
    out += '.';
    if (ns % 1'000'000 == 0) {
      append_digits(out, ns / 1'000'000, 3);
    } else if (ns % 1'000 == 0) {
      append_digits(out, ns / 1'000, 6);
    } else {
      append_digits(out, ns, 9);
    }
  }
  out += 'Z';
}

}  // namespace gemel::exchange::detail
