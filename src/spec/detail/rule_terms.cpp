#include "spec/detail/rule_terms.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

using Kind = RuleNode::Kind;

/// Whether amounts in this unit are points of a scale or steps on it.
Scale scale_of(const KnownUnit& unit) {
  if (unit.dimension != "K") return Scale::Either;
  if (unit.unit.offset != 0.0) return Scale::Point;
  return unit.unit.symbol.starts_with("delta_") ? Scale::Difference : Scale::Either;
}

bool names_a_signal(const RuleNode& node) {
  return node.kind == Kind::Name ||
         std::any_of(node.parts.begin(), node.parts.end(), names_a_signal);
}

}  // namespace

std::string unit_label(const KnownUnit& unit) {
  return unit.unit.symbol.empty() ? "a plain number" : "'" + unit.unit.symbol + "'";
}

std::uint32_t TermBuild::add(Term term) {
  out_.terms.push_back(term);
  return static_cast<std::uint32_t>(out_.terms.size() - 1);
}

std::uint32_t TermBuild::slot_of(SignalId signal) {
  const auto found = std::find(out_.signals.begin(), out_.signals.end(), signal);
  if (found != out_.signals.end()) return static_cast<std::uint32_t>(found - out_.signals.begin());
  out_.signals.push_back(signal);
  out_.limits.emplace_back();
  return static_cast<std::uint32_t>(out_.signals.size() - 1);
}

Result<Amount> TermBuild::amount(const RuleNode& node, const KnownUnit* beside) {
  switch (node.kind) {
    case Kind::Number:
      return constant(node, beside);
    case Kind::Name:
      return name(node);
    case Kind::Negate: {
      GEMEL_ASSIGN(auto part, amount(node.parts[0], beside));
      GEMEL_TRY(refuse_point(part, "has no opposite"));
      part.term = add({.kind = Term::Kind::Negate, .left = part.term});
      part.node = &node;
      part.signal = {};
      return part;
    }
    case Kind::Add:
    case Kind::Subtract:
      return sum(node);
    case Kind::Multiply:
    case Kind::Divide:
      return product(node);
    default:
      return call(node);
  }
}

Result<Amount> TermBuild::constant(const RuleNode& node, const KnownUnit* beside) {
  const bool accelerates = beside != nullptr && beside->dimension == "m/s2";
  const auto unit = draft_.units.read(node.text, accelerates);
  if (!unit) {
    const bool runs_on = node.text.find_first_of("-/*") != std::string::npos;
    return fail(node, unit.error().message +
                          (runs_on ? "; put blanks around an operator behind a unit" : ""));
  }
  Amount made;
  made.unit = *unit;
  made.scale = scale_of(**unit);
  made.zero = (*unit)->zero;
  made.node = &node;
  made.term = add({.kind = Term::Kind::Constant, .number = (*unit)->unit.to_si(node.number)});
  return made;
}

Result<Amount> TermBuild::name(const RuleNode& node) {
  const auto found = draft_.find_signal(from_, node.text);
  if (!found) {
    const auto dash = node.text.find('-');
    const bool subtracts =
        dash != std::string::npos && draft_.find_signal(from_, node.text.substr(0, dash));
    return fail(node, subtracts ? "no signal of this name; put blanks around '-' to subtract"
                                : found.error().message);
  }
  const Signal& signal = draft_.plant.signal(*found);
  if (!signal.states.empty())
    return fail(node, fmt::format("'{}' is a state; it is compared with == or !=, as in '{} == {}'",
                                  signal.path, shown(node.text), signal.states.front()));
  Amount made;
  made.unit = draft_.signal_units[found->index];
  made.scale = scale_of(*made.unit);
  made.zero = made.unit->zero;
  made.node = &node;
  made.signal = *found;
  made.term = add({.kind = Term::Kind::Value, .slot = slot_of(*found)});
  return made;
}

Result<void> TermBuild::refuse_point(const Amount& amount, std::string_view what) const {
  if (amount.scale != Scale::Point) return {};
  return fail(*amount.node,
              fmt::format("a temperature in {} {}; subtract another one first, or write a "
                          "difference in K or delta_degC",
                          unit_label(*amount.unit), what));
}

void TermBuild::as_difference(Amount& constant) {
  out_.terms[constant.term].number = constant.unit->unit.scale * constant.node->number;
  constant.scale = Scale::Difference;
}

/// A bare number takes the unit of a single signal beside it; 0 is the same in all.
Result<void> TermBuild::give_unit(Amount& constant, const Amount& beside, bool compared) {
  if (!constant.node->text.empty() || beside.unit->dimension == "1") return {};
  const bool is_plain_zero = constant.node->number == 0.0 && beside.scale != Scale::Point;
  if (!is_plain_zero && !(compared && beside.signal.valid())) {
    const auto& unit = beside.unit->unit;
    const bool is_step = beside.scale == Scale::Difference && unit.offset != 0.0;
    const auto& symbol = is_step || unit.symbol.empty() ? beside.unit->dimension : unit.symbol;
    return fail(*constant.node,
                fmt::format("'{0}' has no unit, and what stands beside it is in '{1}'; write it as "
                            "'{0} {1}'",
                            text::number(constant.node->number), symbol));
  }
  constant.unit = beside.unit;
  constant.scale = scale_of(*constant.unit);
  constant.zero = beside.zero;
  out_.terms[constant.term].number = constant.unit->unit.to_si(constant.node->number);
  if (beside.scale == Scale::Difference) as_difference(constant);
  return {};
}

/// Turns and radians per time say the same of a shaft; they are brought to radians.
Result<void> TermBuild::make_same(Amount& left, Amount& right) {
  for (auto [hertz, other] : {std::pair{&left, &right}, std::pair{&right, &left}}) {
    if (hertz->unit->dimension != "Hz" || other->unit->dimension != "rad/s") continue;
    const auto factor = add({.kind = Term::Kind::Constant, .number = kRadiansPerTurn});
    hertz->term = add({.kind = Term::Kind::Multiply, .left = hertz->term, .right = factor});
    return {};
  }
  if (!draft_.units.same_but_for_angle(*left.unit, *right.unit)) {
    return fail(*right.node,
                fmt::format("{} does not go with {} ({} against {})", unit_label(*right.unit),
                            unit_label(*left.unit), right.unit->dimension, left.unit->dimension));
  }
  const bool mixes_zeros = left.zero != right.zero && left.zero != PressureZero::NotSaid &&
                           right.zero != PressureZero::NotSaid;
  if (mixes_zeros)
    return fail(*right.node,
                "gauge and absolute pressure differ by the air pressure at the site, "
                "which nobody told; use two of one kind");
  return {};
}

Result<TermBuild::Pair> TermBuild::alike(const RuleNode& left, const RuleNode& right,
                                         bool compared) {
  Pair pair;
  if (left.kind == Kind::Number && right.kind != Kind::Number) {
    GEMEL_ASSIGN(pair.right, amount(right));
    GEMEL_ASSIGN(pair.left, amount(left, pair.right.unit));
  } else {
    GEMEL_ASSIGN(pair.left, amount(left));
    GEMEL_ASSIGN(pair.right, amount(right, pair.left.unit));
  }
  const bool one_constant = pair.left.is_constant() != pair.right.is_constant();
  if (one_constant) {
    auto& constant = pair.left.is_constant() ? pair.left : pair.right;
    const auto& other = pair.left.is_constant() ? pair.right : pair.left;
    GEMEL_TRY(give_unit(constant, other, compared));
    // "t_out - t_in > 5 degC" is 5 K.
    if (compared && other.scale == Scale::Difference && constant.scale == Scale::Point)
      as_difference(constant);
  }
  GEMEL_TRY(make_same(pair.left, pair.right));
  const bool mixes = compared && pair.left.scale != pair.right.scale &&
                     pair.left.scale != Scale::Either && pair.right.scale != Scale::Either;
  if (mixes)
    return fail(right, "one side is a temperature, the other a difference of temperatures");
  return pair;
}

Result<Amount> TermBuild::sum(const RuleNode& node) {
  const bool adds = node.kind == Kind::Add;
  GEMEL_ASSIGN(auto pair, alike(node.parts[0], node.parts[1], false));
  auto& [left, right] = pair;
  Amount made = left.is_constant() ? right : left;
  made.node = &node;
  made.signal = {};
  if (left.scale == Scale::Point && right.scale == Scale::Point) {
    if (adds)
      return fail(*right.node,
                  "two temperatures have no sum; write a difference in K or "
                  "delta_degC, and the mean of two as a + (b - a) / 2");
    made.scale = Scale::Difference;
  } else if (left.scale == Scale::Point || right.scale == Scale::Point) {
    const auto& step = left.scale == Scale::Point ? right : left;
    // A signal in K may be either, and "a - b" then means two things.
    if (step.scale == Scale::Either && !step.is_constant())
      return fail(*step.node,
                  "it can't be told whether this is a temperature or a difference; "
                  "declare its signals in degC or in delta_degC");
    if (!adds && right.scale == Scale::Point)
      return fail(*right.node, "a temperature can't be taken from a difference");
    made.scale = Scale::Point;
    made.unit = left.scale == Scale::Point ? left.unit : right.unit;
  } else if (left.scale != right.scale) {
    made.scale = Scale::Either;
  } else if (!adds && made.unit->dimension == "K" && !left.is_constant() && !right.is_constant()) {
    made.scale = Scale::Difference;
  }
  if (!adds || left.zero == right.zero) made.zero = PressureZero::NotSaid;
  if (left.zero != right.zero)
    made.zero = left.zero != PressureZero::NotSaid ? left.zero : right.zero;
  made.term = add({.kind = adds ? Term::Kind::Add : Term::Kind::Subtract,
                   .left = left.term,
                   .right = right.term});
  return made;
}

Result<Amount> TermBuild::product(const RuleNode& node) {
  const bool times = node.kind == Kind::Multiply;
  GEMEL_ASSIGN(const auto left, amount(node.parts[0]));
  GEMEL_ASSIGN(const auto right, amount(node.parts[1]));
  GEMEL_TRY(refuse_point(left, "is no factor"));
  GEMEL_TRY(refuse_point(right, "is no factor"));
  Amount made;
  made.node = &node;
  // A multiple of an amount is still told in its unit.
  const bool left_plain = left.unit->dimension == "1" && left.unit->unit.symbol.empty();
  const bool right_plain = right.unit->dimension == "1" && right.unit->unit.symbol.empty();
  if (right_plain) {
    made.unit = left.unit;
    made.scale = left.scale;
  } else if (left_plain && times) {
    made.unit = right.unit;
    made.scale = right.scale;
  } else {
    const auto unit = times ? draft_.units.product(*left.unit, *right.unit)
                            : draft_.units.quotient(*left.unit, *right.unit);
    if (!unit) return fail(node, unit.error().message);
    made.unit = *unit;
    made.scale = scale_of(**unit);
  }
  made.term = add({.kind = times ? Term::Kind::Multiply : Term::Kind::Divide,
                   .left = left.term,
                   .right = right.term});
  return made;
}

Result<Amount> TermBuild::call(const RuleNode& node) {
  GEMEL_ASSIGN(auto made, amount(node.parts[0]));
  made.signal = {};
  made.node = &node;
  if (node.text == "abs") {
    GEMEL_TRY(refuse_point(made, "has no amount without its sign"));
    made.term = add({.kind = Term::Kind::Abs, .left = made.term});
    return made;
  }
  if (!names_a_signal(node))
    return fail(node, "a window looks at a signal; a number stays as it is");
  static constexpr std::pair<std::string_view, Term::Kind> kWindows[] = {
      {"rate", Term::Kind::Rate},
      {"mean", Term::Kind::Mean},
      {"min", Term::Kind::Min},
      {"max", Term::Kind::Max},
      {"spread", Term::Kind::Spread}};
  const auto* window = std::find_if(std::begin(kWindows), std::end(kWindows),
                                    [&](const auto& w) { return w.first == node.text; });
  made.term = add({.kind = window->second, .left = made.term, .span = node.span});
  if (window->second == Term::Kind::Spread) {
    if (made.scale == Scale::Point) made.scale = Scale::Difference;
    made.zero = PressureZero::NotSaid;
  }
  if (window->second == Term::Kind::Rate) {
    const auto unit = draft_.units.per_second(*made.unit);
    if (!unit) return fail(node, unit.error().message);
    made.unit = *unit;
    made.scale = Scale::Either;
    made.zero = PressureZero::NotSaid;
  }
  return made;
}

}  // namespace gemel::spec
