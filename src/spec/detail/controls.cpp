// Controls: their envelope, and what shows that the plant obeyed.

#include <fmt/format.h>

#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"

namespace gemel::spec {
namespace {

void read_feedback(Draft& draft, Control& control, const KnownUnit& unit, const Fields& fields) {
  const Node* feedback = fields.find_text("feedback");
  if (feedback == nullptr) {
    if (fields.find("tolerance") != nullptr) {
      draft.problems.error(fields.find("tolerance")->at,
                           "'tolerance' has no meaning without 'feedback'");
    }
    return;
  }
  control.feedback = draft.signal_of(control.asset, *feedback);
  if (!control.feedback.valid()) return;
  const auto shown_in = conversion(*draft.signal_units[control.feedback.index], unit);
  if (!shown_in) {
    draft.problems.error(feedback->at, fmt::format("feedback '{}': {}", shown(feedback->text),
                                                   shown_in.error().message));
  } else if (shown_in->scale != 1.0 || shown_in->offset != 0.0) {
    draft.problems.error(
        feedback->at,
        fmt::format("feedback '{}' is in '{}', the control in '{}'; declare both in the same unit",
                    shown(feedback->text), draft.plant.signal(control.feedback).unit.symbol,
                    control.unit.symbol));
  }
  if (const Node* tolerance = fields.find("tolerance")) {
    control.feedback_tolerance = draft.difference_in(unit, *tolerance, "tolerance").value_or(0.0);
    if (control.feedback_tolerance < 0.0)
      draft.problems.error(tolerance->at, "'tolerance' can't be below zero");
  }
}

void read_control(Draft& draft, Control& control, const KnownUnit& unit, const Fields& fields) {
  if (const Node* range = fields.find("range"))
    control.range = draft.limits_in(unit, *range, "range");
  if (const Node* limit = fields.find("rate_limit")) {
    control.rate_limit_per_s = draft.change_per_second_in(unit, *limit, "rate_limit").value_or(0.0);
  }
  read_feedback(draft, control, unit, fields);
  control.feedback_within = fields.duration("within", control.feedback_within);
  control.stale_after = fields.duration("stale_after", control.stale_after);
  control.expiry = fields.duration("expiry", control.expiry);
  control.autonomy = fields.autonomy(control.autonomy);
  for (const Node* interlock : fields.items("interlocks")) {
    if (!draft.take_part(interlock->at)) return;
    if (auto condition = draft.condition_of(control.asset, *interlock))
      control.interlocks.push_back(std::move(*condition));
  }
}

}  // namespace

void build_controls(Draft& draft) {
  for (std::size_t i = 0; i < draft.controls.size(); ++i) {
    read_control(draft, draft.plant.controls[i], *draft.control_units[i],
                 Fields(*draft.controls[i].node));
  }
}

}  // namespace gemel::spec
