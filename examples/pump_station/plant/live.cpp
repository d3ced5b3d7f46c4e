#include "live.hpp"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "commands.hpp"
#include "mqtt_link.hpp"
#include "rehearsal.hpp"
#include "state_file.hpp"
#include "telemetry.hpp"
#include "text.hpp"

namespace riverside {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr EpochMs kPublishedGapMs = 10 * 60'000;
constexpr EpochMs kSimulatedGapMs = 2 * 86'400'000;
constexpr EpochMs kModePeriodMs = 10'000;
constexpr int kScansPerTurn = 600;  // keeps the link served while catching up
constexpr std::size_t kWaitingWhileCatchingUp = 1'000;
constexpr auto kPollWait = 20ms;
constexpr auto kFarewell = 2s;

EpochMs wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void log(const std::string& text) {
  fmt::print("{} {}\n", format_iso_time(wall_now()).substr(11, 8), text);
  std::fflush(stdout);
}

/// The station at the start of a run, freshly settled or continued from a file.
Result<Plant> start_plant(const LiveOptions& options, EpochMs start) {
  if (options.state_file.empty()) return Plant::settled_at(start, options.seed);
  auto loaded = load_state(options.state_file);
  if (!loaded) return loaded.error();
  if (!loaded->has_value()) return Plant::settled_at(start, options.seed);
  Plant plant = **loaded;
  const EpochMs gap = start - plant.now();
  log(fmt::format("continues from {}, saved at {}", options.state_file,
                  format_iso_time(plant.now())));
  if (gap < 0 || gap > kSimulatedGapMs) {
    plant.relabel(start);
  } else if (gap > kPublishedGapMs) {
    plant.run_until(start);
  }
  return plant;
}

/// One run: the plant, its operator's desk and its link.
class LiveRun {
 public:
  LiveRun(const LiveOptions& options, BrokerAddress broker, Script script, Plant plant,
          EpochMs start)
      : options_(options),
        plant_(std::move(plant)),
        rehearsal_(std::move(script), start),
        start_(start),
        mode_(options.mode),
        link_(std::move(broker), options.client_id,
              {fmt::format("{}/+/+/set/+", kTopicRoot), fmt::format("{}/fault", kTopicRoot)},
              {.received = [this](const ReceivedMessage& m) { receive(m); },
               .log = log,
               .online = [this] { publish_mode(); }}) {}

  Result<void> run(const std::atomic<bool>& stop) {
    const auto began = Steady::now();
    const auto elapsed_ms = [&] {
      return std::chrono::duration<double, std::milli>(Steady::now() - began).count();
    };
    while (!stop && !(options_.run_for_ms && elapsed_ms() >= double(*options_.run_for_ms))) {
      advance_to(start_ + static_cast<EpochMs>(elapsed_ms() * options_.speed));
      link_.poll(kPollWait);
    }
    return finish();
  }

 private:
  void advance_to(EpochMs target) {
    for (int i = 0; i < kScansPerTurn && plant_.now() + kScanMs <= target; ++i) {
      const bool late = plant_.now() + options_.period_ms < target;
      if (late && link_.is_online() && link_.waiting() > kWaitingWhileCatchingUp) return;
      step();
    }
  }

  void step() {
    while (const auto action = rehearsal_.next_due(plant_.now())) perform(*action);
    plant_.scan();
    for (const std::string& event : plant_.take_events()) log(event);
    follow_link_fault();
    const bool lost = plant_.faults().effects().link == LinkFault::Lose;
    if (plant_.now() % options_.period_ms == 0 && !lost) publish_telemetry();
    if (plant_.now() % kModePeriodMs == 0 && link_.is_online()) publish_mode();
  }

  void publish_telemetry() {
    for (Message& message : telemetry(plant_.now(), plant_.readings())) {
      link_.publish(std::move(message));
    }
  }

  void publish_mode() {
    link_.publish({fmt::format("{}/mode", kTopicRoot), std::string(name_of(mode_))}, true);
  }

  void follow_link_fault() {
    const bool away = plant_.faults().effects().link != LinkFault::None;
    if (away == link_away_) return;
    link_away_ = away;
    log(away ? "link dropped on request" : "link may return");
    away ? link_.cut() : link_.restore();
  }

  void receive(const ReceivedMessage& message) {
    if (message.topic == fmt::format("{}/fault", kTopicRoot)) return receive_fault(message);
    const Verdict verdict =
        desk_.handle({message.topic, message.payload, message.retained}, mode_, wall_now(), plant_);
    log(fmt::format("command {} on {}: {} ({:g}), {}", verdict.id, message.topic,
                    verdict.accepted ? "obeyed" : "refused", verdict.value, verdict.reason));
    link_.publish({ack_topic(message.topic), to_json(verdict)});
  }

  void receive_fault(const ReceivedMessage& message) {
    const auto action = parse_fault_message(message.payload);
    if (!action) return log("fault request refused: " + action.error().message);
    perform(*action);
  }

  void perform(const Action& action) {
    log(describe(action));
    if (const auto* key = std::get_if<TurnModeKey>(&action)) {
      mode_ = key->mode;
      publish_mode();
    }
    if (const auto done = carry_out(plant_, action); !done) log("refused: " + done.error().message);
  }

  Result<void> finish() {
    link_.close(kFarewell);
    log(fmt::format("stopped: {} messages acknowledged, {} dropped, {} unsent",
                    link_.acknowledged_count(), link_.dropped_count(), link_.waiting()));
    return options_.state_file.empty() ? Result<void>{} : save_state(plant_, options_.state_file);
  }

  const LiveOptions& options_;
  Plant plant_;
  Rehearsal rehearsal_;
  EpochMs start_;
  Mode mode_;
  bool link_away_ = false;
  CommandDesk desk_;
  MqttLink link_;
};

}  // namespace

Result<void> run_live(const LiveOptions& options, const std::atomic<bool>& stop) {
  auto broker = parse_broker(options.broker);
  if (!broker) return broker.error();
  Script script;
  if (!options.script_file.empty()) {
    auto loaded = load_script(options.script_file);
    if (!loaded) return loaded.error();
    script = std::move(*loaded);
  }
  const EpochMs start = wall_now() / options.period_ms * options.period_ms;
  auto plant = start_plant(options, start);
  if (!plant) return plant.error();
  log(fmt::format("riverside runs at {:g}x, seed {}, mode {}, {} script steps", options.speed,
                  options.seed, name_of(options.mode), script.size()));
  LiveRun run(options, std::move(*broker), std::move(script), std::move(*plant), start);
  return run.run(stop);
}

}  // namespace riverside
