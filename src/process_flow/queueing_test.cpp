// Flows whose answers are known: intervals hold the exact value about as often as they say. The
// benchmark asks a hundred studies of each.

#include <gtest/gtest.h>

#include "process_flow/study.hpp"
#include "process_flow/textbook.hpp"

namespace gemel::process_flow {
namespace {

void expect_covered(const textbook::Case& known) {
  const auto plan = make_plan(known.flow);
  ASSERT_TRUE(plan) << plan.error().message;
  int held = 0;
  double mean = 0.0;
  constexpr int kStudies = 25;
  for (int k = 0; k < kStudies; ++k) {
    const auto study = study_flow(*plan, {.run = {.warm_up = known.warm_up,
                                                  .horizon = 0.2 * known.horizon,
                                                  .seed = static_cast<std::uint64_t>(k + 1)},
                                          .replications = 10});
    ASSERT_TRUE(study) << study.error().message;
    for (const auto& each : study->indicators) {
      if (each.name != known.indicator) continue;
      held += each.low <= known.exact && known.exact <= each.high;
      mean += each.mean / kStudies;
    }
  }
  EXPECT_GE(held, 21) << known.name << " of " << kStudies;
  EXPECT_NEAR(mean / known.exact, 1.0, 0.02) << known.name;
}

TEST(Queueing, ASingleMachine) { expect_covered(textbook::mm1()); }
TEST(Queueing, MachinesInParallel) { expect_covered(textbook::mmc()); }
TEST(Queueing, ANetworkWithAWayBack) { expect_covered(textbook::jackson()); }
TEST(Queueing, ALineWithConstantWorkInProcess) { expect_covered(textbook::conwip()); }

TEST(Queueing, OneVehicleBetweenTwoPoints) { expect_covered(textbook::one_vehicle()); }
TEST(Queueing, AMachineAndAVehicleThatShareOneItem) { expect_covered(textbook::closed_cycle()); }

TEST(Queueing, LittlesLawHoldsInEveryRun) {
  for (const auto& known : {textbook::mm1(), textbook::mmc(), textbook::jackson()}) {
    const auto plan = make_plan(known.flow);
    const auto run = run_flow(*plan, {.warm_up = known.warm_up, .horizon = 1e5});
    ASSERT_TRUE(run);
    const double throughput = *run->indicators[0], time = *run->indicators[1];
    const double inside = *run->indicators[3];
    EXPECT_NEAR(inside, throughput * time, 0.01 * inside) << known.name;
  }
}

}  // namespace
}  // namespace gemel::process_flow
