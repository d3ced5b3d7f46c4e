#pragma once
// The only road to the plant. It alone holds an Actuator.

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "core/actuator.hpp"
#include "core/event.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::actuation {

/// Judges commands, sends those admitted, and watches each to its one end.
///
/// Order:    judge_next() → the engine makes its CommandJudged durable → send_admitted(). So
/// whatever left for the
///           plant stands in the history, even after a crash between the two. What was admitted
///           before a crash is never sent after it: restore() watches it, and it ends as Confirmed
///           or NotConfirmed by the feedback.
/// Promise:  each admitted or reduced command gets exactly one CommandEnded; a refused one gets
/// none. Limits:   one command at a time for each control. Threads:  one.
class Gate {
 public:
  enum class Mode { Live, Replay };

  /// `actuator` may be null: every command is then refused.
  Gate(std::shared_ptr<const Plant> plant, std::unique_ptr<Actuator> actuator,
       Mode mode = Mode::Live);

  /// Keeps the actuator's link until `stop` is asked for. Threads: one of its own, beside all else.
  void keep_link(std::stop_token stop) {
    if (actuator_) actuator_->run(stop);
  }

  /// Takes up the commands that the last run left without an end. Call once, before anything else.
  void restore(const Snapshot& snapshot);

  /// The verdict on a command; an admitted one then waits for send_admitted().
  CommandJudged judge_next(const Command& command, const Snapshot& snapshot, Timestamp now);

  /// Sends what was admitted since the last call, after another look at expiry, interlocks and
  /// freshness: it ends as NotSent where that look or the actuator says no. Call only when the
  /// verdicts are durable.
  void send_admitted(const Snapshot& snapshot, Timestamp now, std::vector<Event>& events);

  /// Ends commands: by the plant's answer, by the control's feedback, or because their time is
  /// over.
  void watch(const Snapshot& snapshot, Timestamp now, std::vector<Event>& events);

  /// Ends, as NotSent, what was admitted and not sent: on shutdown, or when its verdict could not
  /// be made durable.
  void give_up(std::string_view why, Timestamp now, std::vector<Event>& events);

  /// Commands that were admitted and have not ended.
  std::size_t pending() const { return under_way_.size(); }

 private:
  enum class Stage { Admitted, Sent, FoundOnStart };
  struct UnderWay {
    CommandJudged judged;
    ControlId control;
    Stage stage;
    Timestamp since;  // admitted, or sent
  };

  bool busy(ControlId control) const;
  void take_replies(std::vector<Event>& events, const Snapshot& snapshot, Timestamp now);

  std::shared_ptr<const Plant> plant_;
  std::unique_ptr<Actuator> actuator_;
  Mode mode_;
  std::vector<UnderWay> under_way_;       // at most one a control
  std::vector<Timestamp> last_admitted_;  // by control; min(): never
};

}  // namespace gemel::actuation
