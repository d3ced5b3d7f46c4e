#pragma once
// What a rule watches when one comparison of one signal can't say it: arithmetic, windows,
// comparisons and truths, compiled by `spec` to a flat list of terms.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace gemel {

enum class Comparison : std::uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };

bool compare(double left, Comparison comparison, double right);

/// One step of an expression. Numbers are in SI units, temperatures in kelvin, states by number.
struct Term {
  enum class Kind : std::uint8_t {
    Constant,  // `number`
    Value,     // of the signal at `slot`
    Negate,
    Abs,
    Add,
    Subtract,
    Multiply,
    Divide,
    Rate,  // these five: of `left` over the window (now - span, now]
    Mean,
    Min,
    Max,
    Spread,
    Compare,  // `left` with `right`; from here on truths
    Not,
    And,
    Or,
    Hold,  // `left` has been true for `span`
  };
  Kind kind = Kind::Constant;
  Comparison comparison = Comparison::Less;
  bool negated = false;     // Compare: stands under an odd number of Nots
  std::uint32_t slot = 0;   // Value: in Expression::signals
  std::uint32_t left = 0;   // operands: earlier terms
  std::uint32_t right = 0;  // of two
  double number = 0.0;      // Constant; Compare: its hysteresis, not negative
  Duration span = {};       // windows, Hold
  friend bool operator==(const Term&, const Term&) = default;

  bool is_window() const { return kind >= Kind::Rate && kind <= Kind::Spread; }
  bool is_truth() const { return kind >= Kind::Compare; }
};

/// An amount that an alarm names beside the signals: "rate(pressure, 1 min) 0.72 bar/min".
struct ToldAmount {
  std::uint32_t term = 0;
  std::string text;
  std::string unit;
  double scale = 1.0;  // of the unit: si = scale * told + offset
  double offset = 0.0;
  friend bool operator==(const ToldAmount&, const ToldAmount&) = default;
};

/// Immutable once made; what its windows hold while it runs is the runner's.
///
/// Truths are Kleene's three: what depends on a value that is missing, bad or stale is unknown, but
/// `false and unknown` is false and `true or unknown` is true.
struct Expression {
  std::vector<SignalId> signals;  // each once
  std::vector<std::optional<double>>
      limits;               // by slot: what it alone is compared with, declared unit
  std::vector<Term> terms;  // operands before what uses them; the last is the whole
  Duration hold = {};       // of the whole
  std::vector<ToldAmount> told;
  std::string text;  // as written
  friend bool operator==(const Expression&, const Expression&) = default;
};

}  // namespace gemel
