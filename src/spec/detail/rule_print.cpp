// The text of a rule's tree.

#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/rule_text.hpp"

namespace gemel::spec {
namespace {

using Kind = RuleNode::Kind;

/// How strongly a node holds together; what stands looser within it needs parentheses.
enum Binding : int { kLoose, kOr, kAnd, kNot, kCompare, kSum, kProduct, kFactor, kTight };

Binding binding_of(Kind kind) {
  switch (kind) {
    case Kind::Hold:
      return kLoose;
    case Kind::Or:
      return kOr;
    case Kind::And:
      return kAnd;
    case Kind::Not:
      return kNot;
    case Kind::Compare:
      return kCompare;
    case Kind::Add:
    case Kind::Subtract:
      return kSum;
    case Kind::Multiply:
    case Kind::Divide:
      return kProduct;
    case Kind::Negate:
      return kFactor;
    default:
      return kTight;
  }
}

std::string_view sign_of(const RuleNode& node) {
  static constexpr std::array<std::string_view, 6> kComparisons{"<", "<=", ">", ">=", "==", "!="};
  switch (node.kind) {
    case Kind::Compare:
      return kComparisons[static_cast<std::size_t>(node.comparison)];
    case Kind::Or:
      return "or";
    case Kind::And:
      return "and";
    case Kind::Add:
      return "+";
    case Kind::Subtract:
      return "-";
    case Kind::Multiply:
      return "*";
    default:
      return "/";
  }
}

std::string quantity(double number, const std::string& unit) {
  return text::number(number) + (unit.empty() ? "" : " " + unit);
}

/// In the largest unit that leaves a whole number.
std::string print(Duration span) {
  struct Unit {
    std::string_view name;
    std::int64_t ns;
  };
  static constexpr std::array kUnits{Unit{"week", 604'800'000'000'000},
                                     Unit{"d", 86'400'000'000'000},
                                     Unit{"h", 3'600'000'000'000},
                                     Unit{"min", 60'000'000'000},
                                     Unit{"s", 1'000'000'000},
                                     Unit{"ms", 1'000'000},
                                     Unit{"us", 1'000},
                                     Unit{"ns", 1}};
  if (span.ns == 0) return "0 s";
  for (const auto& unit : kUnits) {
    if (span.ns % unit.ns == 0) return fmt::format("{} {}", span.ns / unit.ns, unit.name);
  }
  return {};
}

std::string print(const RuleNode& node, Binding around) {
  const Binding own = binding_of(node.kind);
  std::string out;
  switch (node.kind) {
    case Kind::Number:
      out = quantity(node.number, node.text);
      // "Pa s" ends for certain only where something closes it.
      if (node.text.find(' ') != std::string::npos) out = "(" + out + ")";
      break;
    case Kind::Name:
      out = node.text;
      break;
    case Kind::Call:
      out = node.text + "(" + print(node.parts[0], kSum) +
            (node.text == "abs" ? "" : ", " + print(node.span)) + ")";
      break;
    case Kind::Negate:
      // "-3" is a number of its own.
      out = node.parts[0].kind == Kind::Number ? "-(" + print(node.parts[0], kLoose) + ")"
                                               : "-" + print(node.parts[0], kFactor);
      break;
    case Kind::Not:
      out = "not " + print(node.parts[0], kNot);
      break;
    case Kind::Hold:
      // Of two in a row the inner one has parentheses.
      out = print(node.parts[0], kOr) + " for " + print(node.span);
      break;
    case Kind::Compare:
      out = print(node.parts[0], kSum) + " " + std::string(sign_of(node)) + " " +
            print(node.parts[1], kSum);
      if (node.hysteresis)
        out += " hysteresis " + quantity(node.hysteresis->number, node.hysteresis->unit);
      break;
    default:
      out = print(node.parts[0], own) + " " + std::string(sign_of(node)) + " " +
            print(node.parts[1], static_cast<Binding>(own + 1));
  }
  return own < around ? "(" + out + ")" : out;
}

}  // namespace

std::string print(const RuleNode& tree) { return print(tree, kLoose); }

}  // namespace gemel::spec
