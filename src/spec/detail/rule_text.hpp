#pragma once
// The expression language of rules, as text: "(flow < 3 l/min for 1 min) and speed > 900 rpm" to a
// tree and back. Names, units and dimensions are looked at elsewhere (rule_build.hpp).
//
//   rule       = truth [ "for" DURATION ]
//   truth      = both { "or" both }             both  = denied { "and" denied }
//   denied     = "not" denied | comparison
//   comparison = sum [ ("<" "<=" ">" ">=" "==" "!=") sum [ "hysteresis" NUMBER [UNIT] ] ]
//   sum        = product { ("+" | "-") product }
//   product    = factor { ("*" | "/") factor }
//   factor     = "-" factor | NUMBER [UNIT] | NAME | call | "(" rule ")"
//   call       = ("rate" | "mean" | "min" | "max" | "spread") "(" sum "," DURATION ")"
//              | "abs" "(" sum ")"
//
// A unit is what follows its number without blanks ("0.5 bar/min"); a name may hold '-', so a
// minus has blanks around it.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/expression.hpp"

namespace gemel::spec {

/// A node of the tree. Equal trees mean the same, wherever in a text they stand.
struct RuleNode {
  enum class Kind : std::uint8_t {
    Number,  // `number` and, in `text`, its unit; may be empty
    Name,    // `text`: a signal's path or a state
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,
    Call,     // `text`: which; `span` but for abs
    Compare,  // from here on truths
    Not,
    And,
    Or,
    Hold,  // for `span`
  };
  struct Margin {
    double number = 0.0;
    std::string unit;
    friend bool operator==(const Margin&, const Margin&) = default;
  };

  Kind kind = Kind::Number;
  Comparison comparison = Comparison::Less;
  double number = 0.0;
  std::string text;
  Duration span = {};
  std::optional<Margin> hysteresis;  // Compare
  std::vector<RuleNode> parts;
  std::size_t at = 0;  // first byte in the text

  bool is_truth() const { return kind >= Kind::Compare; }
  friend bool operator==(const RuleNode& a, const RuleNode& b) {
    return a.kind == b.kind && a.comparison == b.comparison && a.number == b.number &&
           a.text == b.text && a.span == b.span && a.hysteresis == b.hysteresis &&
           a.parts == b.parts;
  }
};

/// Limits: 32 levels, 500 nodes. Errors: InvalidInput, saying where, what was read, and what to
/// write.
Result<RuleNode> parse_rule(std::string_view text);

/// The text of a tree, with no more parentheses than it needs: parse_rule(print(tree)) == tree.
std::string print(const RuleNode& tree);

/// "'flow < 3 l/min adn …' is not a condition: at 'adn' (character 16): …".
Error rule_error(std::string_view text, std::size_t at, std::string_view why);

}  // namespace gemel::spec
