#include "engine/adviser.hpp"

#include "base/log.hpp"
#include "decision/followup.hpp"
#include "simulation/simulation.hpp"

namespace gemel::engine {
namespace {

constexpr Duration kLookAround = Duration::seconds(1);
constexpr Duration kFitAgainAfter = Duration::seconds(10);

/// The stretch to learn from, once the history covers it.
std::optional<TimeRange> stretch(const TrainingSpec& training, const HistoryReader& history) {
  const auto extent = history.extent();
  if (!extent) return std::nullopt;
  const TimeRange wanted =
      training.range.value_or(TimeRange{extent->from, extent->from + training.first});
  if (extent->until < wanted.until) return std::nullopt;
  return wanted;
}

/// Whether anything of an approved recommendation reached the plant; otherwise there is no outcome
/// to measure.
bool carried_out(const Recommendation& recommendation, const Snapshot& snapshot) {
  for (const auto& track : *snapshot.commands) {
    if (track.judged.command.recommendation != recommendation.made.recommendation) continue;
    const bool not_sent = track.ended && track.ended->result == CommandResult::NotSent;
    if (track.judged.admission != Admission::Refused && !not_sent) return true;
  }
  return false;
}

}  // namespace

Adviser::Adviser(std::shared_ptr<const Plant> plant, const HistoryReader& history,
                 const Publisher& publisher, Simulators& simulators, std::uint64_t seed,
                 AdviceTaker& taker)
    : plant_(std::move(plant)),
      history_(history),
      publisher_(publisher),
      seed_(seed),
      taker_(taker),
      simulators_(simulators) {
  for (const auto& spec : plant_->decisions) {
    auto advisor = decision::Advisor::create(plant_, spec);
    if (advisor) {
      desks_.push_back({std::move(advisor).value(), std::nullopt});
    } else {
      log::error("adviser", advisor.error().message, {{"decision", spec.name}});
    }
  }
}

void Adviser::run(std::stop_token stop) {
  Timestamp seen = Timestamp::min();
  while (!stop.stop_requested()) {
    const auto snapshot = publisher_.wait_for_newer(seen, kLookAround, stop);
    if (snapshot->known_at <= seen || stop.stop_requested()) continue;
    seen = snapshot->known_at;
    fit_due(snapshot->known_at);
    follow_up(*snapshot);
    for (auto& desk : desks_) {
      if (!stop.stop_requested()) advise(desk, *snapshot);
    }
  }
}

void Adviser::make_ready() {
  for (std::size_t i = 0; i < plant_->simulators.size(); ++i) {
    if (!simulation::learns(plant_->simulators[i])) fit(i, {});
  }
}

void Adviser::fit_due(Timestamp now) {
  if (fit_tried_ != Timestamp::min() && now - fit_tried_ < kFitAgainAfter) return;
  fit_tried_ = now;
  for (std::size_t i = 0; i < plant_->simulators.size(); ++i) {
    const auto& spec = plant_->simulators[i];
    if (simulators_.get(i) || !simulation::learns(spec)) continue;
    if (const auto range = stretch(spec.training, history_)) fit(i, *range);
  }
}

void Adviser::fit(std::size_t index, TimeRange range) {
  const auto& spec = plant_->simulators[index];
  const auto fitted = simulation::fit(*plant_, spec, history_, range, Timestamp::max(), seed_);
  if (!fitted) {
    notice_once("the simulator " + spec.name + " could not be fitted: " + fitted.error().message);
    return;
  }
  simulators_.put(index, *fitted);
  if (!simulation::learns(spec)) return;
  const auto rows = static_cast<std::uint64_t>((range.until - range.from).in_seconds());
  taker_.take_trained(Trained{"simulator " + spec.name, (*fitted)->version(), range.from,
                              range.until, rows, (*fitted)->summary()});
}

void Adviser::follow_up(const Snapshot& snapshot) {
  std::vector<EventBody> advice;
  for (auto& expired : decision::expire(snapshot, snapshot.known_at))
    advice.emplace_back(std::move(expired));
  for (const auto& recommendation : *snapshot.recommendations) {
    if (!decision::measurable(recommendation, snapshot.known_at) ||
        !carried_out(recommendation, snapshot))
      continue;
    const auto simulator = simulator_of(recommendation.made.decision);
    auto measured = decision::measure(*plant_, recommendation, history_, simulator.get());
    if (measured)
      advice.emplace_back(std::move(measured).value());
    else
      notice_once("an outcome could not be measured: " + measured.error().message);
  }
  if (!advice.empty()) taker_.take_advice(std::move(advice));
}

/// Null: no such decision any more, or its simulator is not ready.
std::shared_ptr<const Simulator> Adviser::simulator_of(const std::string& decision) const {
  for (const auto& spec : plant_->decisions) {
    if (spec.name == decision) return simulators_.get(spec.simulator);
  }
  return nullptr;
}

void Adviser::advise(Desk& desk, const Snapshot& snapshot) {
  const auto simulator = simulators_.get(desk.advisor.spec().simulator);
  if (!simulator) return;
  const Timestamp now = snapshot.known_at;
  if (!desk.advisor.needed(snapshot, desk.last_look, now)) return;
  desk.last_look = now;
  auto proposed = desk.advisor.propose(snapshot, *simulator, now, seed_);
  if (!proposed) {
    notice_once(desk.advisor.spec().name + ": no advice: " + proposed.error().message);
    return;
  }
  last_notice_.clear();
  auto change = decision::reconcile(*plant_, desk.advisor.spec(), snapshot, *proposed, now);
  std::vector<EventBody> advice;
  for (auto& decided : change.decided) advice.emplace_back(std::move(decided));
  for (auto& made : change.made) advice.emplace_back(std::move(made));
  if (!advice.empty()) taker_.take_advice(std::move(advice));
}

/// The same trouble comes again each time it looks; it is worth saying once.
void Adviser::notice_once(const std::string& text) {
  if (text == last_notice_) return;
  last_notice_ = text;
  taker_.take_notice(Notice{"adviser", text});
}

}  // namespace gemel::engine
