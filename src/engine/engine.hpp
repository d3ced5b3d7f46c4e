#pragma once
// The twin at work: wires the stages, owns the threads, runs the tick, restores on start.
//
//   sources ─► inbox ─► pipeline ─► (state, inference, simulation, decision, actuation) ─► history
//   ─► publish

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/actuator.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/sample_source.hpp"
#include "core/simulator.hpp"
#include "core/snapshot.hpp"

namespace gemel::engine {

struct EngineOptions {
  std::shared_ptr<const Plant> plant;
  std::unique_ptr<History> history;
  std::vector<std::unique_ptr<SampleSource>> sources;
  std::unique_ptr<Actuator> actuator;          // null: nothing can be written to the plant
  const Clock* clock = nullptr;                // must outlive the engine
  std::shared_ptr<metrics::Registry> metrics;  // the one that the sources count in
  bool follow_sources =
      false;  // replay: the present is the newest source time, not the clock's; nothing is actuated
  std::uint64_t seed = 1;
  Duration tick_idle =
      Duration::milliseconds(200);  // a tick without samples, for gaps, expiries and outcomes
};

/// One source and how its link is.
struct SourceStatus {
  std::string name;
  LinkState link;
};

struct EngineStatus {
  Timestamp started;
  bool replay = false;  // the present follows the sources; nothing is written to a plant
  std::vector<SourceStatus> sources;
  HistoryStatus history;
  std::string history_trouble;  // empty: fine; otherwise why frames can't be written now
  std::uint64_t ticks = 0;
  std::uint64_t samples = 0;  // accepted since the start
  std::size_t inbox_depth = 0;
  std::vector<std::string>
      untrained;  // detectors and simulators that still wait for their stretch of history
};

/// Threads: every member from any thread, except run().
class Engine {
 public:
  /// Restores the state from the history; starts nothing. Errors: those of the history.
  static Result<std::unique_ptr<Engine>> create(EngineOptions options);
  virtual ~Engine() = default;

  /// Runs until `stop` is asked for or, when every source is finished and the inbox is empty, until
  /// then. On return everything accepted is durable. Errors: a source that can't ever run; a
  /// history that can't be written at shutdown.
  virtual Result<void> run(std::stop_token stop) = 0;

  virtual const Plant& plant() const = 0;
  virtual const HistoryReader& history() const = 0;
  virtual metrics::Registry& metrics() = 0;
  virtual EngineStatus status() const = 0;
  virtual Timestamp now() const = 0;

  /// The present. Never null. Everything in it is durable.
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;

  /// The plant as of `at`, as known at `known_at` (Timestamp::max(): as known now). With known_at =
  /// at it equals, bit for bit, the snapshot that was live then. Errors: NotFound before the first
  /// frame; those of the history.
  virtual Result<Snapshot> rewind(Timestamp at, Timestamp known_at) const = 0;

  /// Waits until a snapshot later than `seen` is published, `stop` is asked for or `wait` is over;
  /// the present snapshot.
  virtual std::shared_ptr<const Snapshot> wait_for_newer(Timestamp seen, Duration wait,
                                                         std::stop_token stop) const = 0;

  // What people do. Each returns when it is durable, or with the reason why it was refused. `who`
  // is the authenticated identity. Errors: NotFound, Conflict (already done, expired),
  // InvalidInput, Timeout.
  virtual Result<void> acknowledge(std::uint64_t alarm, std::string who, std::string note) = 0;
  virtual Result<void> shelve(std::uint64_t alarm, Duration how_long, std::string who,
                              std::string reason) = 0;
  virtual Result<void> unshelve(std::uint64_t alarm, std::string who) = 0;
  /// Says what an alarm was.
  virtual Result<void> label(std::uint64_t alarm, Truth truth, std::string cause,
                             std::string who) = 0;
  /// Lets the detector or estimator of this path learn again from the stretch; it does so at one of
  /// the next ticks. Errors: also NotFound for a path that learns nothing.
  virtual Result<void> retrain(std::string subject, TimeRange stretch, std::string who) = 0;
  /// Approving judges and sends the recommendation's commands; the answer tells what the envelope
  /// said.
  virtual Result<std::vector<CommandJudged>> approve(std::uint64_t recommendation,
                                                     std::string who) = 0;
  virtual Result<void> reject(std::uint64_t recommendation, std::string who,
                              std::string reason) = 0;

  /// What answers what-ifs from the present or a rewound snapshot; with an empty name, the
  /// first. Errors: NotFound (no such simulator, or it is not ready yet).
  virtual Result<std::shared_ptr<const Simulator>> simulator(std::string_view name) const = 0;
};

}  // namespace gemel::engine
