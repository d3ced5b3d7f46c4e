#pragma once
// From a rule's tree to what runs: names become signals, quantities SI numbers, and what does not
// go together is refused.

#include <optional>

#include "core/expression.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/rule_text.hpp"

namespace gemel::spec {

/// A rule as the twin's plant holds it: a plain condition where it is one, otherwise an expression.
struct BuiltRule {
  std::optional<Condition> condition;
  std::shared_ptr<const Expression> expression;
  std::optional<double> hysteresis;  // of the condition, the signal's unit, when the text has one
};

/// Names are looked up from the asset outwards. `hysteresis` is the setting of the rule's table, or
/// null. Nothing, and a problem at `when`, when the text does not fit the plant.
///
/// Dimensions: what is added, subtracted or compared must measure the same; gauge and absolute
/// pressures don't mix; the difference of two temperatures is a difference, which is added to a
/// temperature or compared with other differences. A number without a unit is in the unit of the
/// single signal that it is compared with; 0 needs none beside anything but a temperature.
std::optional<BuiltRule> build_rule(Draft& draft, AssetId from, const Node& when,
                                    const Node* hysteresis);

}  // namespace gemel::spec
