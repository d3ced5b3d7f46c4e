#include "spec/detail/grammar.hpp"

#include <algorithm>

#include "spec/detail/flow_grammar.hpp"
#include "spec/detail/network_grammar.hpp"

namespace gemel::spec {
namespace {

using namespace std::string_view_literals;

// ---- single values
constexpr Value kText{.form = Form::Text, .what = "a text"};
constexpr Value kTexts{.form = Form::List, .what = "a list of texts", .of = &kText};
constexpr Value kName{.form = Form::Name, .what = "a name"};
constexpr Value kNames{.form = Form::List, .what = "a list of names", .of = &kName};
constexpr Value kNumber{.form = Form::Number, .what = "a number"};
constexpr Value kQuantity{.form = Form::Quantity, .what = "a number, with a unit if need be"};
constexpr Value kQuantityPair{
    .form = Form::List, .what = "[low, high]", .of = &kQuantity, .length = 2};
constexpr Value kDuration{.form = Form::Duration, .what = "a duration such as '5 s'"};
constexpr Value kRate{.form = Form::Rate, .what = "a rate such as '1 Hz' or '1 per week'"};
constexpr Value kCondition{.form = Form::Condition,
                           .what = "a condition such as 'flow < 3 l/min for 10 s'"};
constexpr Value kRuleText{.form = Form::Rule,
                          .what = "a condition such as 'flow < 3 l/min for 10 s'"};
constexpr Value kConditions{.form = Form::List, .what = "a list of conditions", .of = &kCondition};
constexpr Value kReference{.form = Form::Reference,
                           .what = "the path of a signal, control or asset"};
constexpr Value kReferences{.form = Form::List, .what = "a list of paths", .of = &kReference};
constexpr Value kPlace{
    .form = Form::List, .what = "[latitude, longitude]", .of = &kNumber, .length = 2};
constexpr Value kSettings{.form = Form::Named, .what = "a table of numbers", .of = &kQuantity};

constexpr std::array kVersions{"1"sv};
constexpr Value kVersion{
    .form = Form::Choice, .what = "the version of the twin file's grammar", .choices = kVersions};
constexpr std::array kPriorities{"low"sv, "medium"sv, "high"sv, "critical"sv};
constexpr Value kPriority{.form = Form::Choice, .what = "a priority", .choices = kPriorities};
constexpr std::array kAutonomies{"observe"sv, "approve"sv};
constexpr Value kAutonomy{.form = Form::Choice, .what = "an autonomy", .choices = kAutonomies};
constexpr std::array kDefaults{"hold"sv};
constexpr Value kDefault{
    .form = Form::Choice, .what = "what holds when the twin is silent", .choices = kDefaults};
constexpr std::array kPayloads{"json"sv};
constexpr Value kPayload{.form = Form::Choice, .what = "a payload format", .choices = kPayloads};
constexpr std::array kMqttVersions{"5"sv, "3.1.1"sv};
constexpr Value kMqttVersion{
    .form = Form::Choice, .what = "an MQTT version", .choices = kMqttVersions};
constexpr std::array kQosLevels{"0"sv, "1"sv};
constexpr Value kQos{.form = Form::Choice, .what = "a quality of service", .choices = kQosLevels};
constexpr std::array kSourceKinds{"mqtt"sv, "files"sv, "csv"sv, "line_protocol"sv};
constexpr Value kSourceKind{
    .form = Form::Choice, .what = "a kind of source", .choices = kSourceKinds};

// ---- training
constexpr std::array kTrainingKeys{
    Key{"first", &kDuration, "Learn from the first stretch of history of this length."},
    Key{"from", &kText, "Learn from history since this time (ISO 8601)."},
    Key{"until", &kText, "Learn from history before this time (ISO 8601)."},
};
constexpr Record kTrainingRecord{
    "training", "The stretch of history to learn from: 'first', or 'from' and 'until'.",
    kTrainingKeys};
constexpr Value kTraining{
    .form = Form::Record, .what = "a table of a training stretch", .record = &kTrainingRecord};

// ---- signals
constexpr std::array kCalibrationKeys{
    Key{"gain", &kNumber, "value = gain * measured + offset; 1 when left out."},
    Key{"offset", &kQuantity, "value = gain * measured + offset; 0 when left out."},
};
constexpr Record kCalibrationRecord{"calibration", "Corrects what the instrument shows.",
                                    kCalibrationKeys};
constexpr Value kCalibration{
    .form = Form::Record, .what = "a table of a calibration", .record = &kCalibrationRecord};

constexpr std::array kSignalKeys{
    Key{"unit", &kText,
        "Unit of its values, such as 'bar', 'l/min', 'degC', '%'. Left out: a plain number."},
    Key{"states", &kNames, "An enumeration: the names of its states, the first is value 0."},
    Key{"range", &kQuantityPair, "Plausible values; a value outside is marked out of range."},
    Key{"rate", &kRate, "How often a value comes, such as '1 Hz'."},
    Key{"gap", &kDuration, "Silence longer than this is marked as missing."},
    Key{"stuck", &kDuration, "A value that stays exactly the same for longer is marked as stuck."},
    Key{"max_change", &kQuantity,
        "The fastest plausible change, such as '2 bar/s'; a faster one is marked."},
    Key{"calibration", &kCalibration,
        "Corrects what the instrument shows: gain * measured + offset."},
    Key{"history", &kName, "A class of 'history: classes' that says how long its values are kept."},
    Key{"description", &kText, "For people."},
};
constexpr Record kSignalRecord{"signal", "A stream of values with one unit.", kSignalKeys};
constexpr Value kSignal{
    .form = Form::Record, .what = "a table of a signal", .record = &kSignalRecord};
constexpr Value kSignals{.form = Form::Named, .what = "a table of signals", .of = &kSignal};

// ---- controls
constexpr std::array kControlKeys{
    Key{"unit", &kText, "Unit of the values that are sent. Left out: a plain number."},
    Key{"range", &kQuantityPair, "No command leaves these limits.", true},
    Key{"rate_limit", &kQuantity,
        "The fastest change that commands may ask for, such as '10 rpm/s'."},
    Key{"feedback", &kReference,
        "The signal that shows whether the plant obeyed, in the same unit."},
    Key{"tolerance", &kQuantity, "How near the feedback must come."},
    Key{"within", &kDuration, "How soon the feedback must come near; 30 s when left out."},
    Key{"stale_after", &kDuration,
        "Older feedback or interlock signals refuse every command; 10 s when left out."},
    Key{"interlocks", &kConditions, "Conditions that must hold for a command to be sent."},
    Key{"expiry", &kDuration, "A command's life; 30 s when left out."},
    Key{"default", &kDefault, "What holds when the twin falls silent: 'hold' the last command."},
    Key{"autonomy", &kAutonomy,
        "'observe': nothing is sent (when left out); 'approve': after a person's approval."},
    Key{"description", &kText, "For people."},
};
constexpr Record kControlRecord{"control", "Something of the plant that a command may change.",
                                kControlKeys};
constexpr Value kControl{
    .form = Form::Record, .what = "a table of a control", .record = &kControlRecord};
constexpr Value kControls{.form = Form::Named, .what = "a table of controls", .of = &kControl};

// ---- detectors, rules, life
constexpr std::array kDetectorKeys{
    Key{"kind", &kText,
        "'auto' (when left out: judges and thresholds chosen on the training stretch), "
        "'change_point', 'isolation_forest', 'half_space_trees', 'principal_components', "
        "'robust_limits', 'discord', 'subspace', 'k_means', 'panel', 'network' or 'residual' (what "
        "is measured against what the simulator or a soft sensor says of it)."},
    Key{"model", &kText,
        "Of a 'network': the path of its card, counted from the twin file's folder."},
    Key{"signals", &kReferences,
        "What it watches; every numeric signal of its asset when left out. Of 'residual': signals "
        "with all that is estimated of them, or single estimates; every signal of its asset that "
        "is estimated when left out."},
    Key{"training", &kTraining,
        "The stretch of history that shows how normal looks; the first hour when left out. Of "
        "'residual', 'first' is counted from when its estimates begin."},
    Key{"false_alarms", &kRate, "How many false alarms are tolerable; '1 per week' when left out."},
    Key{"settings", &kSettings, "Settings of the kind, such as 'trees', 'window' or 'on_rows'."},
    Key{"alarm", &kText, "Name of its alarm; made from the signals that drove it when left out."},
    Key{"priority", &kPriority, "Priority of its alarm; 'medium' when left out."},
    Key{"consequence", &kText, "What happens if nobody acts."},
    Key{"action", &kText, "What to do."},
};
constexpr Record kDetectorRecord{"detector", "Scores how abnormal the present is.", kDetectorKeys};
constexpr Value kDetector{
    .form = Form::Record, .what = "a table of a detector", .record = &kDetectorRecord};
constexpr Value kOneDetector{.form = Form::ShortOr,
                             .what = "a kind such as 'auto', or a table of a detector",
                             .of = &kText,
                             .record = &kDetectorRecord};
constexpr Value kDetectors{.form = Form::Named, .what = "a table of detectors", .of = &kDetector};

constexpr std::array kRuleKeys{
    Key{"when", &kRuleText,
        "The condition that raises the alarm: 'pressure < 0.2 bar for 10 s', '(flow < 3 l/min for "
        "1 "
        "min) and speed > 900 rpm', 'rate(level, 5 min) < -1 cm/min hysteresis 1 mm/min'. It knows "
        "+ "
        "- * /, and, or, not, abs(x), and over windows of time rate(x, 1 min), mean, min, max and "
        "spread.",
        true},
    Key{"alarm", &kText, "Name of the alarm; the condition itself when left out."},
    Key{"priority", &kPriority, "Priority of the alarm; 'medium' when left out."},
    Key{"consequence", &kText, "What happens if nobody acts."},
    Key{"action", &kText, "What to do."},
    Key{"settings", &kSettings,
        "'hysteresis', in the unit of what is compared, and 'clear_after'."},
};
constexpr Record kRuleRecord{"rule", "Raises an alarm while its condition holds.", kRuleKeys};
constexpr Value kRule{.form = Form::Record, .what = "a table of a rule", .record = &kRuleRecord};
constexpr Value kRules{.form = Form::List, .what = "a list of rules", .of = &kRule};

constexpr std::array kSoftSensorKeys{
    Key{"of", &kReference, "The signal that it estimates, as far as that is measured.", true},
    Key{"from", &kReferences, "The signals that it is estimated from.", true},
    Key{"training", &kTraining,
        "The stretch of history that it begins with; the first hour when left out."},
    Key{"step", &kDuration, "Between its rows; the signals' own distance when left out."},
    Key{"coverage", &kNumber, "Of its interval; 0.9 when left out."},
    Key{"settings", &kSettings,
        "'forgetting': the weight that a row keeps at each later one; chosen when left out. "
        "'learns_on': 0 leaves it as its training stretch made it, so that a detector of residuals "
        "can tell wear from what is learnt; 1 when left out."},
};
constexpr Record kSoftSensorRecord{
    "soft sensor", "What a signal should show, by other signals; it goes on learning.",
    kSoftSensorKeys};
constexpr Value kSoftSensor{
    .form = Form::Record, .what = "a table of a soft sensor", .record = &kSoftSensorRecord};
constexpr Value kSoftSensors{
    .form = Form::Named, .what = "a table of soft sensors", .of = &kSoftSensor};

constexpr Value kLeads{
    .form = Form::OneOrMore, .what = "a duration, or a list of them", .of = &kDuration};
constexpr std::array kForecastKeys{
    Key{"of", &kReference, "The signal that is forecast.", true},
    Key{"ahead", &kLeads, "How far ahead, such as '[10 min, 1 h]'.", true},
    Key{"lookback", &kDuration,
        "What it is made from; three times the farthest lead when left out. Longer than a day to "
        "know of days."},
    Key{"step", &kDuration,
        "Length of the means that it is made of; a tenth of the nearest lead when left out."},
    Key{"training", &kTraining,
        "The stretch of history to learn from; the first hour when left out."},
    Key{"coverage", &kNumber, "Of its intervals; 0.9 when left out."},
};
constexpr Record kForecastRecord{"forecast", "What a signal is expected to be.", kForecastKeys};
constexpr Value kForecast{
    .form = Form::Record, .what = "a table of a forecast", .record = &kForecastRecord};
constexpr Value kForecasts{.form = Form::Named, .what = "a table of forecasts", .of = &kForecast};

constexpr std::array kStopKeys{
    Key{"at", &kText, "When (ISO 8601)."},
    Key{"every", &kDuration, "Again and again, counted from 'at'."},
};
constexpr Record kStopRecord{"planned stop", "When the plant will be stopped anyway.", kStopKeys};
constexpr Value kStop{
    .form = Form::Record, .what = "a table of a planned stop", .record = &kStopRecord};
constexpr std::array kLifeKeys{
    Key{"ends", &kCondition, "What ends the life: 'vibration > 7.1 mm/s'."},
    Key{"model", &kText,
        "Instead of 'ends': what `gemel life train` learnt from runs to failure; a path that "
        "counts "
        "from the twin file's folder."},
    Key{"signals", &kReferences,
        "Of a model: its signals, by their names; every numeric one of the asset when left out."},
    Key{"begins", &kText,
        "Of a model: when the part was new (ISO 8601); the begin of the history when left out."},
    Key{"horizon", &kDuration, "How far it looks; 90 d when left out."},
    Key{"step", &kDuration,
        "Between its estimates, and the means that they are made of; a thousandth of the horizon "
        "when left out."},
    Key{"planned_stop", &kStop, "For the probability of failing before it."},
    Key{"training", &kTraining, "A healthy stretch; the first hour when left out."},
    Key{"coverage", &kNumber, "Of its interval; 0.9 when left out."},
    Key{"settings", &kSettings, "'particles', and 'noise' of a step's mean."},
};
constexpr Record kLifeRecord{
    "life", "How long a part will last, by a health indicator that wears towards a limit.",
    kLifeKeys};
constexpr Value kLife{
    .form = Form::Record, .what = "a table of a life estimator", .record = &kLifeRecord};
constexpr Value kLives{.form = Form::Named, .what = "a table of life estimators", .of = &kLife};

// ---- simulators
constexpr std::array kYesNoChoices{"true"sv, "false"sv};
constexpr Value kYesNo{.form = Form::Choice, .what = "true or false", .choices = kYesNoChoices};
constexpr Value kBind{.form = Form::Named, .what = "a table of ports and paths", .of = &kReference};
constexpr std::array kFilterChoices{"unscented"sv, "extended"sv, "ensemble"sv, "particle"sv};
constexpr Value kFilter{
    .form = Form::Choice, .what = "a kind of filter", .choices = kFilterChoices};
constexpr std::array kSimulatorKeys{
    Key{"kind", &kText, "'pump_station', 'equations', 'process_flow', 'fmu' or 'ssp'."},
    Key{"fmu", &kText,
        "fmu: the file of an FMU (FMI 2.0 or 3.0); its variables are bound by name."},
    Key{"ssp", &kText,
        "ssp: the file of a system of FMUs (SSP 1.0, .ssp or .ssd); bound as 'component.variable', "
        "or by the system's own connectors."},
    Key{"step", &kDuration,
        "fmu, ssp: between communication points; as it proposes when left out."},
    Key{"own_process", &kYesNo,
        "fmu, ssp: 'true': each future runs in a process of its own, whose crash is but its own "
        "error. "
        "What is followed runs so unless 'false'."},
    Key{"bind", &kBind, "The simulator's ports and the signals or controls that they stand for."},
    Key{"parameters", &kSettings,
        "What is known of the plant: numbers in SI units, or with a unit; of an fmu in its own."},
    Key{"training", &kTraining,
        "The stretch of history that the other parameters are fitted to; of 'equations' and 'fmu', "
        "the noise of what is bound."},
    Key{"components", &kNetworkComponents, "Of 'equations': what the plant is made of."},
    Key{"links", &kNetworkLinks,
        "Of 'equations': chains of components or of their ports, 'intake -> pump -> tank', and "
        "inputs that follow something, 'pump.power -> drive.load'."},
    Key{"controls", &kNetworkControls,
        "Of 'equations', 'fmu' and 'ssp': inputs, and the plant's controls that set them."},
    Key{"follow", &kNetworkFollowed,
        "Of 'equations' and 'fmu': states and slow quantities that a filter follows; of an fmu, in "
        "its own units or in 'unit'."},
    Key{"filter", &kFilter,
        "fmu: what follows it; 'unscented' where it has model exchange, 'ensemble' otherwise."},
    Key{"members", &kNumber,
        "fmu: of an 'ensemble' (40 when left out) or a 'particle' filter (1000)."},
    Key{"noise", &kNetworkNoise,
        "Of 'equations' and 'fmu': how far one reading of what is bound may be off (standard "
        "deviation); "
        "learnt from history when left out."},
    Key{"indicators", &kNetworkIndicators,
        "Of 'equations': numbers that sum a future up; 'decisions' may minimise one."},
    Key{"maintenance", &kNetworkMaintenance,
        "Of 'equations': planned work that changes the plant, such as a cleaning."},
    Key{"sources", &kFlowSources, "process_flow: where items come from."},
    Key{"stations", &kFlowStations, "process_flow: machines, each group behind a buffer."},
    Key{"conveyors", &kFlowConveyors, "process_flow: what carries each item for the same time."},
    Key{"fleets", &kFlowFleets, "process_flow: vehicles."},
    Key{"layout", &kFlowLayout, "process_flow: the ways of vehicles."},
    Key{"sinks", &kFlowSinks, "process_flow: where items leave."},
    Key{"crews", &kFlowCrews, "process_flow: who repair and maintain."},
    Key{"currency", &kText, "process_flow: of all costs, such as 'EUR'; they are told with it."},
    Key{"energy_price", &kNumber, "process_flow: of a kWh, in the currency."},
    Key{"settles_within", &kDuration,
        "process_flow: time in which it forgets how it began; 1 h when left out. What nobody "
        "measures of the present is drawn from a run of that length."},
    Key{"description", &kText, "For people."},
};
constexpr Record kSimulatorRecord{"simulator", "Answers what would happen if.", kSimulatorKeys};
constexpr Value kSimulator{
    .form = Form::Record, .what = "a table of a simulator", .record = &kSimulatorRecord};
constexpr Value kSimulators{
    .form = Form::Named, .what = "a table of simulators", .of = &kSimulator};

// ---- bindings
constexpr std::array kFieldKeys{
    Key{"path", &kText,
        "Where the value stands in the message: '$.flow', '$.m[3].v'; '$' for the whole payload; "
        "for files a column's name; for line_protocol a field's name.",
        true},
    Key{"unit", &kText, "Its unit there; converted to the signal's."},
    Key{"scale", &kNumber, "scale * found + offset, before the unit."},
    Key{"offset", &kNumber, "scale * found + offset, before the unit."},
};
constexpr Record kFieldRecord{"binding of a signal", "Where a signal's value comes from.",
                              kFieldKeys};
constexpr Value kField{.form = Form::ShortOr,
                       .what = "a path such as '$.flow', or a table with 'path'",
                       .of = &kText,
                       .record = &kFieldRecord};

constexpr std::array kCommandKeys{Key{"topic", &kText, "Where the command is published.", true}};
constexpr Record kCommandRecord{"binding of a control", "Where a control's commands go.",
                                kCommandKeys};
constexpr Value kCommand{.form = Form::ShortOr,
                         .what = "a topic, or a table with 'topic'",
                         .of = &kText,
                         .record = &kCommandRecord};
constexpr Value kCommands{
    .form = Form::Named, .what = "a table of controls and topics", .of = &kCommand};

constexpr Value kTags{.form = Form::Named, .what = "a table of tags and values", .of = &kText};
constexpr std::array kBindingKeys{
    Key{"from", &kName, "The source, by its name under 'sources'.", true},
    Key{"topic", &kText,
        "MQTT topic; '+' and '#' as in MQTT, {asset} the asset's name, {path} its path with "
        "slashes."},
    Key{"measurement", &kText,
        "line_protocol: the lines' measurement; {asset} and {path} as in a topic."},
    Key{"tags", &kTags,
        "line_protocol: tags that a line must have, such as 'asset: pump_1'; {asset} and {path} as "
        "in a topic. Tags that are not named here don't matter."},
    Key{"time", &kText,
        "Where the time stands: '$.ts', for files a column's name; time of arrival when left out."},
    Key{"command", &kCommands, "Where commands go, by control."},
};
constexpr Record kBindingRecord{"binding", "Where an asset's signals come from.", kBindingKeys,
                                &kField, "A signal of the asset, and where its value stands."};
constexpr Value kBinding{
    .form = Form::Record, .what = "a table of a binding", .record = &kBindingRecord};
constexpr Value kBindingList{
    .form = Form::OneOrMore, .what = "a table of a binding, or a list of them", .of = &kBinding};
constexpr Value kBindings{
    .form = Form::Named, .what = "a table of assets and bindings", .of = &kBindingList};

// ---- types and assets
constexpr std::array kTypeKeys{
    Key{"description", &kText, "For people."},
    Key{"signals", &kSignals, "Streams of values that every asset of this type has."},
    Key{"controls", &kControls, "What commands may change."},
    Key{"detector", &kOneDetector,
        "'auto': one detector, called 'behaviour', of every numeric signal; or its settings."},
    Key{"detectors", &kDetectors, "What watches it."},
    Key{"rules", &kRules, "Alarms by condition."},
    Key{"simulator", &kSimulator, "What answers what-if questions about it."},
    Key{"soft_sensors", &kSoftSensors, "What a signal should show, by others."},
    Key{"forecasts", &kForecasts, "What signals are expected to be."},
    Key{"life", &kLives, "How long its parts last."},
    Key{"binding", &kBindingList,
        "Where the signals come from, with {asset} or {path} in the topic or the tags."},
};
constexpr Record kTypeRecord{"type", "What assets of one kind have in common.", kTypeKeys};
constexpr Value kType{.form = Form::Record, .what = "a table of a type", .record = &kTypeRecord};
constexpr Value kTypes{.form = Form::Named, .what = "a table of types", .of = &kType};

constexpr Value kAsset{
    .form = Form::Record, .what = "a table of an asset", .record = &kAssetRecord};
constexpr std::array kAssetKeys{
    Key{"type", &kName, "Its type, by its name under 'types'."},
    Key{"serial", &kText, "Serial number."},
    Key{"at", &kPlace, "Latitude and longitude in degrees."},
    Key{"scene", &kText, "A drawing or 3D scene. Not shown by this version."},
    Key{"description", &kText, "For people."},
    Key{"signals", &kSignals, "Streams of values; one of the type's names replaces the type's."},
    Key{"controls", &kControls,
        "What commands may change; one of the type's names replaces the type's."},
    Key{"detector", &kOneDetector,
        "'auto': one detector, called 'behaviour', of every numeric signal; or its settings. "
        "Replaces the type's."},
    Key{"detectors", &kDetectors, "What watches it; one of the type's names replaces the type's."},
    Key{"rules", &kRules, "Alarms by condition, beside those of the type."},
    Key{"simulator", &kSimulator, "What answers what-if questions about it; replaces the type's."},
    Key{"soft_sensors", &kSoftSensors, "What a signal should show, by others."},
    Key{"forecasts", &kForecasts, "What signals are expected to be."},
    Key{"life", &kLives, "How long its parts last."},
};
constexpr Value kAssets{.form = Form::Named, .what = "a tree of assets", .of = &kAsset};

// ---- connections
constexpr std::array kConnectionKeys{
    Key{"from", &kReference, "An asset, and a port of it if need be: 'pump_1.outlet'.", true},
    Key{"to", &kReference, "An asset, and a port of it if need be: 'tank_1.inlet'.", true},
    Key{"kind", &kText, "Such as 'pipe', 'shaft', 'cable'."},
};
constexpr Record kConnectionRecord{"connection", "What flows from where to where.",
                                   kConnectionKeys};
constexpr Value kConnection{
    .form = Form::Record, .what = "a table of a connection", .record = &kConnectionRecord};
constexpr Value kConnections{
    .form = Form::List, .what = "a list of connections", .of = &kConnection};

// ---- sources
constexpr Value kPaths{.form = Form::OneOrMore, .what = "a path, or a list of paths", .of = &kText};
constexpr Value kSpeed{.form = Form::Text, .what = "a number, or 'as fast as possible'"};
constexpr std::array kSourceKeys{
    Key{"kind", &kSourceKind,
        "'mqtt', 'files' (CSV), or 'line_protocol' (what collectors write over HTTP).", true},
    Key{"description", &kText, "For people."},
    Key{"url", &kText, "mqtt: mqtt://host:1883 or mqtts://host:8883."},
    Key{"topics", &kTexts, "mqtt: what to subscribe to; the topics of the bindings when left out."},
    Key{"payload", &kPayload,
        "mqtt: 'json' (a plain number or state is read as such where the path is '$')."},
    Key{"version", &kMqttVersion, "mqtt: version of the protocol, 5 when left out."},
    Key{"qos", &kQos, "mqtt: 0 or 1; 1 when left out."},
    Key{"client_id", &kText,
        "mqtt: a stable one keeps the broker's session; made from the plant's name when left out."},
    Key{"session_expiry", &kDuration,
        "mqtt: how long the broker keeps messages while we are away; 1 d when left out."},
    Key{"keep_alive", &kDuration, "mqtt: 30 s when left out."},
    Key{"ca", &kText, "mqtt: file of the authority that signed the broker's certificate."},
    Key{"certificate", &kText, "mqtt: file of our own certificate."},
    Key{"key", &kText, "mqtt: file of our own private key."},
    Key{"user", &kText, "mqtt: user name."},
    Key{"password_file", &kText, "mqtt: file that holds the password."},
    Key{"paths", &kPaths, "files: CSV files, in the order of their times."},
    Key{"separator", &kText,
        "files: one character, or 'tab'; found out from the header when left out."},
    Key{"time", &kText, "files: the column of the time; the first when left out."},
    Key{"speed", &kSpeed, "files: times real time, 1 when left out; 0 or 'as fast as possible'."},
    Key{"bucket", &kText,
        "line_protocol: takes writes to this bucket or database only; to any when left out."},
};
constexpr Record kSourceRecord{"source", "Where samples come from.", kSourceKeys};
constexpr Value kSource{
    .form = Form::Record, .what = "a table of a source", .record = &kSourceRecord};
constexpr Value kSources{.form = Form::Named, .what = "a table of sources", .of = &kSource};

// ---- decisions, history
constexpr std::array kDecisionKeys{
    Key{"description", &kText, "For people."},
    Key{"minimise", &kText,
        "An indicator of the simulator that should be small, such as 'energy_per_volume'."},
    Key{"maximise", &kText, "An indicator of the simulator that should be large."},
    Key{"simulator", &kText, "Which simulator it asks; the first when left out."},
    Key{"by", &kReferences, "The controls that may be changed.", true},
    Key{"subject_to", &kConditions, "What must hold in the simulated futures."},
    Key{"autonomy", &kAutonomy, "'observe', or 'approve' (when left out)."},
    Key{"horizon", &kDuration, "How far it simulates; 10 min when left out."},
    Key{"every", &kDuration, "How often it looks; 10 s when left out."},
    Key{"expiry", &kDuration, "A recommendation's life; 5 min when left out."},
};
constexpr Record kDecisionRecord{"decision", "What should become better, by what, within what.",
                                 kDecisionKeys};
constexpr Value kDecision{
    .form = Form::Record, .what = "a table of a decision", .record = &kDecisionRecord};
constexpr Value kDecisions{.form = Form::Named, .what = "a table of decisions", .of = &kDecision};

constexpr std::array kHistoryKinds{"file"sv, "postgres"sv};
constexpr Value kHistoryKind{
    .form = Form::Choice, .what = "a kind of history", .choices = kHistoryKinds};
constexpr std::array kHistoryClassKeys{
    Key{"keep", &kText, "How long values are kept at least: such as '30 days', or 'for ever'.",
        true},
};
constexpr Record kHistoryClassRecord{
    "class of the history", "How long the values of some signals are kept.", kHistoryClassKeys};
constexpr Value kHistoryClass{.form = Form::Record,
                              .what = "a table of a class of the history",
                              .record = &kHistoryClassRecord};
constexpr Value kHistoryClasses{
    .form = Form::Named, .what = "a table of classes", .of = &kHistoryClass};
constexpr std::array kHistoryKeys{
    Key{"kind", &kHistoryKind,
        "'file': a directory of its own (when left out); 'postgres': a PostgreSQL database."},
    Key{"url", &kText,
        "Kind postgres: 'postgresql://user@host:port/database'. A password comes from the "
        "environment, as '${NAME}', or from the file that PGPASSFILE names."},
    Key{"schema", &kName, "Kind postgres: the schema of its tables; 'gemel' when left out."},
    Key{"commit", &kText,
        "When samples are on the disk: 'every batch' (when left out), or such as 'every 50 ms'. "
        "Nothing is acknowledged before it is there, in either case."},
    Key{"keep", &kText,
        "How long values are kept at least: such as '400 days', or 'for ever' (when left out). "
        "The newest value of a signal and all events are kept however old they are."},
    Key{"keep_bytes", &kText,
        "Kind file: how large it may grow before the oldest values go, such as '200 GB'."},
    Key{"classes", &kHistoryClasses,
        "Signals that are kept for another time: a signal names its class by 'history: NAME'."},
};
constexpr Record kHistoryRecord{"history", "The durable record.", kHistoryKeys};
constexpr Value kHistory{
    .form = Form::Record, .what = "a table of the history's settings", .record = &kHistoryRecord};

constexpr std::array kTwinKeys{
    Key{"gemel", &kVersion, "Version of the twin file's grammar: 1.", true},
    Key{"plant", &kText, "Name of the plant.", true},
    Key{"description", &kText, "For people."},
    Key{"types", &kTypes, "What assets of one kind have in common."},
    Key{"assets", &kAssets, "The tree of assets."},
    Key{"connections", &kConnections, "What flows from where to where."},
    Key{"sources", &kSources, "Where samples come from and commands go to."},
    Key{"bindings", &kBindings, "Which signal is found where in the sources."},
    Key{"simulators", &kSimulators, "Simulators of the plant as a whole."},
    Key{"decisions", &kDecisions, "What recommendations are made for."},
    Key{"history", &kHistory, "The durable record."},
};

}  // namespace

constexpr Record kAssetRecord{"asset", "A thing in the plant, and its place in the tree.",
                              kAssetKeys, &kAsset, "A part of this asset."};
constexpr Record kTwinRecord{"twin file", "One plant, as Gemel keeps its twin.", kTwinKeys};

const Key* Record::find(std::string_view key) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace gemel::spec
