#include "spec/detail/network_grammar.hpp"

namespace gemel::spec {
namespace {

constexpr Value kDuration{.form = Form::Duration, .what = "a duration, such as '10 s'"};
constexpr Value kText{.form = Form::Text, .what = "a text"};
constexpr Value kQuantity{.form = Form::Quantity, .what = "a number, with a unit if need be"};
constexpr Value kReference{.form = Form::Reference,
                           .what = "the path of a signal, control or asset"};

constexpr std::array kComponentKeys{
    Key{"kind", &kText, "Such as 'pump', 'pipe', 'valve', 'tank', 'drive', 'motor', 'battery'.",
        true},
};
constexpr Record kComponentRecord{
    "component", "One component of a plant as equations.", kComponentKeys, &kQuantity,
    "A parameter of the component, a state at the start, or an input."};
constexpr Value kComponent{
    .form = Form::Record, .what = "a table of a component", .record = &kComponentRecord};

constexpr Value kLink{.form = Form::Text,
                      .what =
                          "a chain such as 'pump_1 -> valve_1 -> tank' or 'pump_1.power -> "
                          "drive_1.load'"};

constexpr std::array kFollowKeys{
    Key{"start", &kQuantity, "What it is believed to be at first; as described when left out."},
    Key{"spread", &kQuantity, "How far from that it may be: a standard deviation.", true},
    Key{"wander", &kQuantity,
        "How far it may go of its own accord in an hour: a standard deviation, growing with the "
        "root of time. 0 when left out."},
    Key{"memory", &kDuration,
        "Of an input or parameter, in what-ifs: it comes back within this time to what is usual of "
        "it, which start and spread say as far as what it is now does not. Without it its wander "
        "adds "
        "up for ever."},
    Key{"sudden", &kQuantity,
        "How far a fault may change it at once: a standard deviation. Of an input or parameter "
        "that wanders thirty spreads when left out, of a state nothing."},
    Key{"unit", &kText, "Of the signals that tell it; the component's when left out."},
    Key{"asset", &kReference,
        "The asset whose signals tell it ('pump_1.wear'); the simulator's when left out."},
};
constexpr Record kFollowRecord{
    "followed quantity",
    "A state, or an input or parameter that nobody measures and that changes slowly: a filter "
    "follows it and tells it as signals.",
    kFollowKeys};
constexpr Value kFollow{
    .form = Form::Record, .what = "a table of a followed quantity", .record = &kFollowRecord};

constexpr Value kSets{
    .form = Form::Named, .what = "a table of quantities", .of = &kQuantity, .keys_are_paths = true};
constexpr std::array kMaintenanceKeys{
    Key{"every", &kDuration, "From one to the next.", true},
    Key{"on", &kText, "A time at which one is or was planned (ISO 8601); the others follow.", true},
    Key{"sets", &kSets, "What is so afterwards: 'strainer_1.deposit: 0 %'.", true},
};
constexpr Record kMaintenanceRecord{
    "maintenance",
    "Planned work that changes the plant, such as a cleaning. A what-if moves the next one: "
    "'cleaning.first' is the time until then.",
    kMaintenanceKeys};
constexpr Value kMaintenance{
    .form = Form::Record, .what = "a table of a maintenance", .record = &kMaintenanceRecord};

constexpr Value kSummed{.form = Form::OneOrMore,
                        .what = "a quantity such as 'pump_1.flow', or a list of them",
                        .of = &kText};
constexpr std::array kIndicatorKeys{
    Key{"integral", &kSummed, "Quantities whose sum is integrated over the horizon."},
    Key{"per", &kSummed, "Quantities by whose integral that of 'integral' is divided."},
    Key{"mean", &kSummed, "Or: quantities of whose sum the mean is told …"},
    Key{"lowest", &kSummed, "… or the lowest value …"},
    Key{"highest", &kSummed, "… or the highest …"},
    Key{"last", &kSummed, "… or the last."},
    Key{"unit", &kText, "That it is told in, such as 'kWh' or 'kWh/m3'.", true},
};
constexpr Record kIndicatorRecord{
    "indicator", "One number of each future, such as the energy that it takes.", kIndicatorKeys};
constexpr Value kIndicator{
    .form = Form::Record, .what = "a table of an indicator", .record = &kIndicatorRecord};

}  // namespace

constexpr Value kNetworkComponents{
    .form = Form::Named, .what = "a table of components", .of = &kComponent};
constexpr Value kNetworkLinks{.form = Form::List, .what = "a list of links", .of = &kLink};
constexpr Value kNetworkControls{
    .form = Form::Named, .what = "a table of inputs and paths", .of = &kReference};
constexpr Value kNetworkFollowed{.form = Form::Named,
                                 .what = "a table of followed quantities",
                                 .of = &kFollow,
                                 .keys_are_paths = true};
constexpr Value kNetworkIndicators{
    .form = Form::Named, .what = "a table of indicators", .of = &kIndicator};
constexpr Value kNetworkMaintenance{
    .form = Form::Named, .what = "a table of planned work", .of = &kMaintenance};
constexpr Value kNetworkNoise{
    .form = Form::Named, .what = "a table of quantities", .of = &kQuantity};

}  // namespace gemel::spec
