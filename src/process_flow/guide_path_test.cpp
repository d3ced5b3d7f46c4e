#include "process_flow/guide_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process_flow/plan.hpp"
#include "process_flow/textbook.hpp"

namespace gemel::process_flow {
namespace {

using ::testing::HasSubstr;

TEST(GuidePath, KnowsTheShortestWayFromEachPointToEach) {
  FlowLayout layout;
  for (const char* name : {"a", "b", "c", "d"}) layout.points.push_back({.name = name});
  layout.ways = {{.name = "ab", .from = "a", .to = "b", .length = 3.0, .both_ways = true},
                 {.name = "bc", .from = "b", .to = "c", .length = 4.0},
                 {.name = "ac", .from = "a", .to = "c", .length = 8.0},
                 {.name = "ca", .from = "c", .to = "a", .length = 1.0}};
  const auto path = GuidePath::make(layout).value();
  EXPECT_EQ(path.distance(0, 2), 7.0);
  EXPECT_EQ(path.leg(0, 2).to, 1u);
  EXPECT_EQ(path.distance(1, 0), 3.0);
  EXPECT_EQ(path.distance(2, 1), 4.0);
  EXPECT_EQ(path.leg(2, 1).way, 3u);
  EXPECT_EQ(path.distance(0, 3), GuidePath::kUnreachable);
}

template <class Spoil>
std::string refusal(Spoil spoil) {
  auto flow = textbook::shuttle(20.0, Distribution::constant(5.0));
  flow.fleets[0].battery = FlowBattery{.capacity = 1e6, .driving = 500.0, .charging = 1000.0};
  flow.layout.points[0].chargers = 1;
  spoil(flow);
  const auto plan = make_plan(flow);
  return plan ? "accepted" : plan.error().message;
}

TEST(GuidePath, RefusesLayoutsOnWhichVehiclesCanNotDoWhatIsAsked) {
  EXPECT_EQ(refusal([](Flow&) {}), "accepted");
  EXPECT_EQ(refusal([](Flow& f) { f.layout.ways[0].length = 0.0; }),
            "'aisle': its length is 0 m; it must be positive");
  EXPECT_EQ(refusal([](Flow& f) { f.layout.ways[0].to = "bb"; }),
            "'aisle': the layout has no point 'bb'; did you mean 'b'?");
  EXPECT_THAT(refusal([](Flow& f) { f.layout.ways[0].to = "a"; }), HasSubstr("from 'a' to itself"));
  EXPECT_THAT(refusal([](Flow& f) { f.layout.ways[0].vehicles = 0; }), HasSubstr("0 vehicles"));
  EXPECT_THAT(refusal([](Flow& f) { f.layout.ways.clear(); }), HasSubstr("no ways"));
  EXPECT_EQ(refusal([](Flow& f) { f.layout.points[1].serves.clear(); }),
            "'agv' brings to 'out', which stands at no point of the layout; name it in a point's "
            "'serves'");
  EXPECT_THAT(refusal([](Flow& f) { f.layout.points[1].serves = {"out", "in"}; }),
              HasSubstr("'b': 'in' stands at 'a' already"));
  EXPECT_EQ(refusal([](Flow& f) { f.layout.ways[0].both_ways = false; }),
            "'agv': no way leads from 'b' to 'a'; add one, or let a way go 'both_ways'");
  EXPECT_THAT(refusal([](Flow& f) { f.layout.points[0].holds = 1; }),
              HasSubstr("charge and park beside the way"));
  EXPECT_THAT(refusal([](Flow& f) {
                f.fleets[0].battery.reset();
                f.layout.points[0] = {.name = "a", .serves = {"in"}, .holds = 1};
                f.layout.points[1].holds = 1;
              }),
              HasSubstr("nowhere to stand out of the way"));
  EXPECT_THAT(refusal([](Flow& f) { f.layout.points[0].chargers = 0; }),
              HasSubstr("'agv' has a battery and nowhere to charge it"));
  EXPECT_THAT(refusal([](Flow& f) { f.layout = {}; }), HasSubstr("nowhere to charge it"));
  // 40 m at 500 J each, of which 0.9 can be charged and 0.01 is kept.
  EXPECT_THAT(
      refusal([](Flow& f) { f.fleets[0].battery->capacity = 22'000.0; }),
      HasSubstr("a charged battery, 0.0055 kWh, does not last from a charger by 'a' and 'b' "
                "to the next: that takes 0.00562 kWh"));
  EXPECT_THAT(refusal([](Flow& f) { f.fleets[0].battery->charge_below = 0.95; }),
              HasSubstr("give shares between 0 and 1"));
  EXPECT_THAT(refusal([](Flow& f) { f.sources[0].next = {{"out"}}; }),
              HasSubstr("nothing leads to the fleet 'agv'"));
}

}  // namespace
}  // namespace gemel::process_flow
