// What can go wrong at the station, on request or by script, and what it does to the physics.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "sensors.hpp"
#include "surroundings.hpp"

namespace riverside {

enum class FaultKind {
  Cavitation,
  Clogging,
  BearingWear,
  Leak,
  StuckValve,
  DriftingSensor,
  DeadSensor,
  DroppedLink,
  ImpellerWear,
};

/// A fault as a person writes it, in a script or in JSON, before it is checked.
struct FaultWords {
  std::string fault{};
  std::string asset{};
  std::string signal{};
  std::string variant{};
  std::optional<double> severity{};
  std::optional<double> ramp_s{};
  std::optional<double> duration_s{};
};

/// What becomes of the telemetry while the plant's link is away.
enum class LinkFault { None, Buffer, Lose };

/// A fault that makes sense.
struct FaultRequest {
  FaultKind kind = FaultKind::Clogging;
  int line = 0;                             ///< for faults of a line
  std::size_t signal = 0;                   ///< for faults of a sensor
  double severity = 0.8;                    ///< 0 … 1
  double ramp_s = 0.0;                      ///< grows to its severity over this time
  double duration_s = 0.0;                  ///< 0: until it is cleared
  SensorHealth death = SensorHealth::Null;  ///< how a dead sensor shows itself
  LinkFault link = LinkFault::Buffer;
};

/// "line_1", or an asset of it: "pump_1", "line_1.strainer_1"; none if it is of no line.
std::optional<int> find_line(std::string_view asset);

/// Checks the words and finds what they name.
/// Errors: names the word that is wrong and the words that would be right.
Result<FaultRequest> resolve(const FaultWords& words);

/// One line for the log: "clogging line_1 severity 0.8 over 20 s".
std::string describe(const FaultRequest& request);

/// For --list-faults.
struct FaultHelp {
  FaultKind kind;
  std::string_view name;
  std::string_view where;
  std::string_view what;
  double ramp_s;  ///< when the request gives none
};
std::span<const FaultHelp> fault_help();

/// What all active faults together do to the plant at one moment.
struct FaultEffects {
  std::array<double, kLineCount> blocked{};  ///< covered part of the strainer's mesh
  std::array<double, kLineCount> gas{};
  std::array<double, kLineCount> wear{};           ///< of the bearing
  std::array<double, kLineCount> impeller_wear{};  ///< share of the shut-off head that is lost
  std::array<bool, kLineCount> seized{};
  double leak = 0.0;
  std::array<SensorFault, kSignalCount> sensor{};
  LinkFault link = LinkFault::None;
};

/// The faults that are active.
class FaultBoard {
 public:
  /// Starts a fault; one of the same kind at the same place gives way and lends its level, so that
  /// a new severity grows out of the old one.
  void start(const FaultRequest& request, EpochMs now);

  /// Ends every fault, or those that `request` names by kind and place.
  void clear();
  void clear(const FaultRequest& request);

  /// Drops faults whose duration is over and returns what the others do.
  const FaultEffects& advance(EpochMs now);
  const FaultEffects& effects() const { return effects_; }

  /// Whether all places exist; false only for a damaged state file.
  bool plausible() const;

  std::size_t active_count() const { return active_.size(); }

  template <class Visitor>
  void visit(Visitor& v) {
    v("active", active_);
  }

 private:
  struct Active {
    FaultRequest request;
    EpochMs since = 0;
    double from_level = 0.0;

    double level(EpochMs now) const;
    bool over(EpochMs now) const;

    template <class Visitor>
    void visit(Visitor& v) {
      v("kind", request.kind);
      v("line", request.line);
      v("signal", request.signal);
      v("severity", request.severity);
      v("ramp_s", request.ramp_s);
      v("duration_s", request.duration_s);
      v("death", request.death);
      v("link", request.link);
      v("since", since);
      v("from_level", from_level);
    }
  };

  void apply(const Active& fault, EpochMs now);

  std::vector<Active> active_;  // at most one of a kind and place, so bounded by their number
  FaultEffects effects_;
};

}  // namespace riverside
