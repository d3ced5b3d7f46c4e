#include "spec/detail/rule_build.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/rule_terms.hpp"

namespace gemel::spec {
namespace {

using Kind = RuleNode::Kind;

/// What the whole is when its `for` is taken off.
const RuleNode& unheld(const RuleNode& whole) {
  return whole.kind == Kind::Hold ? whole.parts[0] : whole;
}

/// A signal against a number or, if it has states, against one of them: what a Condition can say.
bool is_plain(const Draft& draft, AssetId from, const RuleNode& node) {
  if (node.kind != Kind::Compare || node.parts[0].kind != Kind::Name) return false;
  if (node.parts[1].kind != Kind::Name) return node.parts[1].kind == Kind::Number;
  const auto signal = draft.find_signal(from, node.parts[0].text);
  return !signal || !draft.plant.signal(*signal).states.empty();
}

class RuleBuild {
 public:
  RuleBuild(Draft& draft, AssetId from, const Node& when, const Node* hysteresis)
      : draft_(draft),
        from_(from),
        when_(when),
        setting_(hysteresis),
        terms_(draft, from, when.text, out_) {}

  std::optional<BuiltRule> build(const RuleNode& whole) {
    const RuleNode& root = unheld(whole);
    if (whole.kind == Kind::Hold) out_.hold = whole.span;
    out_.text = when_.text;
    const auto term = truth(root, false);
    if (!term) {
      draft_.problems.error(when_.at, term.error().message);
      return std::nullopt;
    }
    if (out_.signals.empty()) {
      draft_.problems.error(when_.at,
                            rule_error(when_.text, root.at, "it names no signal").message);
      return std::nullopt;
    }
    if (setting_ != nullptr && !apply_setting()) return std::nullopt;
    BuiltRule built;
    built.expression = std::make_shared<const Expression>(std::move(out_));
    return built;
  }

 private:
  Result<std::uint32_t> truth(const RuleNode& node, bool negated) {
    if (node.kind == Kind::Compare) return comparison(node, negated);
    Term made;
    GEMEL_ASSIGN(made.left, truth(node.parts[0], negated != (node.kind == Kind::Not)));
    switch (node.kind) {
      case Kind::Not:
        made.kind = Term::Kind::Not;
        break;
      case Kind::Hold:
        made.kind = Term::Kind::Hold;
        made.span = node.span;
        break;
      default:
        made.kind = node.kind == Kind::And ? Term::Kind::And : Term::Kind::Or;
        GEMEL_ASSIGN(made.right, truth(node.parts[1], negated));
    }
    return terms_.add(made);
  }

  /// The signal that a name means, if that has states.
  SignalId state_signal(const RuleNode& node) const {
    if (node.kind != Kind::Name) return {};
    const auto found = draft_.find_signal(from_, node.text);
    return found && !draft_.plant.signal(*found).states.empty() ? *found : SignalId{};
  }

  Result<std::uint32_t> comparison(const RuleNode& node, bool negated) {
    if (const SignalId signal = state_signal(node.parts[0]); signal.valid())
      return state_comparison(node, signal, negated);
    GEMEL_TRY(know_right(node.parts[1]));
    GEMEL_ASSIGN(const auto pair, terms_.alike(node.parts[0], node.parts[1], true));
    Term made;
    made.kind = Term::Kind::Compare;
    made.comparison = node.comparison;
    made.negated = negated;
    made.left = pair.left.term;
    made.right = pair.right.term;
    GEMEL_ASSIGN(made.number, hysteresis(node, pair));
    note_limit(pair.left, pair.right);
    note_limit(pair.right, pair.left);
    tell(pair.left, pair.right);
    tell(pair.right, pair.left);
    compared_ = {pair.left, pair.right};
    is_written_ = is_written_ || node.hysteresis.has_value();
    comparisons_.push_back(terms_.add(made));
    return comparisons_.back();
  }

  /// Who writes "pressure < high" may have meant a number.
  Result<void> know_right(const RuleNode& right) const {
    if (right.kind != Kind::Name || right.text.find('-') != std::string::npos) return {};
    const auto found = draft_.find_signal(from_, right.text);
    if (found) return {};
    return terms_.fail(right, fmt::format("'{}' is not a number, and there is {}",
                                          shown(right.text), found.error().message));
  }

  Result<std::uint32_t> state_comparison(const RuleNode& node, SignalId id, bool negated) {
    const Signal& signal = draft_.plant.signal(id);
    if (node.comparison != Comparison::Equal && node.comparison != Comparison::NotEqual)
      return terms_.fail(
          node, fmt::format("'{}' is a state, which is compared with == or != only", signal.path));
    if (node.hysteresis) return terms_.fail(node, "a state has no hysteresis");
    const RuleNode& right = node.parts[1];
    const auto state = std::find(signal.states.begin(), signal.states.end(), right.text);
    if (right.kind != Kind::Name || state == signal.states.end()) {
      const auto read = right.kind == Kind::Name ? right.text : std::string();
      const auto near = text::did_you_mean(read, signal.states);
      return terms_.fail(
          right, fmt::format("this is no state of '{}'{}", signal.path,
                             !near.empty()
                                 ? near
                                 : fmt::format("; there are {}", fmt::join(signal.states, ", "))));
    }
    const auto number = static_cast<double>(state - signal.states.begin());
    Term made;
    made.kind = Term::Kind::Compare;
    made.comparison = node.comparison;
    made.negated = negated;
    const auto slot = terms_.slot_of(id);
    out_.limits[slot] = number;
    made.left = terms_.add({.kind = Term::Kind::Value, .slot = slot});
    made.right = terms_.add({.kind = Term::Kind::Constant, .number = number});
    return terms_.add(made);
  }

  /// SI: what the text says, otherwise 1 % of a single signal's range or of the constant.
  Result<double> hysteresis(const RuleNode& node, const TermBuild::Pair& pair) {
    const bool orders =
        node.comparison != Comparison::Equal && node.comparison != Comparison::NotEqual;
    const Amount& amount = pair.left.is_constant() ? pair.right : pair.left;
    const Amount& other = pair.left.is_constant() ? pair.left : pair.right;
    if (node.hysteresis) {
      if (!orders) return terms_.fail(node, "== and != have no hysteresis");
      const auto& unit = *amount.unit;
      const auto written = node.hysteresis->unit.empty()
                               ? Result<const KnownUnit*>(&unit)
                               : draft_.units.read(node.hysteresis->unit, unit.dimension == "m/s2");
      if (!written) return terms_.fail(node, written.error().message);
      const auto factor = difference_factor(**written, unit);
      if (!factor) return terms_.fail(node, "the hysteresis: " + factor.error().message);
      return *factor * node.hysteresis->number * unit.unit.scale * turns_of(pair, amount);
    }
    if (!orders || !other.is_constant()) return 0.0;
    if (amount.signal.valid()) {
      const Signal& signal = draft_.plant.signal(amount.signal);
      if (signal.range.low && signal.range.high)
        return 0.01 * (*signal.range.high - *signal.range.low) * amount.unit->unit.scale *
               turns_of(pair, amount);
    }
    return 0.01 * std::abs(other.node->number * other.unit->unit.scale) * turns_of(pair, other);
  }

  /// What an amount in Hz was multiplied with to compare it with one in rad/s.
  static double turns_of(const TermBuild::Pair& pair, const Amount& amount) {
    const bool mixed = pair.left.unit->dimension != pair.right.unit->dimension;
    const bool is_hertz = amount.unit->dimension == "Hz";
    const bool beside_angle =
        pair.left.unit->dimension == "rad/s" || pair.right.unit->dimension == "rad/s";
    return mixed && is_hertz && beside_angle ? kRadiansPerTurn : 1.0;
  }

  void note_limit(const Amount& side, const Amount& other) {
    if (!side.signal.valid() || !other.is_constant()) return;
    double si = out_.terms[other.term].kind == Term::Kind::Constant
                    ? out_.terms[other.term].number
                    : other.unit->unit.to_si(other.node->number) * kRadiansPerTurn;
    if (side.unit->dimension == "Hz" && other.unit->dimension == "rad/s") si /= kRadiansPerTurn;
    out_.limits[terms_.slot_of(side.signal)] = side.unit->unit.from_si(si);
  }

  /// A computed side is named in the alarm, in the unit of the constant it is compared with.
  void tell(const Amount& side, const Amount& other) {
    if (side.is_constant() || side.signal.valid()) return;
    // A side that was brought from Hz to rad/s is told in the latter.
    const bool turned = side.unit->dimension == "Hz" && other.unit->dimension == "rad/s";
    const bool as_other = other.is_constant() || turned;
    const Unit& unit = as_other ? other.unit->unit : side.unit->unit;
    ToldAmount told{side.term, print(*side.node), unit.symbol, unit.scale, unit.offset};
    if (side.scale == Scale::Difference && unit.offset != 0.0) {
      told.unit = "K";
      told.scale = 1.0;
      told.offset = 0.0;
    }
    if (std::find(out_.told.begin(), out_.told.end(), told) == out_.told.end())
      out_.told.push_back(std::move(told));
  }

  /// The setting of the rule's table, which goes for its only comparison.
  bool apply_setting() {
    if (comparisons_.size() != 1 || is_written_) {
      draft_.problems.error(
          setting_->at,
          is_written_ ? "the rule's text already says its hysteresis; leave one out"
                      : "'hysteresis' goes for a rule of one comparison; write it behind each, as "
                        "in 'vibration > 7 mm/s hysteresis 0.5 mm/s'");
      return false;
    }
    const Amount& amount = compared_.left.is_constant() ? compared_.right : compared_.left;
    const auto value = draft_.difference_in(*amount.unit, *setting_, "hysteresis");
    if (!value) return false;
    if (*value < 0.0) {
      draft_.problems.error(setting_->at, "'hysteresis' is not below zero");
      return false;
    }
    out_.terms[comparisons_.front()].number =
        *value * amount.unit->unit.scale * turns_of(compared_, amount);
    return true;
  }

  Draft& draft_;
  AssetId from_;
  const Node& when_;
  const Node* setting_;
  Expression out_;
  TermBuild terms_;
  std::vector<std::uint32_t> comparisons_;  // of numbers
  TermBuild::Pair compared_;                // the last one's sides
  bool is_written_ = false;                 // some hysteresis stands in the text
};

/// The hysteresis behind a plain condition, in its signal's unit.
std::optional<double> plain_hysteresis(Draft& draft, const Condition& condition,
                                       const RuleNode::Margin& margin, const Node& when,
                                       std::size_t at) {
  if (!draft.plant.signal(condition.signal).states.empty() ||
      condition.comparison == Comparison::Equal || condition.comparison == Comparison::NotEqual) {
    draft.problems.error(when.at,
                         rule_error(when.text, at, "states, == and != have no hysteresis").message);
    return std::nullopt;
  }
  Node node;
  node.kind = Node::Kind::Text;
  node.at = when.at;
  node.text = text::number(margin.number) + " " + margin.unit;
  return draft.difference_in(*draft.signal_units[condition.signal.index], node, "hysteresis");
}

}  // namespace

std::optional<BuiltRule> build_rule(Draft& draft, AssetId from, const Node& when,
                                    const Node* hysteresis) {
  if (!when.is_text()) return std::nullopt;
  const auto whole = parse_rule(when.text);
  if (!whole) return std::nullopt;  // reported with the form
  const RuleNode& node = unheld(*whole);
  if (!is_plain(draft, from, node)) return RuleBuild(draft, from, when, hysteresis).build(*whole);
  const RuleNode& right = node.parts[1];
  const std::string value =
      right.kind == Kind::Number ? text::number(right.number) + " " + right.text : right.text;
  const Duration hold = whole->kind == Kind::Hold ? whole->span : Duration{};
  BuiltRule built;
  built.condition =
      draft.condition_of(from, {node.parts[0].text, node.comparison, value, hold}, when);
  if (!built.condition) return std::nullopt;
  if (!node.hysteresis) return built;
  if (hysteresis != nullptr) {
    draft.problems.error(hysteresis->at,
                         "the rule's text already says its hysteresis; leave one out");
    return std::nullopt;
  }
  built.hysteresis = plain_hysteresis(draft, *built.condition, *node.hysteresis, when, node.at);
  if (!built.hysteresis) return std::nullopt;
  return built;
}

}  // namespace gemel::spec
