#include "spec/detail/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

constexpr std::size_t kNameMax = 64;

Error not_a_rate(std::string_view text) {
  return {
      ErrorCode::InvalidInput,
      fmt::format("'{}' is not a rate; write it as '1 Hz', '0.1 Hz', '1 per 10 s' or '1 per week'",
                  shown(text))};
}

Error not_a_condition(std::string_view text) {
  return {ErrorCode::InvalidInput, fmt::format("'{}' is not a condition; write SIGNAL < NUMBER "
                                               "UNIT (or <=, >, >=, ==, !=), if need be followed "
                                               "by 'for 10 s'",
                                               shown(text))};
}

struct Operator {
  std::string_view text;
  Comparison comparison;
};
// Longer ones first, so that "<=" is not read as "<".
constexpr std::array kOperators{
    Operator{"<=", Comparison::LessEqual}, Operator{">=", Comparison::GreaterEqual},
    Operator{"==", Comparison::Equal},     Operator{"!=", Comparison::NotEqual},
    Operator{"<", Comparison::Less},       Operator{">", Comparison::Greater}};

const Operator* operator_at(std::string_view text) {
  const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                  [&](const Operator& op) { return text.starts_with(op.text); });
  return found == kOperators.end() ? nullptr : &*found;
}

}  // namespace

Result<Quantity> parse_quantity(std::string_view text) {
  const auto trimmed = text::trim(text);
  std::string_view rest = trimmed;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  Quantity quantity;
  const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), quantity.value);
  if (ec != std::errc{} || !std::isfinite(quantity.value)) {
    return Error{ErrorCode::InvalidInput,
                 fmt::format("'{}' is not a number with a unit, such as '2.5 bar'", shown(text))};
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  quantity.unit = text::trim(rest);
  return quantity;
}

Result<double> parse_rate(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity || quantity->value <= 0.0) return not_a_rate(text);
  double per_second = 0.0;
  if (quantity->unit == "Hz") {
    per_second = quantity->value;
  } else if (quantity->unit == "kHz") {
    per_second = quantity->value * 1e3;
  } else if (quantity->unit.starts_with("per ")) {
    const std::string span(text::trim(quantity->unit.substr(4)));
    auto duration = parse_duration(span);
    if (!duration) duration = parse_duration("1 " + span);
    if (!duration || duration->ns <= 0) return not_a_rate(text);
    per_second = quantity->value / duration->in_seconds();
  } else {
    return not_a_rate(text);
  }
  // Slower than once in a century or faster than the clock: surely a slip of the pen.
  if (per_second < 1e-10 || per_second > 1e9) return not_a_rate(text);
  return per_second;
}

Result<ConditionText> parse_condition(std::string_view text) {
  const auto at = text.find_first_of("<>=!");
  if (at == std::string_view::npos) return not_a_condition(text);
  const Operator* op = operator_at(text.substr(at));
  if (op == nullptr) return not_a_condition(text);
  ConditionText condition;
  condition.comparison = op->comparison;
  condition.signal = text::trim(text.substr(0, at));
  condition.value = text::trim(text.substr(at + op->text.size()));
  if (const auto hold = condition.value.find(" for "); hold != std::string_view::npos) {
    GEMEL_ASSIGN(condition.hold, parse_duration(text::trim(condition.value.substr(hold + 5))));
    if (condition.hold.ns < 0) return not_a_condition(text);
    condition.value = text::trim(condition.value.substr(0, hold));
  }
  if (condition.signal.empty() || condition.value.empty()) return not_a_condition(text);
  return condition;
}

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto may_follow = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= kNameMax && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), may_follow);
}

}  // namespace gemel::spec
