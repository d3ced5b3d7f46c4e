#include "api/detail/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include <nlohmann/json.hpp>

namespace gemel::api {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

}  // namespace

JsonWriter& JsonWriter::text(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (plain) {
    out_ += '"';
    out_ += text;
    out_ += '"';
  } else {
    using Json = nlohmann::json;
    out_ += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return raw("null");
  std::array<char, 32> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out_.append(buffer.data(), written.ptr);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  std::array<char, 24> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out_.append(buffer.data(), written.ptr);
  return *this;
}

void JsonWriter::digits(std::uint64_t value, int count) {
  std::array<char, 4> text;
  for (int i = count - 1; i >= 0; --i) {
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out_.append(text.data(), static_cast<std::size_t>(count));
}

JsonWriter& JsonWriter::time(Timestamp t) {
  if (t == Timestamp::min()) return raw("null");
  const auto ms = milliseconds(t);
  const auto day = ms >= 0 ? ms / kDayMs : -((-ms + kDayMs - 1) / kDayMs);
  if (day != day_) {
    day_ = day;
    const auto date = to_string(Timestamp{day * kDayMs * 1'000'000});
    std::copy_n(date.begin(), date_.size(), date_.begin());  // years have four digits: 1677 to 2262
  }
  const auto rest = static_cast<std::uint64_t>(ms - day * kDayMs);
  out_ += '"';
  out_.append(date_.data(), date_.size());
  out_ += 'T';
  digits(rest / 3'600'000, 2);
  out_ += ':';
  digits(rest / 60'000 % 60, 2);
  out_ += ':';
  digits(rest / 1'000 % 60, 2);
  out_ += '.';
  digits(rest % 1'000, 3);
  return raw("Z\"");
}

JsonWriter& JsonWriter::causes(Quality quality) {
  out_ += '[';
  bool first = true;
  for (unsigned bits = quality.causes; bits != 0; bits &= bits - 1) {
    if (!first) out_ += ',';
    first = false;
    text(to_string(static_cast<Cause>(bits & -bits)));
  }
  out_ += ']';
  return *this;
}

}  // namespace gemel::api
