#pragma once
// Beside the tick: fits the simulator from history, asks it what-ifs from the published snapshot,
// and hands advice over.

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/time.hpp"
#include "core/event.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "decision/advisor.hpp"
#include "engine/publisher.hpp"
#include "engine/simulators.hpp"

namespace gemel::engine {

/// Who takes what the adviser found, and numbers its recommendations. Threads: the adviser's.
class AdviceTaker {
 public:
  virtual ~AdviceTaker() = default;
  virtual void take_trained(Trained trained) = 0;
  /// RecommendationMade (unnumbered), RecommendationDecided (withdrawn, expired),
  /// RecommendationMeasured.
  virtual void take_advice(std::vector<EventBody> advice) = 0;
  virtual void take_notice(Notice notice) = 0;
};

/// Threads: run() on one of its own; it reads only the history and published snapshots.
class Adviser {
 public:
  Adviser(std::shared_ptr<const Plant> plant, const HistoryReader& history,
          const Publisher& publisher, Simulators& simulators, std::uint64_t seed,
          AdviceTaker& taker);

  /// Advises until `stop` is asked for.
  void run(std::stop_token stop);

  /// Makes the simulators ready that learn nothing. Once, before run().
  void make_ready();
  /// Fits those whose stretch of history is complete and that aren't fitted. run() does it about
  /// once a second.
  void fit_due(Timestamp now);

 private:
  struct Desk {
    decision::Advisor advisor;
    std::optional<Timestamp> last_look;
  };

  std::shared_ptr<const Simulator> simulator_of(const std::string& decision) const;
  void follow_up(const Snapshot& snapshot);
  void advise(Desk& desk, const Snapshot& snapshot);
  void fit(std::size_t simulator, TimeRange range);
  void notice_once(const std::string& text);

  const std::shared_ptr<const Plant> plant_;
  const HistoryReader& history_;
  const Publisher& publisher_;
  const std::uint64_t seed_;
  AdviceTaker& taker_;
  Simulators& simulators_;
  Timestamp fit_tried_ = Timestamp::min();
  std::vector<Desk> desks_;  // one a decision
  std::string last_notice_;
};

}  // namespace gemel::engine
