#pragma once
// The nouns of a twin: what `spec` makes of a twin file. A Plant is checked, immutable and shared.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/expression.hpp"
#include "core/flow.hpp"
#include "core/network_spec.hpp"

namespace gemel {

/// A unit as the twin file wrote it, and the way to its SI unit: si = scale * value + offset.
struct Unit {
  std::string symbol;     // "bar"; empty for a plain number
  std::string si_symbol;  // "Pa"
  double scale = 1.0;
  double offset = 0.0;

  double to_si(double value) const { return scale * value + offset; }
  double from_si(double si) const { return (si - offset) / scale; }
};

/// Closed interval in the signal's or control's declared unit; a missing side is unbounded.
struct Limits {
  std::optional<double> low;
  std::optional<double> high;
  bool contains(double v) const { return (!low || v >= *low) && (!high || v <= *high); }
};

enum class SignalRole : std::uint8_t {
  Measured,    // comes from a source
  Estimate,    // a simulator's value for `of`
  Score,       // a detector's score; 1 is its threshold
  Health,      // of an asset, 1 healthy … 0 failed
  SoftSensor,  // what `of` would show, from other signals
  Forecast,    // what `of` is expected to be, `lead` later
  Life,        // how long `of` is expected to stay within its limit
};

/// Which of an estimate's distribution a signal holds.
enum class Part : std::uint8_t {
  Middle,
  Low,  // of the interval that is asked for
  High,
  Probability,  // Life: that it ends before the next planned stop
};

struct Signal {
  SignalId id;
  AssetId asset;
  SignalRole role = SignalRole::Measured;
  SignalId of;               // Estimate, SoftSensor, Forecast, Life: the signal that it speaks of
  Part part = Part::Middle;  // SoftSensor, Forecast, Life
  Duration lead = {};        // Forecast: how far ahead
  std::string name;          // "flow"
  std::string path;          // "line_1.pump_1.flow"
  std::string description;
  Unit unit;
  std::vector<std::string> states;  // enumeration: value i means states[i]; empty for numbers
  Limits range;                     // plausible values; outside is marked OutOfRange
  double rate_limit_per_s =
      0.0;  // largest plausible change, declared unit per second; 0: not checked
  Duration period = Duration::seconds(1);  // nominal distance of samples
  Duration gap = {};          // silence longer than this is marked missing; 0: not checked
  Duration stuck_after = {};  // unchanged for longer is marked stuck; 0: not checked
  double gain = 1.0;          // calibration: gain * measured + offset
  double offset = 0.0;
  Duration keep = {};  // what is older may be forgotten; 0: kept for ever
};

struct Asset {
  AssetId id;
  AssetId parent;    // invalid for the plant itself, which is asset 0
  std::string name;  // "pump_1"
  std::string path;  // "line_1.pump_1"; empty for the plant
  std::string type;  // "CentrifugalPump"; may be empty
  std::string serial;
  std::string description;
  std::optional<std::pair<double, double>> at;  // latitude, longitude, degrees
  std::vector<AssetId> children;
  std::vector<SignalId> signals;  // of every role
  std::vector<ControlId> controls;
  SignalId health;  // invalid when nothing watches this asset or anything below it
};

/// "pressure < 0.2 bar for 10 s". Units: `value` in the signal's declared unit.
struct Condition {
  SignalId signal;
  Comparison comparison = Comparison::Less;
  double value = 0.0;
  Duration hold = {};
  std::string text;  // as written

  bool holds(double measured) const { return compare(measured, comparison, value); }
};

enum class Autonomy : std::uint8_t { Observe, Approve };

/// Something of the plant that a command may change. Units: as `unit` says.
struct Control {
  ControlId id;
  AssetId asset;
  std::string name;
  std::string path;
  std::string description;
  Unit unit;
  Limits range;  // the envelope; both sides set
  double rate_limit_per_s =
      0.0;            // largest change a command may ask for, per second since the last; 0: none
  SignalId feedback;  // shows whether the plant obeyed
  double feedback_tolerance = 0.0;
  Duration feedback_within = Duration::seconds(30);
  Duration stale_after =
      Duration::seconds(10);          // older feedback or interlock signals refuse every command
  std::vector<Condition> interlocks;  // each must hold, for instance mode == remote
  Duration expiry = Duration::seconds(30);  // a command's life
  Autonomy autonomy = Autonomy::Observe;
  std::uint32_t source = UINT32_MAX;  // index in Plant::sources; UINT32_MAX: not bound
  std::string topic;
};

struct Connection {
  std::string from;  // "line_1.pump_1.outlet"
  std::string to;
  AssetId from_asset;
  AssetId to_asset;
  std::string kind;
};

struct MqttSource {
  std::string url;  // mqtt://host:1883, mqtts://host:8883
  std::vector<std::string> topics;
  int version = 5;  // 4 is 3.1.1
  int qos = 1;
  std::string
      client_id;  // empty: made from the plant's name; a stable one keeps the broker's session
  Duration session_expiry = Duration::days(1);
  Duration keep_alive = Duration::seconds(30);
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  std::string user;
  std::string password_file;
};

struct FileSource {
  std::vector<std::string> paths;  // CSV files, in the order of their times
  char separator = 0;              // 0: found out from the header
  std::string time_column;         // empty: the first
  double speed = 1.0;              // times real time; 0: as fast as it goes
};

/// InfluxDB line protocol that collectors write to us over HTTP.
struct LineProtocolSource {
  std::string bucket;  // takes writes to this bucket or database; empty: to any
};

struct Source {
  std::string name;
  std::variant<MqttSource, FileSource, LineProtocolSource> settings;
};

/// Where one signal is found in a message, and the way from its unit there to the signal's own:
/// value = scale * found + offset.
struct BoundField {
  SignalId signal;
  std::string path;  // "$.flow", "$.m[3].v"; empty: the whole payload is the number; a CSV column's
                     // name; the name of a line protocol field
  double scale = 1.0;
  double offset = 0.0;
};

struct Binding {
  std::uint32_t source = 0;  // index in Plant::sources
  std::string topic;         // MQTT; may hold + and #
  std::string time_path;     // "$.ts"; empty: time of arrival
  std::vector<BoundField> fields;
  std::string measurement = {};                  // line protocol
  std::map<std::string, std::string> tags = {};  // line protocol: those that a line must have
};

/// The stretch of history a detector or simulator learns from: the first `first` of samples, or a
/// range.
struct TrainingSpec {
  Duration first = Duration::hours(1);
  std::optional<TimeRange> range;
};

struct DetectorSpec {
  AssetId asset;
  std::string name;  // "behaviour"
  std::string kind;  // "isolation_forest", "robust_limits", "rule"
  std::vector<SignalId> signals;
  SignalId score;  // the derived signal it writes; invalid for a rule
  TrainingSpec training;
  double false_alarms_per_s = 1.0 / 604800.0;
  std::map<std::string, double> settings;  // trees, window … of that kind
  std::string model;              // path of a trained network's card; empty: it learns here
  std::optional<Condition> rule;  // kind "rule" that compares one signal with a constant
  std::shared_ptr<const Expression> expression;  // any other rule; null: there is none
  std::string alarm;                             // name shown; empty: made from the drivers
  Priority priority = Priority::Medium;
  std::string consequence;
  std::string action;  // what to do

  /// "line_1.pump_1.behaviour"
  std::string path;
};

enum class EstimatorKind : std::uint8_t { SoftSensor, Forecast, Life };

/// The signals that an estimator writes for one lead (a forecast) or for all that it says.
struct EstimateSignals {
  Duration lead = {};
  SignalId middle, low, high;
  SignalId probability;  // Life with a planned stop; otherwise invalid
};

/// What computes a distribution that no sensor shows.
struct EstimatorSpec {
  EstimatorKind kind = EstimatorKind::SoftSensor;
  AssetId asset;
  std::string name;
  std::string path;            // "turbine.nox_estimate"
  SignalId of;                 // what it speaks of
  std::vector<SignalId> from;  // SoftSensor: its inputs
  std::vector<EstimateSignals> outputs;
  double coverage = 0.9;               // of the interval from low to high
  Duration step = {};                  // between its rows; 0: the signals' own period
  Duration lookback = {};              // Forecast: what it is made from
  std::optional<Condition> ends;       // Life: the condition that ends it, "vibration > 7.1 mm/s"
  Duration horizon = {};               // Life: how far it looks
  Duration stop_every = {};            // Life: distance of planned stops; 0: only next_stop
  std::optional<Timestamp> next_stop;  // Life: a planned stop
  TrainingSpec training;
  std::map<std::string, double> settings;
  std::string model;  // path of a trained model's card; empty: it learns here
};

/// A state, input or parameter of equations that is not measured and changes slowly: a filter
/// follows it as a random walk, and tells it by signals. Units: SI.
struct FollowedQuantity {
  std::string name;  // "pump_1.wear"
  double start = 0.0;
  double spread = 0.0;                        // of what it may be at the start: standard deviation
  double wander = 0.0;                        // standard deviation that it gains in a second's root
  SignalId middle = {}, low = {}, high = {};  // what is believed of it: mean, 5 % and 95 %
  double memory = 0.0;  // s, in what-ifs: within it, it comes back to what is usual; 0: never
  double sudden = 0.0;  // how far it may change at once: standard deviation; 0: see TiedNetwork
};

/// Planned work that sets quantities of a network: a strainer's cleaning.
struct NetworkMaintenance {
  std::string name;  // "cleaning"; a what-if moves "cleaning.first", the time until the next
  double every = 0.0;                  // s, > 0
  Timestamp on;                        // when one is or was planned; the others follow
  std::map<std::string, double> sets;  // what is so afterwards; SI
};

/// One number of a whole stretch, from the sum of some quantities: "energy_per_volume".
struct NetworkIndicator {
  enum class Kind : std::uint8_t { Integral, Mean, Lowest, Highest, Last };
  std::string name;
  Kind kind = Kind::Integral;         // over time
  std::vector<std::string> of;        // "drive_1.power"
  std::vector<std::string> per = {};  // Integral: divided by that of the sum of these
  Unit unit = {};                     // it is told in
};

/// Components joined to a system of equations.
struct NetworkSpec {
  std::vector<NetworkPart> parts;
  std::vector<NetworkLink> links;
  std::vector<FollowedQuantity> followed;
  /// Standard deviation of one reading, of quantities that a signal is bound to; SI. Those that it
  /// doesn't name are learnt from history.
  std::map<std::string, double> noise;
  std::vector<NetworkIndicator> indicators = {};
  std::vector<NetworkMaintenance> maintenance = {};
};

/// A model of another tool, or (kind "ssp") a system of them.
struct FmuSpec {
  std::string file;
  Duration step = {};        // between communication points; 0: as the FMU proposes
  bool own_process = false;  // a crash of the FMU is an error of that what-if alone
  /// Continuous states, parameters and inputs that a filter follows; in SI of the signal that tells
  /// each, or in the FMU's own unit where that signal is a plain number. A start that is no number:
  /// the FMU's own.
  std::vector<FollowedQuantity> followed = {};
  /// Standard deviation of one reading, of variables that a signal is bound to; in the signal's SI.
  /// Those that it doesn't name are learnt from history.
  std::map<std::string, double> noise = {};
  std::string filter = {};     // "unscented" …; empty: what fits the FMU
  std::uint32_t members = 0;   // of an ensemble or of particles; 0: as many as is usual
  bool followed_here = false;  // without a process of its own: its crash would be the twin's
};

struct SimulatorSpec {
  std::string name;  // "station"; of an asset's: "line_1.simulator"
  AssetId asset;
  std::string kind;                           // "pump_station", "equations", "fmu" …
  std::map<std::string, SignalId> signals;    // the simulator's port -> signal
  std::map<std::string, ControlId> controls;  // the simulator's port -> control
  std::map<std::string, double> parameters;   // known ones, SI
  TrainingSpec training;
  std::variant<std::monostate, NetworkSpec, Flow, FmuSpec>
      description;  // of the kinds that have one
};

struct DecisionSpec {
  std::string name;
  std::uint32_t simulator = 0;  // index in Plant::simulators
  std::string description;
  bool maximise = false;
  std::string objective;  // an indicator of the simulator, such as "energy_per_volume"
  std::vector<ControlId> by;
  std::vector<Condition> subject_to;
  Autonomy autonomy = Autonomy::Approve;
  Duration horizon = Duration::minutes(10);
  Duration every = Duration::seconds(10);  // how often it looks
  Duration expiry = Duration::minutes(5);  // a recommendation's life
};

enum class HistoryKind : std::uint8_t { File, Postgres };

/// How the twin file wants its history. How long a signal is kept stands with the signal.
struct HistorySettings {
  HistoryKind kind = HistoryKind::File;
  std::string url;               // Postgres: postgresql://user@host:port/database
  std::string schema = "gemel";  // Postgres: where the tables are
  Duration commit_every = {};    // 0: every batch is on the disk before it is acknowledged
  Duration keep = {};            // of signals without a class; 0: for ever
  std::uint64_t keep_bytes = 0;  // File: the oldest is forgotten beyond this; 0: no limit
  std::map<std::string, Duration> classes;  // by name, how long their signals are kept; 0: for ever
};

class Plant {
 public:
  std::string name;
  std::string version;  // a hash of the twin file's meaning; two equal plants have equal versions
  std::vector<Asset> assets;
  std::vector<Signal> signals;
  std::vector<Control> controls;
  std::vector<Connection> connections;
  std::vector<Source> sources;
  std::vector<Binding> bindings;
  std::vector<DetectorSpec> detectors;
  std::vector<EstimatorSpec> estimators;
  std::vector<SimulatorSpec> simulators;
  std::vector<DecisionSpec> decisions;
  HistorySettings history;

  const Asset& asset(AssetId id) const { return assets[id.index]; }
  const Signal& signal(SignalId id) const { return signals[id.index]; }
  const Control& control(ControlId id) const { return controls[id.index]; }

  /// By whole path or by an ending that only one has: "pump_1.flow". Errors: NotFound, with the
  /// nearest name, or with the candidates when several end so. Cost: a hash look-up for a whole
  /// path.
  Result<AssetId> find_asset(std::string_view path) const;
  Result<SignalId> find_signal(std::string_view path) const;
  Result<ControlId> find_control(std::string_view path) const;

  /// A simulator by its name; with an empty one, the first. Errors: NotFound, with the nearest
  /// name.
  Result<std::uint32_t> find_simulator(std::string_view name) const;

  /// Builds the look-up tables. Call once, after the tables above are filled and before sharing.
  void index_paths();

 private:
  struct PathIndex {
    std::unordered_map<std::string, std::uint32_t> whole;
    std::unordered_map<std::string, std::vector<std::uint32_t>> endings;
  };
  PathIndex asset_paths_, signal_paths_, control_paths_;
};

}  // namespace gemel
