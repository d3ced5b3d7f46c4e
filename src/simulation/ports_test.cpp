#include "simulation/ports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/test_station.hpp"

namespace gemel::simulation {
namespace {

using testing::HasSubstr;

class PortsTest : public testing::Test {
 protected:
  void complains(const char* about) const {
    const auto ports = bind_ports(bound.spec);
    ASSERT_FALSE(ports);
    EXPECT_EQ(ports.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(ports.error().message, HasSubstr(about));
  }
  test::Bound bound = test::station_of(2);
};

TEST_F(PortsTest, BindsEveryLine) {
  const auto ports = bind_ports(bound.spec);
  ASSERT_TRUE(ports) << ports.error().message;
  EXPECT_EQ(ports->lines.size(), 2u);
  EXPECT_EQ(ports->lines[1].power, bound.signal("power_2"));
  EXPECT_EQ(ports->controls().size(), 4u);
}

TEST_F(PortsTest, DoesWithoutTheOptionalOnes) {
  for (const char* port : {"strainer_dp_1", "speed_asked_2"}) bound.spec.signals.erase(port);
  bound.spec.controls.clear();
  const auto ports = bind_ports(bound.spec);
  ASSERT_TRUE(ports);
  EXPECT_FALSE(ports->lines[0].strainer_dp.valid());
}

TEST_F(PortsTest, NamesThePortThatIsLacking) {
  bound.spec.signals.erase("discharge_2");
  complains("'discharge_2'");
}

TEST_F(PortsTest, NamesAHoleInTheNumbering) {
  bound.spec.signals["flow_3"] = bound.signal("flow_1");
  complains("'suction_3'");
}

TEST_F(PortsTest, NeedsThePositionOfAValveItMayMove) {
  bound.spec.signals.erase("valve_1");
  complains("'valve_1'");
}

TEST_F(PortsTest, HintsAtTheNearestName) {
  bound.spec.signals["flwo_1"] = bound.signal("flow_1");
  complains("did you mean 'flow_1'");
}

TEST_F(PortsTest, ToldParametersMayBeOfOneLineOrOfAll) {
  bound.spec.parameters = {{"shutoff_head", 24.0}, {"shutoff_head_2", 25.0}, {"tank_area", 12.0}};
  const auto told = Told::check(bound.spec, 2);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->of_line("shutoff_head", 0), 24.0);
  EXPECT_EQ(told->of_line("shutoff_head", 1), 25.0);
  EXPECT_EQ(told->of_plant("tank_area"), 12.0);
  EXPECT_EQ(told->of_plant("static_head"), std::nullopt);
}

TEST_F(PortsTest, RefusesParametersItDoesNotHave) {
  bound.spec.parameters = {{"shutof_head", 24.0}};
  EXPECT_THAT(Told::check(bound.spec, 2).error().message, HasSubstr("did you mean 'shutoff_head'"));
  bound.spec.parameters = {{"tank_area", 0.0}};
  EXPECT_THAT(Told::check(bound.spec, 2).error().message, HasSubstr("above 0"));
}

}  // namespace
}  // namespace gemel::simulation
