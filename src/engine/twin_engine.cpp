#include "engine/twin_engine.hpp"

#include <algorithm>
#include <chrono>
#include <span>

#include "base/log.hpp"

namespace gemel::engine {
namespace {

constexpr std::size_t kInboxSamples = 200'000;
constexpr std::size_t kTickSamples = 20'000;
// A replay's tick spans this much source time, so that what is known when is nearly as exact as it
// was live.
constexpr Duration kReplayStep = Duration::milliseconds(100);
// Looking for silence costs a look at every signal; a busy twin ticks thousands of times a second.
constexpr Duration kMarkGapsEvery = Duration::milliseconds(100);
constexpr Duration kTrainEvery = Duration::seconds(1);
constexpr Duration kEstimateEvery = Duration::seconds(1);
constexpr Duration kTendEvery = Duration::milliseconds(50);
constexpr Duration kRetryFirst = Duration::milliseconds(100);
constexpr Duration kRetryLast = Duration::seconds(5);

bool sleep_unless(std::stop_token stop, Duration how_long) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, std::chrono::nanoseconds(how_long.ns), [] { return false; });
  return !stop.stop_requested();
}

/// A replay's delivery cut where source time moves on; the ticket goes with the last piece.
std::vector<DurableInbox::Drained> cut_by_time(DurableInbox::Drained drained) {
  std::vector<DurableInbox::Drained> pieces(1);
  Timestamp begun = Timestamp::min();
  for (const auto& sample : drained.samples) {
    if (begun == Timestamp::min()) begun = sample.source_time;
    if (sample.source_time - begun >= kReplayStep) {
      begun = sample.source_time;
      pieces.emplace_back();
    }
    pieces.back().samples.push_back(sample);
  }
  pieces.back().last = drained.last;
  return pieces;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(EngineOptions options) {
  GEMEL_CHECK(options.plant && options.history && options.clock && options.metrics);
  auto restored =
      state::rewind(*options.history, *options.plant, Timestamp::max(), Timestamp::max());
  if (!restored && restored.error().code != ErrorCode::NotFound)
    return restored.error().within("restoring the state");
  auto state = restored ? state::State(std::move(restored).value()) : state::State(*options.plant);
  return std::unique_ptr<Engine>(
      std::make_unique<TwinEngine>(std::move(options), std::move(state)));
}

TwinEngine::TwinEngine(EngineOptions options, state::State state)
    : plant_(std::move(options.plant)),
      history_(std::move(options.history)),
      sources_(std::move(options.sources)),
      clock_(*options.clock),
      follow_sources_(options.follow_sources),
      seed_(options.seed),
      tick_idle_(options.tick_idle),
      started_(clock_.now()),
      metrics_(std::move(options.metrics)),
      inbox_(kInboxSamples),
      publisher_(std::make_shared<const Snapshot>(state.freeze())),
      pipeline_(*plant_),
      state_(std::move(state)),
      inference_(plant_, seed_),
      gate_(plant_, std::move(options.actuator),
            follow_sources_ ? actuation::Gate::Mode::Replay : actuation::Gate::Mode::Live),
      known_at_(state_.working().known_at),
      simulators_(plant_->simulators.size()),
      trackers_(plant_->simulators.size()),
      tracked_(plant_->simulators.size()),
      adviser_(plant_, *history_, publisher_, simulators_, seed_, *this),
      ticks_(metrics_->counter("gemel_ticks_total", "Ticks of the engine.")),
      samples_(metrics_->counter("gemel_samples_total", "Samples accepted into the history.")),
      duplicates_(metrics_->counter("gemel_duplicate_samples_total",
                                    "Samples that the history already held.")),
      inbox_depth_(metrics_->gauge("gemel_inbox_samples", "Samples that wait for the next tick.")),
      open_alarms_(
          metrics_->gauge("gemel_alarms_open", "Alarms that are active or not acknowledged.")),
      tick_seconds_(
          metrics_->histogram("gemel_tick_seconds", "Time of a tick, the disk's share included.")) {
  pipeline_.restore(state_.working());
  inference_.restore(state_.working());
  gate_.restore(state_.working());
  adviser_.make_ready();
}

TwinEngine::~TwinEngine() { desk_.close(); }

Result<void> TwinEngine::run(std::stop_token stop) {
  Result<void> outcome;
  {
    const std::jthread upkeep([this](std::stop_token s) { keep_house(s); });
    const auto readers = start_sources();
    std::jthread adviser, link;
    if (!follow_sources_) {
      adviser = std::jthread([this](std::stop_token s) { adviser_.run(s); });
      link = std::jthread([this](std::stop_token s) { gate_.keep_link(s); });
    }
    while (!stop.stop_requested() && outcome) {
      auto drained = inbox_.drain(kTickSamples, tick_idle_, stop);
      if (drained.last == 0 && sources_finished() && inbox_.depth() == 0) break;
      outcome = take(std::move(drained), stop);
    }
  }
  // The sources have ended; what they delivered before is still to be recorded.
  while (outcome && inbox_.depth() > 0) outcome = take(inbox_.drain(kTickSamples, {}, {}), stop);
  desk_.close();
  std::vector<Event> given_up;
  gate_.give_up("the twin was stopped", known_at_, given_up);
  if (outcome && !given_up.empty()) {
    carried_ = std::move(given_up);
    outcome = tick({}, stop);
  }
  if (outcome) outcome = make_durable(known_at_, true, stop);
  return outcome;
}

/// The history packs, merges and forgets here, so that ticks don't wait for it.
void TwinEngine::keep_house(std::stop_token stop) {
  std::string trouble;
  while (!stop.stop_requested()) {
    const auto tended = history_->tend(stop);
    const auto now = tended ? std::string() : tended.error().message;
    if (now != trouble && !now.empty())
      log::warning("engine", "the history's upkeep waits: " + now);
    trouble = now;
    if (!tended.value_or(false)) sleep_unless(stop, tended ? kTendEvery : kRetryLast);
  }
}

std::vector<std::jthread> TwinEngine::start_sources() {
  std::vector<std::jthread> threads;
  for (const auto& source : sources_) {
    threads.emplace_back([this, &source](std::stop_token stop) {
      if (auto done = source->run(stop, inbox_); !done) {
        log::error("engine", "a source ended: " + done.error().message,
                   {{"source", source->name()}});
        take_notice({source->name(), "ended: " + done.error().message});
      }
      inbox_.nudge();
    });
  }
  return threads;
}

bool TwinEngine::sources_finished() const {
  return !sources_.empty() && std::all_of(sources_.begin(), sources_.end(), [](const auto& source) {
    return std::holds_alternative<Finished>(source->link());
  });
}

Result<void> TwinEngine::take(DurableInbox::Drained drained, std::stop_token stop) {
  if (!follow_sources_) return tick(std::move(drained), stop);
  for (auto& piece : cut_by_time(std::move(drained))) GEMEL_TRY(tick(std::move(piece), stop));
  return {};
}

Result<void> TwinEngine::tick(DurableInbox::Drained drained, std::stop_token stop) {
  const auto began = std::chrono::steady_clock::now();
  Frame frame;
  frame.known_at = next_known_at(drained.samples);
  next_id_ = state_.working().next_id;
  const Ticket ticket = drained.last;

  take_samples(std::move(drained.samples), frame);
  estimate(frame);
  judge(frame);
  serve_requests(frame);
  if (!frame.empty()) {
    GEMEL_TRY(insist([&] { return history_->commit(frame); }, stop));
    known_at_ = frame.known_at;
    unpublished_ = true;
  }
  unsynced_ = std::max(unsynced_, ticket);
  GEMEL_TRY(make_durable(frame.known_at, false, stop));

  ticks_.add();
  inbox_depth_.set(static_cast<double>(inbox_.depth()));
  tick_seconds_.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return {};
}

/// Later than every frame before, whatever the clock does; in a replay, the newest source time.
Timestamp TwinEngine::next_known_at(const std::vector<Sample>& samples) {
  Timestamp now = follow_sources_ ? known_at_ : clock_.now();
  if (follow_sources_) {
    for (const auto& sample : samples) now = std::max(now, sample.source_time);
  }
  if (now <= known_at_ && known_at_ != Timestamp::min()) return Timestamp{known_at_.ns + 1};
  return now;
}

void TwinEngine::take_samples(std::vector<Sample> samples, Frame& frame) {
  pipeline_.clean(samples, frame.known_at);
  if (gaps_marked_at_ == Timestamp::min() || frame.known_at - gaps_marked_at_ >= kMarkGapsEvery) {
    gaps_marked_at_ = frame.known_at;
    pipeline_.mark_gaps(frame.known_at, samples);
  }
  if (samples.empty()) return;
  auto dropped = history_->drop_known(samples);
  // A history that can't tell what it holds keeps the sample twice rather than not at all.
  if (!dropped)
    log::warning("engine", "repeats can't be told: " + dropped.error().message);
  else
    duplicates_.add(*dropped);
  samples_.add(samples.size());
  std::vector<Event> notices;
  for (const auto& skew : pipeline_.take_skew_notices()) {
    notices.push_back({{}, Notice{"pipeline", pipeline::describe(skew, *plant_)}});
  }
  fold(frame, std::move(samples), std::move(notices));
}

void TwinEngine::judge(Frame& frame) {
  std::vector<Sample> derived;
  std::vector<Event> events;
  if (trained_at_ == Timestamp::min() || frame.known_at - trained_at_ >= kTrainEvery) {
    trained_at_ = frame.known_at;
    if (auto trained = inference_.train_due(*history_, frame.known_at, events); !trained) {
      log::warning("engine", "training failed: " + trained.error().message);
    }
    std::lock_guard lock(shared_mutex_);
    untrained_ = inference_.untrained();
    for (std::size_t i = 0; i < simulators_.size(); ++i) {
      if (!simulators_.get(i)) untrained_.push_back("simulator " + plant_->simulators[i].name);
    }
  }
  inference_.observe(frame.samples, state_.working(), frame.known_at, next_id_, derived, events);
  fold(frame, std::move(derived), std::move(events));
}

/// What the simulators expect of the present, and what their trackers follow, as signals beside the
/// measured ones.
void TwinEngine::estimate(Frame& frame) {
  if (frame.samples.empty() || follow_sources_) return;
  if (estimated_at_ != Timestamp::min() && frame.known_at - estimated_at_ < kEstimateEvery) return;
  estimated_at_ = frame.known_at;
  std::vector<Sample> estimates;
  for (std::size_t i = 0; i < simulators_.size(); ++i) {
    const auto simulator = simulators_.get(i);
    if (!simulator) continue;
    for (const auto& [measured, value] : simulator->estimate(state_.working())) {
      for (const auto id : plant_->asset(plant_->signal(measured).asset).signals) {
        const auto& signal = plant_->signal(id);
        if (signal.role == SignalRole::Estimate && signal.of == measured)
          estimates.push_back({id, Quality{}, frame.known_at, value});
      }
    }
  }
  track(estimates);
  fold(frame, std::move(estimates), {});
}

/// What a fit expects of a signal comes first: a tracker gets used to what it sees.
void TwinEngine::track(std::vector<Sample>& estimates) {
  const auto fitted = estimates.size();
  for (std::size_t i = 0; i < simulators_.size(); ++i) {
    const auto simulator = simulators_.get(i);
    if (!simulator) continue;
    if (tracked_[i] != simulator.get()) {
      tracked_[i] = simulator.get();
      trackers_[i] = simulator->track(state_.working());
    }
    if (!trackers_[i]) continue;
    for (const auto& sample : trackers_[i]->step(state_.working())) {
      const auto told = std::span(estimates).first(fitted);
      if (std::ranges::find(told, sample.signal, &Sample::signal) == told.end())
        estimates.push_back(sample);
    }
  }
}

void TwinEngine::serve_requests(Frame& frame) {
  auto events = std::exchange(carried_, {});
  gate_.watch(state_.working(), frame.known_at, events);
  fold(frame, {}, std::move(events));
  for (auto& request : desk_.take()) {
    std::vector<Event> asked;
    frame_events_ = &asked;
    request->decide();
    frame_events_ = nullptr;
    // Each request sees what those before it did.
    fold(frame, {}, std::move(asked));
    served_.push_back(std::move(request));
  }
}

/// Adds to the frame and to the working snapshot alike.
void TwinEngine::fold(Frame& frame, std::vector<Sample> samples, std::vector<Event> events) {
  if (samples.empty() && events.empty()) return;
  for (auto& event : events) event.known_at = frame.known_at;
  Frame part{frame.known_at, std::move(samples), std::move(events)};
  state_.apply(part);
  frame.samples.insert(frame.samples.end(), part.samples.begin(), part.samples.end());
  std::move(part.events.begin(), part.events.end(), std::back_inserter(frame.events));
  next_id_ = std::max(next_id_, state_.working().next_id);
}

/// Tries until it works: sources are not acknowledged meanwhile and slow down, so nothing is lost.
Result<void> TwinEngine::insist(const std::function<Result<void>()>& write, std::stop_token stop) {
  Duration wait = kRetryFirst;
  for (;;) {
    auto done = write();
    if (done) {
      set_trouble({});
      return {};
    }
    if (done.error().code == ErrorCode::InvalidInput) return done.error();
    set_trouble(done.error().message);
    if (!sleep_unless(stop, wait))
      return done.error().within("stopped while the history could not be written");
    wait = std::min(wait * 2, kRetryLast);
  }
}

/// Once frames are on the disk: shows them, answers people, lets sources acknowledge, lets commands
/// leave.
Result<void> TwinEngine::make_durable(Timestamp now, bool at_once, std::stop_token stop) {
  const Duration every = plant_->history.commit_every;
  if (every > Duration{}) {
    if (!at_once && synced_at_ != Timestamp::min() && now - synced_at_ < every) return {};
    GEMEL_TRY(insist([&] { return history_->sync(); }, stop));
    synced_at_ = now;
  }
  if (unpublished_) {
    publisher_.publish(std::make_shared<const Snapshot>(state_.freeze()));
    unpublished_ = false;
    const auto& alarms = *state_.working().alarms;
    open_alarms_.set(
        static_cast<double>(std::count_if(alarms.begin(), alarms.end(), [](const Alarm& alarm) {
          return alarm.active() || !alarm.acknowledged_at;
        })));
  }
  inbox_.mark_durable(unsynced_);
  for (const auto& request : std::exchange(served_, {})) request->settle();
  gate_.send_admitted(state_.working(), now, carried_);
  return {};
}

void TwinEngine::set_trouble(std::string trouble) {
  std::lock_guard lock(shared_mutex_);
  if (trouble == trouble_) return;
  if (trouble.empty())
    log::info("engine", "the history can be written again");
  else
    log::error("engine", "the history can't be written, samples wait: " + trouble);
  trouble_ = std::move(trouble);
}

EngineStatus TwinEngine::status() const {
  EngineStatus status;
  status.started = started_;
  status.replay = follow_sources_;
  for (const auto& source : sources_) status.sources.push_back({source->name(), source->link()});
  status.history = history_->status();
  status.ticks = ticks_.value();
  status.samples = samples_.value();
  status.inbox_depth = inbox_.depth();
  std::lock_guard lock(shared_mutex_);
  status.history_trouble = trouble_;
  status.untrained = untrained_;
  return status;
}

Timestamp TwinEngine::now() const {
  return follow_sources_ ? publisher_.present()->known_at : clock_.now();
}

Result<Snapshot> TwinEngine::rewind(Timestamp at, Timestamp known_at) const {
  return rewinder_.rewind(*history_, *plant_, at, known_at);
}

Result<std::shared_ptr<const Simulator>> TwinEngine::simulator(std::string_view name) const {
  GEMEL_ASSIGN(const auto index, plant_->find_simulator(name));
  if (auto ready = simulators_.get(index)) return ready;
  const auto& spec = plant_->simulators[index];
  return Error{ErrorCode::NotFound, "the simulator " + spec.name +
                                        " is not ready yet: it waits for its stretch of history (" +
                                        to_string(spec.training.first) + ")"};
}

void TwinEngine::take_trained(Trained trained) {
  // It is fitted anew at each start from the same records; only the first time is news.
  auto asked = desk_.submit([this, trained = std::move(trained)]() -> Result<void> {
    const auto before = history_->events({}, 100'000);
    if (before) {
      for (const auto& event : *before) {
        const auto* known = std::get_if<Trained>(&event.body);
        if (known && known->version == trained.version && known->subject == trained.subject)
          return {};
      }
    }
    frame_events_->push_back({{}, trained});
    return {};
  });
  if (asked) inbox_.nudge();
}

void TwinEngine::take_advice(std::vector<EventBody> advice) {
  auto asked = desk_.submit([this, advice = std::move(advice)]() -> Result<void> {
    for (auto body : advice) {
      if (auto* made = std::get_if<RecommendationMade>(&body)) made->recommendation = next_id_++;
      if (const auto* decided = std::get_if<RecommendationDecided>(&body)) {
        // A person may have been quicker.
        if (!find_open(decided->recommendation)) continue;
      }
      frame_events_->push_back({{}, std::move(body)});
    }
    return {};
  });
  if (asked) inbox_.nudge();
}

void TwinEngine::take_notice(Notice notice) {
  log::warning(notice.component, notice.text);
  auto asked = desk_.submit([this, notice = std::move(notice)]() -> Result<void> {
    frame_events_->push_back({{}, notice});
    return {};
  });
  if (asked) inbox_.nudge();
}

}  // namespace gemel::engine
