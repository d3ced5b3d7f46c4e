#include "process_flow/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process_flow/textbook.hpp"

namespace gemel::process_flow {
namespace {

using ::testing::HasSubstr;

template <class Spoil>
std::string refusal(Spoil spoil) {
  auto flow = textbook::jackson().flow;
  spoil(flow);
  const auto plan = make_plan(flow);
  return plan ? "accepted" : plan.error().message;
}

TEST(Plan, RefusesWhatCanNotBeAndSaysWhatWouldBe) {
  EXPECT_EQ(refusal([](Flow&) {}), "accepted");
  EXPECT_THAT(refusal([](Flow& f) { f.stations[0].next = {{"secnd"}}; }),
              HasSubstr("'first': there is no element 'secnd'; did you mean 'second'?"));
  EXPECT_THAT(refusal([](Flow& f) { f.stations[1].next[0].share = 0.5; }),
              HasSubstr("'second': its shares sum to 0.83"));
  EXPECT_THAT(refusal([](Flow& f) { f.stations[1].name = "first"; }),
              HasSubstr("two elements are called 'first'"));
  EXPECT_THAT(refusal([](Flow& f) { f.stations[0].next.clear(); }),
              HasSubstr("'first' leads nowhere"));
  EXPECT_THAT(refusal([](Flow& f) { f.stations[0].machines = 0; }), HasSubstr("0 machines"));
  EXPECT_THAT(refusal([](Flow& f) { f.stations[0].speed = -1; }), HasSubstr("the speed is -1"));
  EXPECT_THAT(refusal([](Flow& f) {
                f.stations[0].batch = 3;
                f.stations[0].buffer = 2;
              }),
              HasSubstr("never a batch of 3"));
  EXPECT_THAT(refusal([](Flow& f) { f.stations[0].shifts = {{10, 5}}; }),
              HasSubstr("a shift from 10 to 5"));
  EXPECT_THAT(refusal([](Flow& f) {
                f.stations[0].failures =
                    FlowFailures{Distribution::constant(1), Distribution::constant(1), true, "men"};
                f.crews = {{"man", 1}};
              }),
              HasSubstr("there is no crew 'men'"));
  EXPECT_THAT(refusal([](Flow& f) { f.sources[0].between = Distribution::constant(0); }),
              HasSubstr("items without any time between them"));
  EXPECT_THAT(refusal([](Flow& f) { f.crews = {{"first", 1}}; }),
              HasSubstr("the crew 'first' has a name that is taken"));
  EXPECT_THAT(refusal([](Flow& f) { f.sinks.clear(); }), HasSubstr("needs a sink"));
}

}  // namespace
}  // namespace gemel::process_flow
