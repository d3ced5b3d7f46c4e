#pragma once
// A whole engine on a small plant, with a clock that stands still and a source that says what the
// test wants.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "actuation/recording_actuator.hpp"
#include "base/bounded_queue.hpp"
#include "engine/engine.hpp"
#include "history/file_history.hpp"
#include "history/memory_history.hpp"

namespace gemel::scenarios {

/// Delivers what the test says, and counts what it was told is durable. Threads: say() from the
/// test's.
class ScriptedSource final : public SampleSource {
 public:
  /// The test's end of the source, which the engine owns.
  struct Script {
    BoundedQueue<std::vector<Sample>> lines{{.capacity = 10'000, .when_full = WhenFull::Block}};
    std::atomic<std::size_t> durable{0};
    std::atomic<bool> finish{false};
    std::atomic<bool> finished{false};
  };
  explicit ScriptedSource(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  const std::string& name() const override { return name_; }
  LinkState link() const override {
    return script_->finished ? LinkState(Finished{}) : LinkState(Online{});
  }
  Result<void> run(std::stop_token stop, Inbox& inbox) override {
    while (!stop.stop_requested()) {
      auto lines = script_->lines.drain(std::chrono::milliseconds(5), stop);
      if (lines.empty() && script_->finish) break;
      for (auto& line : lines) {
        const auto count = line.size();
        const auto ticket = inbox.deliver(std::move(line), stop);
        if (ticket != 0 && inbox.wait_durable(ticket, stop)) script_->durable += count;
      }
    }
    script_->finished = true;
    return {};
  }

 private:
  std::string name_ = "script";
  std::shared_ptr<Script> script_;
};

/// A tank with a level, a mode, and a valve that may be commanded in mode remote.
std::shared_ptr<const Plant> small_plant();
inline constexpr SignalId kLevel{0}, kMode{1}, kPosition{2};

/// Owns an engine and runs it on a thread. Threads: one.
class RunningTwin {
 public:
  explicit RunningTwin(std::unique_ptr<History> history,
                       std::shared_ptr<const Plant> plant = small_plant());
  ~RunningTwin() { (void)stop(); }

  engine::Engine& engine() { return *engine_; }
  ManualClock& clock() { return clock_; }
  ScriptedSource::Script& script() { return *script_; }
  actuation::Recording& sent() { return *recording_; }

  void say(SignalId signal, double value) { say(signal, value, clock_.now()); }
  void say(SignalId signal, double value, Timestamp source_time) {
    script_->lines.push({Sample{signal, {}, source_time, value}});
  }
  /// Waits until `condition` holds for the published snapshot; false after ten seconds.
  template <class Condition>
  bool eventually(Condition condition) {
    auto seen = engine_->snapshot();
    for (int i = 0; i < 500; ++i) {
      if (condition(*seen)) return true;
      seen = engine_->wait_for_newer(seen->known_at, Duration::milliseconds(20), {});
    }
    return false;
  }
  /// Stops cleanly; what run() said.
  Result<void> stop();

 private:
  ManualClock clock_;
  std::shared_ptr<ScriptedSource::Script> script_ = std::make_shared<ScriptedSource::Script>();
  std::shared_ptr<actuation::Recording> recording_ = std::make_shared<actuation::Recording>();
  std::unique_ptr<engine::Engine> engine_;
  Result<void> ended_;
  std::jthread thread_;
};

}  // namespace gemel::scenarios
