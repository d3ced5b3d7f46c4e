#include "spec/detail/flow_grammar.hpp"

namespace gemel::spec {
namespace {

using namespace std::string_view_literals;

constexpr Value kText{.form = Form::Text, .what = "a text"};
constexpr Value kName{.form = Form::Name, .what = "a name"};
constexpr Value kNumber{.form = Form::Number, .what = "a number"};
constexpr Value kQuantity{.form = Form::Quantity, .what = "a number, with a unit if need be"};
constexpr Value kDuration{.form = Form::Duration, .what = "a duration such as '5 s'"};
constexpr Value kTimes{.form = Form::Text,
                       .what = "a time such as '40 s', or a distribution of times"};
constexpr Value kPlace{.form = Form::List, .what = "[east, north]", .of = &kQuantity, .length = 2};

constexpr Record kShares{"way on",
                         "Where items go next, by shares that sum to 1.",
                         {},
                         &kNumber,
                         "A share of the items."};
constexpr Value kNext{.form = Form::ShortOr,
                      .what = "the name of an element, or a table of names and shares",
                      .of = &kName,
                      .record = &kShares};
constexpr std::string_view kNextIs =
    "Where items go next: a name, or a table of names and shares, such as {pack: 0.95, rework: "
    "0.05}.";

constexpr std::array kSourceKeys{
    Key{"between", &kTimes,
        "Time between items: '40 s', 'exponential(40 s)'. With 'cards', the least; 0 s when left "
        "out."},
    Key{"batch", &kNumber, "Items that come at once; 1 when left out."},
    Key{"cards", &kNumber,
        "At most so many items are in the system: one comes as soon as one has left."},
    Key{"limit", &kNumber, "Items in all."},
    Key{"next", &kNext, kNextIs, true},
};
constexpr Record kSource{"source of items", "Where items come from.", kSourceKeys};
constexpr Value kSourceValue{
    .form = Form::Record, .what = "a table of a source", .record = &kSource};

constexpr std::array kWears{"work"sv, "time"sv};
constexpr Value kWear{.form = Form::Choice, .what = "what wears a machine", .choices = kWears};
constexpr std::array kFailuresKeys{
    Key{"uptime", &kTimes, "Until it fails: 'weibull(1.5, 30 h)', 'exponential(30 h)'.", true},
    Key{"repair", &kTimes, "Time that a repair takes: 'lognormal(40 min, 20 min)'.", true},
    Key{"of", &kWear, "'work' (when left out): only working time wears it; 'time': the calendar."},
    Key{"crew", &kName, "Who repairs; somebody who is always there when left out."},
    Key{"cost", &kNumber, "Of a repair, in the currency."},
};
constexpr Record kFailures{"failure", "What a machine does not work through.", kFailuresKeys};
constexpr Value kFailuresValue{
    .form = Form::Record, .what = "a table of failures", .record = &kFailures};

constexpr std::array kMaintenanceKeys{
    Key{"every", &kDuration, "From one to the next.", true},
    Key{"duration", &kDuration, "Time that one takes.", true},
    Key{"on", &kText, "A time at which one is or was planned (ISO 8601); the others follow."},
    Key{"first", &kDuration,
        "From the beginning of a what-if to the next, where no 'on' or bound signal tells; "
        "'every' when left out."},
    Key{"crew", &kName, "Who does it; somebody who is always there when left out."},
    Key{"cost", &kNumber, "Of one, in the currency."},
};
constexpr Record kMaintenance{
    "maintenance", "Planned work, after which a machine is as good as new.", kMaintenanceKeys};
constexpr Value kMaintenanceValue{
    .form = Form::Record, .what = "a table of a maintenance", .record = &kMaintenance};

constexpr Value kShift{.form = Form::Text, .what = "a shift such as '06:00-14:00'"};
constexpr Value kShifts{.form = Form::OneOrMore, .what = "shifts", .of = &kShift};
constexpr std::array kDisciplines{"first_in"sv, "last_in"sv};
constexpr Value kDiscipline{
    .form = Form::Choice, .what = "who goes first", .choices = kDisciplines};
constexpr std::array kStationKeys{
    Key{"service", &kTimes, "Time that a machine works on a batch: 'triangular(30 s, 40 s, 60 s)'.",
        true},
    Key{"machines", &kNumber, "Machines in parallel; 1 when left out."},
    Key{"speed", &kNumber, "Divides service times; 1 when left out."},
    Key{"batch", &kNumber, "Items that are worked on at once; 1 when left out."},
    Key{"buffer", &kNumber, "Room before the machines; without end when left out."},
    Key{"discipline", &kDiscipline, "'first_in' (when left out) or 'last_in'."},
    Key{"failures", &kFailuresValue, "What it does not work through."},
    Key{"maintenance", &kMaintenanceValue, "Planned work on its machines."},
    Key{"shifts", &kShifts, "When it begins work, UTC: '06:00-14:00'; always when left out."},
    Key{"power_working", &kQuantity, "Of a machine at work, such as '12 kW'."},
    Key{"power_idle", &kQuantity, "Of a machine that waits or is blocked."},
    Key{"cost_per_hour", &kNumber, "Of a machine, in the currency."},
    Key{"at", &kPlace,
        "Where it stands, for vehicles without a 'layout': [east, north], such as [10 m, 0 m]."},
    Key{"next", &kNext, kNextIs, true},
};
constexpr Record kStation{"station", "Machines behind a buffer.", kStationKeys};
constexpr Value kStationValue{
    .form = Form::Record, .what = "a table of a station", .record = &kStation};

constexpr std::array kConveyorKeys{
    Key{"travel", &kDuration, "Time that an item rides.", true},
    Key{"capacity", &kNumber, "Items that it holds; any number when left out."},
    Key{"next", &kNext, kNextIs, true},
};
constexpr Record kConveyor{"conveyor", "Carries each item for the same time.", kConveyorKeys};
constexpr Value kConveyorValue{
    .form = Form::Record, .what = "a table of a conveyor", .record = &kConveyor};

constexpr std::array kBatteryKeys{
    Key{"capacity", &kQuantity, "What it holds, such as '2 kWh'.", true},
    Key{"driving", &kQuantity, "Power that a vehicle draws while it drives, such as '600 W'.",
        true},
    Key{"standing", &kQuantity, "Power that it draws otherwise; none when left out."},
    Key{"charging", &kQuantity, "Power that charges it.", true},
    Key{"charge_below", &kQuantity,
        "Share of the capacity below which a vehicle goes to charge, once it has delivered; '30 %' "
        "when left out."},
    Key{"charge_until", &kQuantity, "Share until which it charges; '90 %' when left out."},
};
constexpr Record kBattery{
    "battery", "What a vehicle drives on. It goes to charge while it can reach a charger.",
    kBatteryKeys};
constexpr Value kBatteryValue{
    .form = Form::Record, .what = "a table of a battery", .record = &kBattery};

constexpr std::array kVehicleFailuresKeys{
    Key{"uptime", &kTimes, "Driving until it fails: 'exponential(200 h)'.", true},
    Key{"repair", &kTimes, "Time that a repair takes, on the spot.", true},
    Key{"crew", &kName, "Who repairs; somebody who is always there when left out."},
    Key{"cost", &kNumber, "Of a repair, in the currency."},
};
constexpr Record kVehicleFailures{"failure of vehicles", "What stops a vehicle on its way.",
                                  kVehicleFailuresKeys};
constexpr Value kVehicleFailuresValue{
    .form = Form::Record, .what = "a table of failures", .record = &kVehicleFailures};

constexpr Value kTrips{
    .form = Form::Named, .what = "a table of elements and where their items go", .of = &kNext};
constexpr std::array kDispatchings{"first_come"sv, "nearest"sv, "longest_queue"sv};
constexpr Value kDispatching{
    .form = Form::Choice, .what = "a dispatching rule", .choices = kDispatchings};
constexpr std::array kFleetKeys{
    Key{"speed", &kQuantity, "Of a vehicle, such as '1.2 m/s'.", true},
    Key{"loaded_speed", &kQuantity, "Of one with an item; 'speed' when left out."},
    Key{"vehicles", &kNumber, "How many; 1 when left out."},
    Key{"handling", &kTimes, "Time to load, and to unload; none when left out."},
    Key{"loading", &kTimes, "Time to load; 'handling' when left out."},
    Key{"unloading", &kTimes, "Time to unload; 'handling' when left out."},
    Key{"dispatching", &kDispatching,
        "Which request the nearest idle vehicle is sent to: 'first_come' (when left out), the one "
        "that waits longest; 'nearest', the one with the shortest way; 'longest_queue', the oldest "
        "where most wait."},
    Key{"battery", &kBatteryValue, "What its vehicles drive on, where they must charge."},
    Key{"failures", &kVehicleFailuresValue, "What stops them."},
    Key{"cost_per_hour", &kNumber, "Of a vehicle, in the currency."},
    Key{"next", &kNext, "Where it takes what has no trip of its own: a name, or names and shares."},
    Key{"trips", &kTrips,
        "Where it takes the items of each element, such as {saw: mill, mill: {pack: 0.9, scrap: "
        "0.1}}."},
};
constexpr Record kFleet{"fleet",
                        "Automated guided vehicles that carry one item each: on the ways of "
                        "'layout', or straight between the stations' 'at'.",
                        kFleetKeys};
constexpr Value kFleetValue{.form = Form::Record, .what = "a table of a fleet", .record = &kFleet};

constexpr std::array kSinkKeys{
    Key{"value", &kNumber, "Of an item that leaves here, in the currency."},
};
constexpr Record kSink{"sink", "Where items leave.", kSinkKeys};
constexpr Value kSinkValue{
    .form = Form::Record, .what = "a table of a sink; {} will do", .record = &kSink};

constexpr std::array kCrewKeys{
    Key{"people", &kNumber, "Who repair and maintain, one machine each; 1 when left out."},
};
constexpr Record kCrew{"crew", "People who repair and maintain.", kCrewKeys};
constexpr Value kCrewValue{
    .form = Form::Record, .what = "a table of a crew; {} will do", .record = &kCrew};

constexpr Value kServes{.form = Form::OneOrMore, .what = "names of elements", .of = &kName};
constexpr std::array kPointKeys{
    Key{"serves", &kServes, "Elements whose items vehicles fetch and bring here."},
    Key{"chargers", &kNumber, "Vehicles that can charge here at once; none when left out."},
    Key{"parking", &kNumber, "Vehicles that stand here when they have nothing to do."},
    Key{"holds", &kNumber,
        "Vehicles at once; any number when left out: they stand beside the way there."},
};
constexpr Record kPoint{"point of the layout", "Where vehicles load, unload, wait, charge or meet.",
                        kPointKeys};
constexpr Value kPointValue{
    .form = Form::Record, .what = "a table of a point; {} will do", .record = &kPoint};
constexpr Value kPoints{.form = Form::Named, .what = "a table of points", .of = &kPointValue};

constexpr std::array kYesNoChoices{"true"sv, "false"sv};
constexpr Value kYesNo{.form = Form::Choice, .what = "true or false", .choices = kYesNoChoices};
constexpr std::array kWayKeys{
    Key{"from", &kName, "A point.", true},
    Key{"to", &kName, "Another.", true},
    Key{"length", &kQuantity, "Such as '25 m'.", true},
    Key{"both_ways", &kYesNo,
        "'true': vehicles go in both directions, at any time all in the same; 'false' when left "
        "out."},
    Key{"vehicles", &kNumber, "How many it holds at once; 1 when left out."},
};
constexpr Record kWay{"way of the layout", "From one point to another.", kWayKeys};
constexpr Value kWayValue{.form = Form::Record, .what = "a table of a way", .record = &kWay};
constexpr Value kWays{.form = Form::Named, .what = "a table of ways", .of = &kWayValue};

constexpr std::array kLayoutKeys{
    Key{"points", &kPoints, "Where vehicles stop or meet.", true},
    Key{"ways", &kWays, "What joins them.", true},
};
constexpr Record kLayout{"layout", "The ways that the vehicles of all fleets share.", kLayoutKeys};

}  // namespace

constexpr Value kFlowLayout{
    .form = Form::Record, .what = "a table with points and ways", .record = &kLayout};
constexpr Value kFlowSources{
    .form = Form::Named, .what = "a table of sources of items", .of = &kSourceValue};
constexpr Value kFlowStations{
    .form = Form::Named, .what = "a table of stations", .of = &kStationValue};
constexpr Value kFlowConveyors{
    .form = Form::Named, .what = "a table of conveyors", .of = &kConveyorValue};
constexpr Value kFlowFleets{.form = Form::Named, .what = "a table of fleets", .of = &kFleetValue};
constexpr Value kFlowSinks{.form = Form::Named, .what = "a table of sinks", .of = &kSinkValue};
constexpr Value kFlowCrews{.form = Form::Named, .what = "a table of crews", .of = &kCrewValue};

}  // namespace gemel::spec
