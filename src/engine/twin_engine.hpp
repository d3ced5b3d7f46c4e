#pragma once
// The Engine: threads and the order of the stages. No arithmetic.

#include <functional>
#include <mutex>
#include <thread>

#include "actuation/gate.hpp"
#include "engine/adviser.hpp"
#include "engine/desk.hpp"
#include "engine/durable_inbox.hpp"
#include "engine/engine.hpp"
#include "engine/publisher.hpp"
#include "inference/inference.hpp"
#include "pipeline/pipeline.hpp"
#include "state/fold.hpp"
#include "state/rewind.hpp"

namespace gemel::engine {

class TwinEngine final : public Engine, private AdviceTaker {
 public:
  TwinEngine(EngineOptions options, state::State state);
  ~TwinEngine() override;

  Result<void> run(std::stop_token stop) override;

  const Plant& plant() const override { return *plant_; }
  const HistoryReader& history() const override { return *history_; }
  metrics::Registry& metrics() override { return *metrics_; }
  EngineStatus status() const override;
  Timestamp now() const override;
  std::shared_ptr<const Snapshot> snapshot() const override { return publisher_.present(); }
  Result<Snapshot> rewind(Timestamp at, Timestamp known_at) const override;
  std::shared_ptr<const Snapshot> wait_for_newer(Timestamp seen, Duration wait,
                                                 std::stop_token stop) const override {
    return publisher_.wait_for_newer(seen, wait, stop);
  }
  Result<void> acknowledge(std::uint64_t alarm, std::string who, std::string note) override;
  Result<void> shelve(std::uint64_t alarm, Duration how_long, std::string who,
                      std::string reason) override;
  Result<void> unshelve(std::uint64_t alarm, std::string who) override;
  Result<void> label(std::uint64_t alarm, Truth truth, std::string cause, std::string who) override;
  Result<void> retrain(std::string subject, TimeRange stretch, std::string who) override;
  Result<std::vector<CommandJudged>> approve(std::uint64_t recommendation,
                                             std::string who) override;
  Result<void> reject(std::uint64_t recommendation, std::string who, std::string reason) override;
  Result<std::shared_ptr<const Simulator>> simulator(std::string_view name) const override;

 private:
  // The tick and its steps, in their order.
  Result<void> take(DurableInbox::Drained drained, std::stop_token stop);
  Result<void> tick(DurableInbox::Drained drained, std::stop_token stop);
  Timestamp next_known_at(const std::vector<Sample>& samples);
  void take_samples(std::vector<Sample> samples, Frame& frame);
  void judge(Frame& frame);
  void estimate(Frame& frame);
  void track(std::vector<Sample>& estimates);
  void serve_requests(Frame& frame);
  void fold(Frame& frame, std::vector<Sample> samples, std::vector<Event> events);
  Result<void> insist(const std::function<Result<void>()>& write, std::stop_token stop);
  Result<void> make_durable(Timestamp now, bool at_once, std::stop_token stop);
  void actuate(Timestamp now);

  // What people do, within a tick.
  Result<void> approve_now(std::uint64_t id, const std::string& who,
                           std::vector<CommandJudged>& judged);
  const Alarm* find_alarm(std::uint64_t id) const;
  Result<const Recommendation*> find_open(std::uint64_t id) const;
  Result<void> ask(Request::Act act);

  // AdviceTaker: the adviser's results come through the desk like everybody's.
  void take_trained(Trained trained) override;
  void take_advice(std::vector<EventBody> advice) override;
  void take_notice(Notice notice) override;

  void keep_house(std::stop_token stop);
  std::vector<std::jthread> start_sources();
  bool sources_finished() const;
  void set_trouble(std::string trouble);

  const std::shared_ptr<const Plant> plant_;
  const std::unique_ptr<History> history_;
  const std::vector<std::unique_ptr<SampleSource>> sources_;
  const Clock& clock_;
  const bool follow_sources_;
  const std::uint64_t seed_;
  const Duration tick_idle_;
  const Timestamp started_;

  const std::shared_ptr<metrics::Registry> metrics_;
  DurableInbox inbox_;
  Desk desk_;
  Publisher publisher_;

  // The tick's own: only its thread touches these while run() runs.
  pipeline::Pipeline pipeline_;
  state::State state_;
  inference::InferenceStage inference_;
  actuation::Gate gate_;
  std::vector<std::shared_ptr<Request>> served_;  // wait for this tick's frame
  std::vector<Event>* frame_events_ = nullptr;  // where requests put theirs, while they are served
  std::vector<Event> carried_;                  // found after the frame was written: for the next
  std::uint64_t next_id_ = 1;
  Timestamp known_at_;  // of the newest frame
  Timestamp gaps_marked_at_ = Timestamp::min();
  Timestamp trained_at_ = Timestamp::min();
  Timestamp estimated_at_ = Timestamp::min();
  Timestamp synced_at_ = Timestamp::min();
  Ticket unsynced_ = 0;
  bool unpublished_ = false;

  mutable state::Rewinder rewinder_;
  Simulators simulators_;
  std::vector<std::unique_ptr<StateTracker>> trackers_;  // of each simulator; null: it needs none
  std::vector<const Simulator*> tracked_;                // whose they are; null: not ready yet
  Adviser adviser_;
  mutable std::mutex shared_mutex_;  // guards what follows: shown to other threads
  std::string trouble_;
  std::vector<std::string> untrained_;
  metrics::Counter& ticks_;
  metrics::Counter& samples_;
  metrics::Counter& duplicates_;
  metrics::Gauge& inbox_depth_;
  metrics::Gauge& open_alarms_;
  metrics::Histogram& tick_seconds_;
};

}  // namespace gemel::engine
