#include "fmu/instance.hpp"

#include <array>
#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmu/fmu.hpp"
#include "fmu/testing/test_fmus.hpp"
#include "fmu/variable_row.hpp"

namespace gemel::fmu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TestFmus;

constexpr ValueReference kX0 = 0, kX1 = 1, kMu = 4;

class InstanceOf : public ::testing::Test {
 protected:
  std::unique_ptr<Instance> make(std::string_view model, InstanceOptions options = {}) {
    const auto fmu = Fmu::load(fmus_.make(model));
    EXPECT_TRUE(fmu) << fmu.error().message;
    auto instance = (*fmu)->instantiate(options);
    EXPECT_TRUE(instance) << instance.error().message;
    return std::move(*instance);  // it keeps its FMU
  }
  std::unique_ptr<Instance> started(std::string_view model, InstanceOptions options = {}) {
    auto instance = make(model, options);
    EXPECT_TRUE(instance->enter_initialisation({}));
    EXPECT_TRUE(instance->exit_initialisation());
    return instance;
  }
  static double get(Instance& instance, ValueReference reference) {
    double value = NAN;
    EXPECT_TRUE(instance.get_numbers(Type::Float64, {&reference, 1}, {&value, 1}));
    return value;
  }
  TestFmus fmus_;
};

TEST_F(InstanceOf, CoSimulationStepsThroughTime) {
  const auto instance = started("van_der_pol");
  const auto outcome = instance->do_step(0.0, 0.01);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->reached_s, 0.01);
  EXPECT_EQ(get(*instance, kX0), 2.0);
  EXPECT_EQ(get(*instance, kX1), -0.02);  // one step of Euler: 0.01 (mu (1 - 4) 0 - 2)
}

TEST_F(InstanceOf, AStateThatWasSavedIsTheSameAgain) {
  const auto instance = started("van_der_pol");
  ASSERT_TRUE(instance->do_step(0.0, 1.0));
  const double x0 = get(*instance, kX0);
  SavedState state;
  ASSERT_TRUE(instance->save(state));
  ASSERT_TRUE(instance->do_step(1.0, 1.0));
  const double later = get(*instance, kX0);
  ASSERT_NE(later, x0);
  ASSERT_TRUE(instance->restore(state));
  EXPECT_EQ(get(*instance, kX0), x0);
  ASSERT_TRUE(instance->do_step(1.0, 1.0));
  EXPECT_EQ(get(*instance, kX0), later);
}

TEST_F(InstanceOf, AStateGoesAsBytesToAnotherInstance) {
  const auto one = started("van_der_pol"), other = started("van_der_pol");
  ASSERT_TRUE(one->do_step(0.0, 1.0));
  SavedState state, read;
  ASSERT_TRUE(one->save(state));
  const auto bytes = one->serialise(state);
  ASSERT_TRUE(bytes) << bytes.error().message;
  ASSERT_TRUE(other->deserialise(*bytes, read));
  ASSERT_TRUE(other->restore(read));
  EXPECT_EQ(get(*other, kX1), get(*one, kX1));
  EXPECT_FALSE(other->deserialise("short", read));
}

TEST_F(InstanceOf, DirectionalDerivativesAreThoseOfTheEquations) {
  const auto instance = started("van_der_pol");
  const ValueReference unknown = 3;  // der(x1) = mu (1 - x0²) x1 - x0
  const ValueReference knowns[]{kX0, kX1, kMu};
  const double seed[]{1.0, 10.0, 100.0};
  double sensitivity = 0.0;
  ASSERT_TRUE(instance->directional_derivative({&unknown, 1}, knowns, seed, {&sensitivity, 1}));
  EXPECT_EQ(sensitivity, -1.0 + 10.0 * (1.0 - 4.0) + 0.0);
}

TEST_F(InstanceOf, ArraysGoInAndOutWhole) {
  const auto instance = started("sampler");
  const auto& description = instance->description();
  ASSERT_TRUE(set_from_text(*instance, **description.find("u"), "1 2 3"));
  const auto row = VariableRow::make(description, std::array{*description.find("y")});
  ASSERT_TRUE(row);
  std::vector<double> values(3);
  ASSERT_TRUE(row->read(*instance, values));
  EXPECT_THAT(values, ElementsAre(2.0, 4.0, 6.0));
  EXPECT_THAT(set_from_text(*instance, **description.find("u"), "1 2").error().message,
              HasSubstr("it has 3"));
}

TEST_F(InstanceOf, TextsAndBytesComeOut) {
  const auto instance = started("sampler");
  const ValueReference name = 8, blob = 11;
  EXPECT_THAT(*instance->get_texts(Type::String, {&name, 1}, 1), ElementsAre("sampler"));
  EXPECT_THAT(*instance->get_texts(Type::Binary, {&blob, 1}, 1),
              ElementsAre(std::string("\0\xff\x07", 3)));
}

TEST_F(InstanceOf, AValueThatTheTypeCannotHoldIsRefused) {
  const auto instance = make("troubled");
  const auto& trouble = **instance->description().find("trouble");
  EXPECT_THAT(set_from_text(*instance, trouble, "2.5").error().message,
              HasSubstr("2.5 is no Int32"));
  EXPECT_THAT(set_from_text(*instance, trouble, "3e9").error().message, HasSubstr("is no Int32"));
  EXPECT_THAT(set_from_text(*instance, trouble, "much").error().message, HasSubstr("'much'"));
}

TEST_F(InstanceOf, ARefusalBringsTheFmusOwnWords) {
  const auto instance = make("troubled");
  ASSERT_TRUE(set_from_text(*instance, **instance->description().find("trouble"), "5"));
  ASSERT_TRUE(instance->enter_initialisation({}));
  ASSERT_TRUE(instance->exit_initialisation());
  const auto outcome = instance->do_step(0.5, 0.1);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("Troubled says error in fmi2DoStep"));
  EXPECT_THAT(outcome.error().message, HasSubstr("the pump cavitates at t = 0.5"));
  const auto log = instance->take_log();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].category, "logStatusError");
  EXPECT_EQ(log[0].status, 3);
}

TEST_F(InstanceOf, OnlyOneIsMadeWhereTheFmuAllowsNoMore) {
  const auto fmu = *Fmu::load(fmus_.make("troubled"));
  auto first = fmu->instantiate({});
  ASSERT_TRUE(first);
  EXPECT_EQ(fmu->instantiate({}).error().code, ErrorCode::Conflict);
  first->reset();
  EXPECT_TRUE(fmu->instantiate({}));
}

TEST_F(InstanceOf, WhatIsNotOfferedIsNamed) {
  const auto ball = *Fmu::load(fmus_.make("bouncing_ball"));
  EXPECT_THAT(ball->instantiate({}).error().message, HasSubstr("it offers model exchange"));
  const auto instance = started("sampler", {.event_mode = true});
  SavedState state;
  EXPECT_EQ(instance->save(state).error().code, ErrorCode::Unsupported);
}

TEST_F(InstanceOf, ALibraryForAnotherMachineIsMissing) {
  const auto fmu = *Fmu::load(fmus_.make("van_der_pol", "win64"));
  const auto instance = fmu->instantiate({});
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code, ErrorCode::NotFound);
  EXPECT_THAT(instance.error().message, HasSubstr("win64"));
}

TEST_F(InstanceOf, ALibraryThatDoesNotOpenIsNamed) {
  const auto path =
      fmus_.make("broken.fmu", {{"modelDescription.xml", testing::description_of("van_der_pol")},
                                {"binaries/linux64/van_der_pol.so", "no library"},
                                {"binaries/aarch64-linux/van_der_pol.so", "no library"}});
  const auto instance = (*Fmu::load(path))->instantiate({});
  ASSERT_FALSE(instance);
  EXPECT_THAT(instance.error().message, HasSubstr("does not open"));
}

TEST_F(InstanceOf, AWrongGuidIsTheFmusToRefuse) {
  auto text = testing::description_of("van_der_pol");
  text.replace(text.find("{van-der-pol}"), 13, "{van-der-pal}");
  fmus_.make("van_der_pol");
  const auto unpacked = unpack(fmus_.folder() / "van_der_pol.fmu");
  std::string library, place;
  for (const auto& member : unpacked->members) {
    if (!member.ends_with(".so")) continue;
    place = member;
    std::ifstream bytes(unpacked->folder.path() / member, std::ios::binary);
    library.assign(std::istreambuf_iterator<char>(bytes), {});
  }
  const auto path = fmus_.make("wrong.fmu", {{"modelDescription.xml", text}, {place, library}});
  EXPECT_THAT((*Fmu::load(path))->instantiate({}).error().message,
              HasSubstr("the guid {van-der-pal} is not mine"));
}

}  // namespace
}  // namespace gemel::fmu
