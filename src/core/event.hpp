#pragma once
// What happened, other than samples: the alarms' lives, recommendations, commands and their
// outcomes, notices. Events are what the audit trail holds and what alarms and recommendations in a
// Snapshot are folded from. They name things by path, not by index, so that they can be read
// without the twin file of their day.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace gemel {

enum class Priority : std::uint8_t { Low, Medium, High, Critical };
std::string_view to_string(Priority priority);

/// One signal's part in a finding. Units: value and expected in the signal's declared unit.
struct Driver {
  std::string signal;         // path
  double contribution = 0.0;  // 0 … 1; those of one finding add up to 1
  double value = 0.0;
  double expected = 0.0;
  friend bool operator==(const Driver&, const Driver&) = default;
};

struct AlarmRaised {
  std::uint64_t alarm = 0;
  std::string asset;  // path
  std::string
      source;        // path of the detector, rule or check that found it: "line_1.pump_1.behaviour"
  std::string name;  // "flow and suction pressure abnormal"
  Priority priority = Priority::Medium;
  std::string cause;
  std::string consequence;
  std::string action;  // what to do
  double score = 0.0;  // 1 is the threshold
  std::vector<Driver> drivers;
  Timestamp onset;           // source time at which it began
  std::string version;       // of the detector that found it
  Timestamp nearest_normal;  // source time of the row learnt from that is most alike; 0: not told
  double nearest_distance = 0.0;  // to it, root mean square over the signals, in usual spreads
  friend bool operator==(const AlarmRaised&, const AlarmRaised&) = default;
};
/// The picture of an open alarm changed: other drivers, a higher score.
struct AlarmUpdated {
  std::uint64_t alarm = 0;
  std::string name;
  double score = 0.0;
  std::vector<Driver> drivers;
  friend bool operator==(const AlarmUpdated&, const AlarmUpdated&) = default;
};
struct AlarmAcknowledged {
  std::uint64_t alarm = 0;
  std::string by;
  std::string note;
  friend bool operator==(const AlarmAcknowledged&, const AlarmAcknowledged&) = default;
};
struct AlarmShelved {
  std::uint64_t alarm = 0;
  Timestamp until;
  std::string by;
  std::string reason;
  friend bool operator==(const AlarmShelved&, const AlarmShelved&) = default;
};
struct AlarmUnshelved {
  std::uint64_t alarm = 0;
  std::string by;  // "expiry" when its time ran out
  friend bool operator==(const AlarmUnshelved&, const AlarmUnshelved&) = default;
};
/// The condition is gone. The alarm stays listed until it has been acknowledged as well.
struct AlarmCleared {
  std::uint64_t alarm = 0;
  friend bool operator==(const AlarmCleared&, const AlarmCleared&) = default;
};

/// What a person found an alarm to be. A later label of the same alarm takes the place of this one.
enum class Truth : std::uint8_t { Real, False, Unknown };
std::string_view to_string(Truth truth);
struct AlarmLabelled {
  std::uint64_t alarm = 0;
  Truth truth = Truth::Unknown;
  std::string cause;  // what it was, in a person's words
  std::string by;
  friend bool operator==(const AlarmLabelled&, const AlarmLabelled&) = default;
};

/// A proposed change of one control. Units: the control's declared unit.
struct ProposedChange {
  std::string control;  // path
  std::string unit;
  double from = 0.0;
  double to = 0.0;
  friend bool operator==(const ProposedChange&, const ProposedChange&) = default;
};
/// What a signal or indicator is expected to be at the end of the horizon, with the change and
/// without.
struct ExpectedEffect {
  std::string quantity;  // a signal's path or an indicator's name
  std::string unit;
  double without = 0.0;
  double with = 0.0;
  double with_low = 0.0;  // 90 % interval
  double with_high = 0.0;
  friend bool operator==(const ExpectedEffect&, const ExpectedEffect&) = default;
};

struct RecommendationMade {
  std::uint64_t recommendation = 0;
  std::string decision;  // the decision's name in the twin file
  std::string title;     // "Raise pump_1.speed_setpoint from 1450 to 1620 rpm"
  std::string reason;
  std::vector<ProposedChange> changes;
  std::vector<ExpectedEffect> effects;
  double confidence = 0.0;  // 0 … 1: share of simulated futures in which it meets its aim
  std::vector<std::string> evidence;
  std::vector<std::string> alternatives;
  std::uint32_t rank = 1;  // 1 is best
  Timestamp expires;
  Duration horizon;
  std::string version;  // of the simulator that was asked
  friend bool operator==(const RecommendationMade&, const RecommendationMade&) = default;
};

enum class Verdict : std::uint8_t { Approved, Rejected, Expired, Withdrawn };
std::string_view to_string(Verdict verdict);

struct RecommendationDecided {
  std::uint64_t recommendation = 0;
  Verdict verdict = Verdict::Rejected;
  std::string by;
  std::string reason;
  friend bool operator==(const RecommendationDecided&, const RecommendationDecided&) = default;
};
/// Written when the horizon of an approved recommendation is over: what it promised beside what
/// came.
struct RecommendationMeasured {
  std::uint64_t recommendation = 0;
  std::vector<ExpectedEffect>
      effects;  // `without` as predicted, `with` as measured, interval as predicted
  bool inside_interval = false;
  friend bool operator==(const RecommendationMeasured&, const RecommendationMeasured&) = default;
};

/// A change sent to the plant.
struct Command {
  std::uint64_t id = 0;
  std::string control;  // path
  double value = 0.0;   // the control's declared unit
  std::string unit;
  std::string reason;
  std::string by;                    // who approved it
  std::uint64_t recommendation = 0;  // 0: none
  Timestamp issued;
  Timestamp expires;
  friend bool operator==(const Command&, const Command&) = default;
};

enum class Admission : std::uint8_t { Admitted, Reduced, Refused };
std::string_view to_string(Admission admission);

/// The envelope's answer to a command. `command.value` is what was sent, `asked` what was wished
/// for.
struct CommandJudged {
  Command command;
  double asked = 0.0;
  Admission admission = Admission::Refused;
  std::string reason;
  friend bool operator==(const CommandJudged&, const CommandJudged&) = default;
};

enum class CommandResult : std::uint8_t { Confirmed, NotConfirmed, RefusedByPlant, NotSent };
std::string_view to_string(CommandResult result);

/// How an admitted command ended, by the control's feedback or the plant's answer.
struct CommandEnded {
  std::uint64_t command = 0;
  CommandResult result = CommandResult::NotSent;
  double feedback = 0.0;
  std::string detail;
  friend bool operator==(const CommandEnded&, const CommandEnded&) = default;
};

/// A detector or simulator learnt from a stretch of history.
struct Trained {
  std::string subject;  // "line_1.pump_1.behaviour"
  std::string version;
  Timestamp from;
  Timestamp until;
  std::uint64_t rows = 0;
  std::string summary;  // thresholds, fitted parameters, what could not be promised
  friend bool operator==(const Trained&, const Trained&) = default;
};

/// What was learnt no longer fits what is measured.
enum class Drift : std::uint8_t { Inputs, Residual, Coverage };
std::string_view to_string(Drift drift);
struct DriftFound {
  std::string subject;  // path of the detector or estimator
  Drift drift = Drift::Inputs;
  std::string signal;       // whose inputs drifted; empty: all together
  double statistic = 0.0;   // 1 is the limit
  Timestamp since;          // source time of the first row that it was found in
  std::string version;      // of what was learnt
  std::string detail;       // for people: the monitor and its figures
  Timestamp proposed_from;  // a stretch to learn from again
  Timestamp proposed_until;
  friend bool operator==(const DriftFound&, const DriftFound&) = default;
};

/// A person wants a detector or estimator to learn again, from this stretch of history.
struct RetrainAsked {
  std::string subject;
  Timestamp from;
  Timestamp until;
  std::string by;
  friend bool operator==(const RetrainAsked&, const RetrainAsked&) = default;
};

/// Something an operator or engineer may want to know: a link lost, clock skew, a restart.
struct Notice {
  std::string component;
  std::string text;
  friend bool operator==(const Notice&, const Notice&) = default;
};

using EventBody =
    std::variant<AlarmRaised, AlarmUpdated, AlarmAcknowledged, AlarmShelved, AlarmUnshelved,
                 AlarmCleared, RecommendationMade, RecommendationDecided, RecommendationMeasured,
                 CommandJudged, CommandEnded, Trained, Notice, AlarmLabelled, DriftFound,
                 RetrainAsked>;

struct Event {
  Timestamp known_at;  // set by the engine: the tick it belongs to
  EventBody body;
  friend bool operator==(const Event&, const Event&) = default;
};

/// "AlarmRaised", "CommandJudged" …
std::string_view kind_of(const EventBody& body);

}  // namespace gemel
