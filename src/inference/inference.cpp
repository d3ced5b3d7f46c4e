#include "inference/inference.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "inference/alarms.hpp"
#include "inference/detector_watch.hpp"
#include "inference/estimator_watch.hpp"
#include "inference/expression_watch.hpp"
#include "inference/health.hpp"
#include "inference/kinds.hpp"
#include "inference/rule.hpp"
#include "inference/sensor_watch.hpp"
#include "inference/teacher.hpp"
#include "inference/wording.hpp"

namespace gemel::inference {
namespace {

/// A thousand detectors that are due together must not keep a tick waiting for minutes.
constexpr std::size_t kLessonsMax = 4;

/// A rule at work: of one condition, or of an expression.
template <class Watch>
struct AtWork {
  std::size_t detector;  // of the plant
  Watch watch;
};
using RuleAtWork = AtWork<RuleWatch>;
using ExpressionAtWork = AtWork<ExpressionWatch>;

AlarmRaised alarm_of(const Plant& plant, const DetectorSpec& spec, const RuleWatch& watch) {
  return rule_alarm(plant, spec, watch.value());
}
AlarmRaised alarm_of(const Plant& plant, const DetectorSpec& spec, const ExpressionWatch& watch) {
  return expression_alarm(plant, spec, watch.run());
}

/// Where what is found goes.
struct Told {
  std::uint64_t& next_id;
  std::vector<Sample>& derived;
  std::vector<Event>& events;
};

/// Where a signal's samples go.
struct Route {
  enum class To : std::uint8_t { Detector, Rule, Expression, Estimator } to;
  std::uint32_t index;
  std::uint32_t slot;
};

}  // namespace

class InferenceStage::Parts {
 public:
  Parts(std::shared_ptr<const Plant> plant, std::uint64_t seed);

  Result<void> train_due(const HistoryReader& history, std::vector<Event>& events);
  void restore(const Snapshot& snapshot);
  void observe(std::span<const Sample> accepted, const Snapshot& working, Timestamp now, Told told);
  void retrain(const RetrainAsked& asked);
  Result<void> may_retrain(const std::string& subject) const;
  std::vector<std::string> untrained() const;

 private:
  void set_up(std::size_t detector);
  void route(SignalId signal, Route route) { routes_[signal.index].push_back(route); }
  Result<void> start(DetectorWatch& watch, Lesson lesson, const HistoryReader& history,
                     Timestamp newest, std::vector<Event>& events);
  void judge(const Sample& sample, Told& told);
  void judge_estimates(std::size_t from, Told& told);
  void let_time_pass(Timestamp plant_time, Told& told);
  Result<void> warm_up(const HistoryReader& history);
  template <class Watch>
  void pass(std::vector<AtWork<Watch>>& rules, Timestamp plant_time, Told& told);
  template <class Watch>
  void turn(const AtWork<Watch>& rule, Turn turn, Timestamp at, Told& told);
  void clear_orphans(std::vector<Event>& events);
  bool has_watcher(std::string_view source) const;

  std::shared_ptr<const Plant> plant_;
  Teacher teacher_;
  std::vector<std::pair<std::size_t, DetectorWatch>> detectors_;  // with their place in the plant
  std::vector<RuleAtWork> rules_;
  std::vector<ExpressionAtWork> expressions_;
  std::vector<EstimatorWatch> estimators_;
  std::vector<std::vector<Route>> routes_;  // by signal
  Timestamp next_rule_ = Timestamp::max();  // when time alone may turn a rule
  SensorWatch sensors_;
  HealthKeeper health_;
  AlarmBook book_;
  bool restored_ = false;
  bool warm_ = false;            // or some sample came before the history was asked
  std::vector<Event> troubles_;  // settings that can't be used, told at the first train_due()
  std::vector<std::string> unusable_;
};

InferenceStage::Parts::Parts(std::shared_ptr<const Plant> plant, std::uint64_t seed)
    : plant_(std::move(plant)),
      teacher_(plant_, seed),
      routes_(plant_->signals.size()),
      sensors_(plant_),
      health_(plant_) {
  for (std::size_t d = 0; d < plant_->detectors.size(); ++d) set_up(d);
  for (std::uint32_t e = 0; e < plant_->estimators.size(); ++e) {
    estimators_.emplace_back(plant_, e, seed);
    const auto signals = signals_of(plant_->estimators[e]);
    for (std::uint32_t slot = 0; slot < signals.size(); ++slot)
      route(signals[slot], {Route::To::Estimator, e, slot});
  }
}

void InferenceStage::Parts::set_up(std::size_t detector) {
  const auto& spec = plant_->detectors[detector];
  const auto settings = read_settings(spec);
  const auto refuse = [&](std::string why) {
    troubles_.push_back({{}, Notice{"inference", std::move(why)}});
    unusable_.push_back(spec.path);
  };
  if (!settings) return refuse(settings.error().message);
  if (spec.rule) {
    route(spec.rule->signal, {Route::To::Rule, static_cast<std::uint32_t>(rules_.size()), 0});
    rules_.push_back({detector, {*spec.rule, plant_->signal(spec.rule->signal), *settings}});
    return;
  }
  if (spec.expression) {
    const auto& signals = spec.expression->signals;
    for (std::uint32_t slot = 0; slot < signals.size(); ++slot)
      route(signals[slot],
            {Route::To::Expression, static_cast<std::uint32_t>(expressions_.size()), slot});
    expressions_.push_back({detector, {spec.expression, *plant_, *settings}});
    return;
  }
  if (!learns(spec) || spec.signals.empty()) {
    return refuse(spec.path + ": kind '" + spec.kind + "' with " +
                  std::to_string(spec.signals.size()) + " signals can't be run; known are " +
                  kinds_in_words());
  }
  const auto index = static_cast<std::uint32_t>(detectors_.size());
  for (std::uint32_t slot = 0; slot < spec.signals.size(); ++slot) {
    route(spec.signals[slot], {Route::To::Detector, index, slot});
  }
  detectors_.emplace_back(detector, DetectorWatch(plant_, detector, *settings));
}

Result<void> InferenceStage::Parts::train_due(const HistoryReader& history,
                                              std::vector<Event>& events) {
  std::ranges::move(std::exchange(troubles_, {}), std::back_inserter(events));
  GEMEL_TRY(warm_up(history));
  // Whether one may learn again from a longer stretch changes with the extent alone.
  const auto could_be_due = [this](const auto& detector) {
    const auto& watch = detector.second;
    return !watch.trained() || teacher_.is_asked(watch.spec().path) ||
           teacher_.may_grow(watch, {Timestamp::min(), Timestamp::max()});
  };
  const auto is_at_rest = [this](const EstimatorWatch& watch) {
    return watch.trained() && !teacher_.is_asked(watch.spec().path);
  };
  if (std::ranges::none_of(detectors_, could_be_due) &&
      std::ranges::all_of(estimators_, is_at_rest))
    return {};
  const auto extent = history.extent();
  if (!extent && extent.error().code == ErrorCode::NotFound) return {};
  if (!extent) return extent.error();
  const auto is_done = [&](const DetectorWatch& watch) {
    return watch.trained() && !teacher_.is_asked(watch.spec().path) &&
           !teacher_.may_grow(watch, *extent);
  };
  std::size_t lessons = 0;
  for (auto& [place, watch] : detectors_) {
    if (is_done(watch)) continue;
    if (lessons == kLessonsMax) break;
    GEMEL_ASSIGN(auto lesson, teacher_.teach(watch, history, *extent, events));
    if (!lesson) continue;
    ++lessons;
    GEMEL_TRY(start(watch, std::move(*lesson), history, extent->until, events));
  }
  for (auto& watch : estimators_) GEMEL_TRY(watch.train_due(teacher_, history, *extent, events));
  return {};
}

/// Fills the windows of rules from the history, so that a restart costs no hour of blindness.
Result<void> InferenceStage::Parts::warm_up(const HistoryReader& history) {
  const auto reaches_back = [](const auto& rule) { return rule.watch.memory().ns > 0; };
  if (warm_ || std::ranges::none_of(expressions_, reaches_back)) return {};
  const auto extent = history.extent();
  if (!extent && extent.error().code != ErrorCode::NotFound) return extent.error();
  if (extent) {
    for (auto& rule : expressions_) {
      if (!reaches_back(rule)) continue;
      const auto before =
          read_merged(history, plant_->detectors[rule.detector].expression->signals,
                      {extent->until - rule.watch.memory(), extent->until}, Timestamp::max());
      // Too much to read: the windows then fill as time goes by.
      if (!before && before.error().code == ErrorCode::Capacity) continue;
      if (!before) return before.error();
      for (const auto& [slot, sample] : *before) rule.watch.warm(slot, sample);
    }
  }
  warm_ = true;
  return {};
}

Result<void> InferenceStage::Parts::start(DetectorWatch& watch, Lesson lesson,
                                          const HistoryReader& history, Timestamp newest,
                                          std::vector<Event>& events) {
  const auto& card = lesson.detector->card();
  const Duration wanted =
      watch.assembler().period() * static_cast<std::int64_t>(card.memory_rows + 2);
  const Timestamp from = newest - std::max(watch.memory(), wanted);
  GEMEL_ASSIGN(const auto before,
               read_merged(history, watch.spec().signals, {from, newest}, Timestamp::max()));
  if (!lesson.learnt_before) {
    events.push_back({{},
                      Trained{card.path, card.version, lesson.stretch.from, lesson.stretch.until,
                              lesson.rows, card.summary}});
  }
  watch.start(std::move(lesson.detector), before);
  watch.watch_inputs(std::move(*lesson.inputs), lesson.stretch.until - lesson.stretch.from);
  for (const auto onset : lesson.alarms) watch.recall_alarm(onset);
  return {};
}

void InferenceStage::Parts::restore(const Snapshot& snapshot) {
  book_.restore(snapshot);
  sensors_.restore(snapshot, book_);
  for (auto& [place, watch] : detectors_) watch.restore(book_);
  for (auto& rule : rules_) {
    if (book_.is_open(plant_->detectors[rule.detector].path)) rule.watch.restore_open();
  }
  for (auto& rule : expressions_) {
    if (book_.is_open(plant_->detectors[rule.detector].path)) rule.watch.restore_open();
  }
  restored_ = true;
}

void InferenceStage::Parts::observe(std::span<const Sample> accepted, const Snapshot& working,
                                    Timestamp now, Told told) {
  if (std::exchange(restored_, false)) clear_orphans(told.events);
  warm_ = warm_ || !accepted.empty();
  // Neighbours in a batch are strangers in memory.
  constexpr std::size_t kAhead = 12;
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    if (i + kAhead < accepted.size()) {
      sensors_.fetch(accepted[i + kAhead].signal);
      __builtin_prefetch(&routes_[accepted[i + kAhead].signal.index]);
    }
    const auto& sample = accepted[i];
    sensors_.take(sample, now);
    if (sample.source_time >= next_rule_) let_time_pass(sample.source_time, told);
    const auto before = told.derived.size();
    judge(sample, told);
    judge_estimates(before, told);
  }
  sensors_.judge(now, book_, told.next_id, told.events);
  book_.expire_shelving(working, now, told.events);
  health_.write_if_alarms_changed(book_, now, told.derived);
}

void InferenceStage::Parts::judge(const Sample& sample, Told& told) {
  for (const auto& route : routes_[sample.signal.index]) {
    if (route.to == Route::To::Rule) {
      auto& rule = rules_[route.index];
      turn(rule, rule.watch.observe(sample), sample.source_time, told);
      next_rule_ = std::min(next_rule_, rule.watch.due());
      continue;
    }
    if (route.to == Route::To::Expression) {
      auto& rule = expressions_[route.index];
      turn(rule, rule.watch.observe(route.slot, sample), sample.source_time, told);
      next_rule_ = std::min(next_rule_, rule.watch.due());
      continue;
    }
    if (route.to == Route::To::Estimator) {
      estimators_[route.index].take(route.slot, sample, told.derived, told.events);
      continue;
    }
    auto& [place, watch] = detectors_[route.index];
    const auto finding = watch.take(route.slot, sample);
    watch.tell_drift(sample.source_time, told.events);
    if (!finding) continue;
    watch.tell(*finding, book_, told.next_id, told.events);
    watch.write_score(*finding, told.derived);
    health_.score(place, finding->score);
    health_.write(place, book_, finding->time, told.derived);
  }
}

/// What estimators have just written is news to those who compare it with what is measured, and to
/// rules of it.
void InferenceStage::Parts::judge_estimates(std::size_t from, Told& told) {
  for (auto i = from; i < told.derived.size(); ++i) {
    const Sample sample = told.derived[i];  // judging may move them
    const auto role = plant_->signal(sample.signal).role;
    if (role == SignalRole::SoftSensor || role == SignalRole::Forecast || role == SignalRole::Life)
      judge(sample, told);
  }
}

void InferenceStage::Parts::let_time_pass(Timestamp plant_time, Told& told) {
  next_rule_ = Timestamp::max();
  pass(rules_, plant_time, told);
  pass(expressions_, plant_time, told);
}

template <class Watch>
void InferenceStage::Parts::pass(std::vector<AtWork<Watch>>& rules, Timestamp plant_time,
                                 Told& told) {
  for (auto& rule : rules) {
    if (rule.watch.due() <= plant_time) {
      turn(rule, rule.watch.pass(plant_time), plant_time, told);
    }
    // One whose value is too old to turn on waits for its own next sample.
    if (rule.watch.due() > plant_time) next_rule_ = std::min(next_rule_, rule.watch.due());
  }
}

template <class Watch>
void InferenceStage::Parts::turn(const AtWork<Watch>& rule, Turn what, Timestamp at, Told& told) {
  if (what == Turn::None) return;
  const auto& spec = plant_->detectors[rule.detector];
  if (what == Turn::Clear) book_.clear(spec.path, told.events);
  if (what == Turn::Raise) {
    auto alarm = alarm_of(*plant_, spec, rule.watch);
    alarm.onset = rule.watch.onset();
    book_.raise(std::move(alarm), at, told.next_id, told.events);
  }
  health_.write_if_alarms_changed(book_, at, told.derived);
}

bool InferenceStage::Parts::has_watcher(std::string_view source) const {
  return sensors_.knows(source) ||
         std::ranges::any_of(plant_->detectors,
                             [&](const DetectorSpec& d) { return d.path == source; });
}

/// Alarms of detectors and signals that the twin file no longer has: nobody would ever clear them.
void InferenceStage::Parts::clear_orphans(std::vector<Event>& events) {
  std::vector<std::string> orphans;
  for (const auto& [source, alarm] : book_.open()) {
    if (!has_watcher(source)) orphans.push_back(source);
  }
  for (const auto& source : orphans) book_.clear(source, events);
}

void InferenceStage::Parts::retrain(const RetrainAsked& asked) { teacher_.ask(asked); }

Result<void> InferenceStage::Parts::may_retrain(const std::string& subject) const {
  std::vector<std::string> learners;
  for (const auto& [place, watch] : detectors_) learners.push_back(watch.spec().path);
  for (const auto& watch : estimators_) learners.push_back(watch.spec().path);
  if (std::ranges::find(learners, subject) != learners.end()) return {};
  return Error{ErrorCode::NotFound, "nothing that learns is called '" + subject + "'" +
                                        text::did_you_mean(subject, learners)};
}

std::vector<std::string> InferenceStage::Parts::untrained() const {
  auto out = unusable_;
  for (const auto& [place, watch] : detectors_) {
    if (!watch.trained()) out.push_back(watch.spec().path);
  }
  for (const auto& watch : estimators_) {
    if (!watch.trained()) out.push_back(watch.spec().path);
  }
  return out;
}

InferenceStage::InferenceStage(std::shared_ptr<const Plant> plant, std::uint64_t seed)
    : parts_(std::make_unique<Parts>(std::move(plant), seed)) {}
InferenceStage::~InferenceStage() = default;
InferenceStage::InferenceStage(InferenceStage&&) noexcept = default;
InferenceStage& InferenceStage::operator=(InferenceStage&&) noexcept = default;

Result<void> InferenceStage::train_due(const HistoryReader& history, Timestamp,
                                       std::vector<Event>& events) {
  return parts_->train_due(history, events);
}
void InferenceStage::restore(const Snapshot& snapshot) { parts_->restore(snapshot); }
void InferenceStage::observe(std::span<const Sample> accepted, const Snapshot& working,
                             Timestamp now, std::uint64_t& next_id, std::vector<Sample>& derived,
                             std::vector<Event>& events) {
  parts_->observe(accepted, working, now, {next_id, derived, events});
}
void InferenceStage::retrain(const RetrainAsked& asked) { parts_->retrain(asked); }
Result<void> InferenceStage::may_retrain(const std::string& subject) const {
  return parts_->may_retrain(subject);
}
std::vector<std::string> InferenceStage::untrained() const { return parts_->untrained(); }

}  // namespace gemel::inference
