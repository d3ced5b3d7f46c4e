#pragma once
// Compiles the arithmetic of a rule, with the dimension of every amount.

#include <cstdint>

#include "core/expression.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/rule_text.hpp"

namespace gemel::spec {

/// Hz counts turns; rad/s is the SI unit of a shaft's speed.
inline constexpr double kRadiansPerTurn = 6.283185307179586;

/// What an amount of a temperature is. Amounts of anything else are Either.
enum class Scale : std::uint8_t {
  Point,       // 20 degC
  Difference,  // 5 delta_degC
  Either,      // 5 K
};

/// A number that is computed.
struct Amount {
  std::uint32_t term = 0;
  const KnownUnit* unit = nullptr;  // as written where it was; SI after products
  Scale scale = Scale::Either;
  PressureZero zero = PressureZero::NotSaid;
  const RuleNode* node = nullptr;
  SignalId signal;  // valid: that signal alone

  bool is_constant() const { return node->kind == RuleNode::Kind::Number; }
};

/// Appends terms to an expression. Errors: InvalidInput, with the place in the rule's text.
class TermBuild {
 public:
  TermBuild(Draft& draft, AssetId from, std::string_view text, Expression& out)
      : draft_(draft), from_(from), text_(text), out_(out) {}

  Result<Amount> amount(const RuleNode& node, const KnownUnit* beside = nullptr);
  /// The two sides of a comparison or sum, in one dimension: a constant takes the sense (a point or
  /// a difference, an acceleration's g) of what stands beside it.
  struct Pair {
    Amount left, right;
  };
  Result<Pair> alike(const RuleNode& left, const RuleNode& right, bool compared);

  std::uint32_t add(Term term);
  std::uint32_t slot_of(SignalId signal);
  Error fail(const RuleNode& node, std::string_view why) const {
    return rule_error(text_, node.at, why);
  }

 private:
  Result<Amount> constant(const RuleNode& node, const KnownUnit* beside);
  Result<Amount> name(const RuleNode& node);
  Result<Amount> sum(const RuleNode& node);
  Result<Amount> product(const RuleNode& node);
  Result<Amount> call(const RuleNode& node);
  Result<void> refuse_point(const Amount& amount, std::string_view what) const;
  Result<void> give_unit(Amount& constant, const Amount& beside, bool compared);
  Result<void> make_same(Amount& left, Amount& right);
  void as_difference(Amount& constant);

  Draft& draft_;
  AssetId from_;
  std::string_view text_;
  Expression& out_;
};

/// "'bar'", "a plain number".
std::string unit_label(const KnownUnit& unit);

}  // namespace gemel::spec
