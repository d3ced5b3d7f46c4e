#pragma once
// The fields of every event by name and in a fixed order, so that one visitor each writes them to
// disk, reads them back and turns them into JSON. The order is part of the history's format: append
// only.

#include <concepts>
#include <type_traits>

#include "core/event.hpp"

namespace gemel {

// `f(name, member)` for every member; `E` is the event type, const or not.
#define GEMEL_FIELDS(Type, ...)                         \
  template <class F, class E>                           \
    requires std::same_as<std::remove_const_t<E>, Type> \
  void for_each_field(E& e, F&& f) {                    \
    __VA_ARGS__                                         \
  }

GEMEL_FIELDS(Driver, f("signal", e.signal); f("contribution", e.contribution); f("value", e.value);
             f("expected", e.expected);)
GEMEL_FIELDS(AlarmRaised, f("alarm", e.alarm); f("asset", e.asset); f("source", e.source);
             f("name", e.name); f("priority", e.priority); f("cause", e.cause);
             f("consequence", e.consequence); f("action", e.action); f("score", e.score);
             f("drivers", e.drivers); f("onset", e.onset); f("version", e.version);
             f("nearest_normal", e.nearest_normal); f("nearest_distance", e.nearest_distance);)
GEMEL_FIELDS(AlarmUpdated, f("alarm", e.alarm); f("name", e.name); f("score", e.score);
             f("drivers", e.drivers);)
GEMEL_FIELDS(AlarmAcknowledged, f("alarm", e.alarm); f("by", e.by); f("note", e.note);)
GEMEL_FIELDS(AlarmShelved, f("alarm", e.alarm); f("until", e.until); f("by", e.by);
             f("reason", e.reason);)
GEMEL_FIELDS(AlarmUnshelved, f("alarm", e.alarm); f("by", e.by);)
GEMEL_FIELDS(AlarmCleared, f("alarm", e.alarm);)
GEMEL_FIELDS(ProposedChange, f("control", e.control); f("unit", e.unit); f("from", e.from);
             f("to", e.to);)
GEMEL_FIELDS(ExpectedEffect, f("quantity", e.quantity); f("unit", e.unit); f("without", e.without);
             f("with", e.with); f("with_low", e.with_low); f("with_high", e.with_high);)
GEMEL_FIELDS(RecommendationMade, f("recommendation", e.recommendation); f("decision", e.decision);
             f("title", e.title); f("reason", e.reason); f("changes", e.changes);
             f("effects", e.effects); f("confidence", e.confidence); f("evidence", e.evidence);
             f("alternatives", e.alternatives); f("rank", e.rank); f("expires", e.expires);
             f("horizon", e.horizon); f("version", e.version);)
GEMEL_FIELDS(RecommendationDecided, f("recommendation", e.recommendation); f("verdict", e.verdict);
             f("by", e.by); f("reason", e.reason);)
GEMEL_FIELDS(RecommendationMeasured, f("recommendation", e.recommendation); f("effects", e.effects);
             f("inside_interval", e.inside_interval);)
GEMEL_FIELDS(Command, f("id", e.id); f("control", e.control); f("value", e.value);
             f("unit", e.unit); f("reason", e.reason); f("by", e.by);
             f("recommendation", e.recommendation); f("issued", e.issued); f("expires", e.expires);)
GEMEL_FIELDS(CommandJudged, f("command", e.command); f("asked", e.asked);
             f("admission", e.admission); f("reason", e.reason);)
GEMEL_FIELDS(CommandEnded, f("command", e.command); f("result", e.result);
             f("feedback", e.feedback); f("detail", e.detail);)
GEMEL_FIELDS(Trained, f("subject", e.subject); f("version", e.version); f("from", e.from);
             f("until", e.until); f("rows", e.rows); f("summary", e.summary);)
GEMEL_FIELDS(AlarmLabelled, f("alarm", e.alarm); f("truth", e.truth); f("cause", e.cause);
             f("by", e.by);)
GEMEL_FIELDS(DriftFound, f("subject", e.subject); f("drift", e.drift); f("signal", e.signal);
             f("statistic", e.statistic); f("since", e.since); f("version", e.version);
             f("detail", e.detail); f("proposed_from", e.proposed_from);
             f("proposed_until", e.proposed_until);)
GEMEL_FIELDS(RetrainAsked, f("subject", e.subject); f("from", e.from); f("until", e.until);
             f("by", e.by);)
GEMEL_FIELDS(Notice, f("component", e.component); f("text", e.text);)

#undef GEMEL_FIELDS

}  // namespace gemel
