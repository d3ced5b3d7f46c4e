#include "fmu/validation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmu/testing/test_fmus.hpp"

namespace gemel::fmu {
namespace {

using ::testing::HasSubstr;

std::string all_of(const std::vector<ValidationFinding>& findings) {
  std::string all;
  for (const auto& each : findings) all += (each.error ? "error " : "warning ") + each.what + "\n";
  return all;
}

TEST(Validation, FindsNothingInAGoodFmu) {
  const testing::TestFmus fmus;
  for (const char* model : {"van_der_pol", "bouncing_ball"})
    EXPECT_EQ(all_of(validate(fmus.make(model))), "") << model;
}

TEST(Validation, WarnsOfWhatDoesNotGoTogether) {
  auto text = testing::description_of("bouncing_ball");
  const std::string parameter =
      "name=\"g\" valueReference=\"4\" causality=\"parameter\" variability=\"";
  const auto at = text.find(parameter);
  ASSERT_NE(at, std::string::npos);
  text.replace(at + parameter.size(), 5, "discrete");
  text.replace(text.find("<Unknown index=\"9\"/>"), 20, "");
  const auto description = read_description(text, "m.xml");
  ASSERT_TRUE(description) << description.error().message;
  const auto all = all_of(check_rules(*description));
  EXPECT_THAT(all, HasSubstr("modelDescription.xml:12: g: a parameter must be fixed or tunable"));
  EXPECT_THAT(all, HasSubstr("bounces: an output that the model structure does not list"));
}

TEST(Validation, SaysWhyAnFmuDoesNotRunHere) {
  const testing::TestFmus fmus;
  EXPECT_THAT(all_of(validate(fmus.make("van_der_pol", "win64"))),
              HasSubstr("error co-simulation: van_der_pol.fmu has no library for this machine"));
  EXPECT_THAT(all_of(validate(fmus.make("no.fmu", {{"readme.txt", "no FMU"}}))),
              HasSubstr("holds no modelDescription.xml"));
}

}  // namespace
}  // namespace gemel::fmu
