// What the command line of `gemel experiments` asks for.

#include <algorithm>
#include <cmath>

#include "app/experiments.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

constexpr double kTail =
    1e-4;  // of an endless distribution that lies beyond either side of the box

constexpr double kSomewhere = 0.4567;  // of the box: no whole number by chance

/// A change of what is varied or set, and between what it may lie.
struct Place {
  Change change;
  std::string name, unit;
  double low = -INFINITY, high = INFINITY;
};

Result<Place> place_of(const std::string& name, const TwinFile& twin, const Changeable& all) {
  GEMEL_ASSIGN(const auto found, all.find(name));
  Place place;
  place.name = found.of.name;
  place.unit = found.of.unit;
  if (found.is_control) {
    GEMEL_ASSIGN(place.change.control, twin.plant->find_control(found.of.name));
    for (const auto& control : twin.plant->controls) {
      if (control.path != found.of.name) continue;
      place.low = control.range.low.value_or(place.low);
      place.high = control.range.high.value_or(place.high);
    }
    return place;
  }
  place.change.quantity = found.of.name;
  for (const auto& one : twin.simulator->adjustables()) {
    if (one.name != found.of.name) continue;
    place.low = one.low;
    place.high = one.high;
  }
  return place;
}

/// "900..1600 rpm", "normal(3, 0.5)".
Result<surrogates::Factor> factor_of(const std::string& text, const Place& place) {
  surrogates::Factor factor{.name = place.name};
  if (const auto dots = text.find(".."); dots != std::string::npos) {
    const auto part = [&](std::size_t from, std::size_t count) {
      return value_of(std::string(text::trim(text.substr(from, count))), place.unit);
    };
    GEMEL_ASSIGN(factor.low, part(0, dots));
    GEMEL_ASSIGN(factor.high, part(dots + 2, std::string::npos));
  } else if (text.find('(') != std::string::npos) {
    GEMEL_ASSIGN(factor.distribution,
                 Distribution::parse(text, [&](std::string_view number, bool plain) {
                   return value_of(std::string(text::trim(number)), plain ? "" : place.unit);
                 }));
    const auto kind = factor.distribution->kind();
    const bool ends = kind == Distribution::Kind::Uniform || kind == Distribution::Kind::Triangular;
    const double tail = ends ? 1e-12 : kTail;
    // Where the simulator can not follow, there is nothing to learn.
    factor.low = std::max(factor.distribution->quantile(tail), place.low);
    factor.high = std::min(factor.distribution->quantile(1.0 - tail), place.high);
  } else {
    return not_understood(text, "range; write LOW..HIGH, or such as 'normal(3, 0.5)'");
  }
  if (!(factor.low < factor.high))
    return Error{ErrorCode::InvalidInput,
                 place.name + "=" + text + " leaves nothing to vary between " +
                     text::number(factor.low) + " and " + text::number(factor.high)};
  if (factor.low < place.low || factor.high > place.high) {
    return Error{ErrorCode::InvalidInput, place.name + "=" + text +
                                              " leaves what it may be: " + text::number(place.low) +
                                              " to " + text::number(place.high) + " " + place.unit};
  }
  return factor;
}

std::string name_of(AnswerOf::Kind kind) {
  switch (kind) {
    case AnswerOf::Kind::Indicator:
      return "";
    case AnswerOf::Kind::Last:
      return "last";
    case AnswerOf::Kind::Mean:
      return "mean";
    case AnswerOf::Kind::Lowest:
      return "lowest";
    case AnswerOf::Kind::Highest:
      return "highest";
  }
  return "";
}

/// Those of the whole plant; where there are none, all; where there are no indicators, the signals'
/// last values.
std::vector<AnswerOf> usual_answers(const Outcome& outcome) {
  std::vector<AnswerOf> whole, all, signals;
  for (const auto& one : outcome.indicators) {
    all.push_back({AnswerOf::Kind::Indicator, one.name, one.unit});
    if (one.name.find('.') == std::string::npos) whole.push_back(all.back());
  }
  for (const auto& one : outcome.signals) {
    if (!one.mean.empty()) signals.push_back({AnswerOf::Kind::Last, one.name, one.unit});
  }
  return !whole.empty() ? whole : !all.empty() ? all : signals;
}

/// "energy", "tank_1.level:lowest", "pump_1.flow" (its last value).
Result<AnswerOf> answer_of(const std::string& text, const Outcome& outcome) {
  const auto colon = text.rfind(':');
  const std::string name(text::trim(text.substr(0, colon)));
  auto kind = AnswerOf::Kind::Last;
  if (colon != std::string::npos) {
    const auto word = text::trim(std::string_view(text).substr(colon + 1));
    bool known = false;
    for (const auto one : {AnswerOf::Kind::Last, AnswerOf::Kind::Mean, AnswerOf::Kind::Lowest,
                           AnswerOf::Kind::Highest}) {
      if (name_of(one) != word) continue;
      kind = one;
      known = true;
    }
    if (!known)
      return not_understood(std::string(word),
                            "part of a signal's course; last, mean, lowest and highest are");
  }
  std::vector<std::string> names;
  if (colon == std::string::npos) {
    for (const auto& one : outcome.indicators) {
      if (one.name == name) return AnswerOf{AnswerOf::Kind::Indicator, one.name, one.unit};
      names.push_back(one.name);
    }
  }
  for (const auto& one : outcome.signals) {
    if (is_or_ends(one.name, name)) return AnswerOf{kind, one.name, one.unit};
    names.push_back(one.name);
  }
  return Error{ErrorCode::NotFound, "the simulator answers no '" + name + "'" +
                                        text::did_you_mean(name, names) +
                                        "; --list shows what it answers"};
}

/// "tank_1.level:lowest > 1.2 m"; the answer joins those asked for, if it is none of them.
Result<Goal> goal_of(const std::string& text, const Outcome& outcome,
                     std::vector<AnswerOf>& answers) {
  const auto sign = text.find_first_of("<>");
  if (sign == std::string::npos)
    return not_understood(text, "goal; write ANSWER > NUMBER or ANSWER < NUMBER");
  GEMEL_ASSIGN(const auto answer,
               answer_of(std::string(text::trim(text.substr(0, sign))), outcome));
  Goal goal{.text = text, .above = text[sign] == '>'};
  GEMEL_ASSIGN(goal.limit, value_of(std::string(text::trim(text.substr(sign + 1))), answer.unit));
  const auto found = std::ranges::find_if(
      answers, [&](const AnswerOf& one) { return one.shown() == answer.shown(); });
  goal.answer = static_cast<std::size_t>(found - answers.begin());
  if (found == answers.end()) answers.push_back(answer);
  return goal;
}

/// One future somewhere in the box. `whole`: at whole numbers for these factors.
Result<Outcome> try_at(const Study& study, const TwinFile& twin, const std::vector<bool>& whole) {
  auto trial = study.scenario;
  trial.draws = 1;
  for (std::size_t k = 0; k < study.factors.size(); ++k) {
    const auto& factor = study.factors[k];
    const double value = factor.low + kSomewhere * (factor.high - factor.low);
    trial.changes[k].value = whole[k] ? std::round(value) : value;
  }
  GEMEL_ASSIGN(trial, settled(*twin.plant, twin.start, std::move(trial)));
  return twin.simulator->what_if(twin.start, trial);
}

/// What the simulator answers; and marks the factors of which it wants whole numbers, such as
/// machines: those without whose rounding it refuses. Errors: those of the simulator.
Result<Outcome> try_once(Study& study, const TwinFile& twin) {
  std::vector<bool> whole(study.factors.size(), false);
  auto outcome = try_at(study, twin, whole);
  if (outcome || outcome.error().code != ErrorCode::InvalidInput) return outcome;
  whole.assign(whole.size(), true);
  auto rounded = try_at(study, twin, whole);
  if (!rounded) return outcome;
  for (std::size_t k = 0; k < whole.size(); ++k) {
    whole[k] = false;
    whole[k] = !try_at(study, twin, whole);
    auto& factor = study.factors[k];
    factor.whole = whole[k];
    if (!factor.whole) continue;
    factor.low = std::ceil(factor.low);
    factor.high = std::floor(factor.high);
    if (!(factor.low < factor.high))
      return Error{ErrorCode::InvalidInput,
                   factor.name + " is counted, and its range holds no two whole numbers"};
  }
  return rounded;
}

}  // namespace

std::string AnswerOf::shown() const {
  return kind == Kind::Indicator ? name : name + ":" + name_of(kind);
}

Result<Study> study_of(const ExperimentsOptions& options, const TwinFile& twin) {
  const auto all = twin.changeable();
  Study study;
  for (const auto& text : options.vary) {
    GEMEL_ASSIGN(const auto parts, split_assignment(text, "machine_3.speed=0.9..1.2"));
    GEMEL_ASSIGN(const auto place, place_of(parts.name, twin, all));
    GEMEL_ASSIGN(auto factor, factor_of(parts.value, place));
    for (const auto& other : study.factors) {
      if (other.name == factor.name)
        return Error{ErrorCode::InvalidInput, "'" + factor.name + "' is varied twice"};
    }
    study.factors.push_back(std::move(factor));
    study.units.push_back(place.unit);
    study.scenario.changes.push_back(place.change);
  }
  for (const auto& text : options.set) {
    GEMEL_ASSIGN(const auto parts, split_assignment(text, "machine_3.speed=1.1"));
    GEMEL_ASSIGN(auto place, place_of(parts.name, twin, all));
    GEMEL_ASSIGN(place.change.value, value_of(parts.value, place.unit));
    study.scenario.changes.push_back(place.change);
  }
  GEMEL_ASSIGN(study.scenario.horizon, parse_duration(options.horizon));
  study.scenario.step =
      Duration::from_seconds(std::max(study.scenario.horizon.in_seconds() / 100.0, 1e-3));
  study.scenario.draws = options.draws;
  study.scenario.seed = options.seed;

  GEMEL_ASSIGN(const auto outcome, try_once(study, twin));
  for (const auto& text : options.answer) {
    GEMEL_ASSIGN(auto answer, answer_of(text, outcome));
    study.answers.push_back(std::move(answer));
  }
  if (study.answers.empty()) study.answers = usual_answers(outcome);
  for (const auto& text : options.goal) {
    GEMEL_ASSIGN(auto goal, goal_of(text, outcome, study.answers));
    study.goals.push_back(std::move(goal));
  }
  if (study.answers.empty())
    return Error{ErrorCode::InvalidInput, "the simulator answers nothing over this horizon"};
  return study;
}

}  // namespace gemel::app
