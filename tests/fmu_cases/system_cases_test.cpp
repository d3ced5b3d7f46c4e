// Systems of FMUs that real tools exported, from GEMEL_DATA/fmus. Prints a line a variant; skipped
// where the folder is not there.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "ssp/run.hpp"
#include "trajectory.hpp"

namespace gemel::ssp {
namespace {

namespace fs = std::filesystem;

class SystemCases : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* told = std::getenv("GEMEL_DATA");
    data_ = fs::path(told && *told ? told : "../shared/data") / "fmus";
    if (!fs::exists(data_)) GTEST_SKIP() << "no GEMEL_DATA/fmus here";
  }

  CoupledSystem system(const fs::path& file, const fs::path& folder) {
    LoadOptions options;
    options.folder = folder;
    const auto package = load(file, options);
    EXPECT_TRUE(package) << package.error().message;
    auto found = couple(*package);
    EXPECT_TRUE(found) << found.error().message;
    return std::move(*found);
  }

  fs::path data_;
};

RunOptions options(Exchange exchange, std::size_t order, double step_s) {
  RunOptions options;
  options.step_s = step_s;
  options.output_s = 0.01;
  options.master.exchange = exchange;
  options.master.order = order;
  return options;
}

class QuarterTruck : public SystemCases {
 protected:
  void SetUp() override {
    SystemCases::SetUp();
    if (IsSkipped()) return;
    const auto folder = data_ / "osp-fmi2-cs-quarter_truck";
    truck_ = system(fs::path(GEMEL_SOURCE_DIR) / "tests/fmu_cases/quarter_truck.ssd", folder);
    auto exact = fmu::read_trajectory(folder / "quarter_truck_exact.csv");
    ASSERT_TRUE(exact) << exact.error().message;
    exact_ = std::move(*exact);
  }

  /// The largest error of the chassis' position over 2 s.
  double error_of(RunOptions options) {
    options.stop_s = 2.0;
    options.outputs = {"chassis.position"};
    fmu::Recording recording;
    const auto summary = run(truck_, options, recording);
    EXPECT_TRUE(summary) << summary.error().message;
    double worst = 0.0;
    for (std::size_t i = 0; i < recording.times_s.size(); ++i) {
      EXPECT_NEAR(recording.times_s[i], exact_.times_s[i], 1e-9);
      worst = std::max(worst, std::abs(recording.values[i] - exact_.at(i, 0)));
    }
    if (summary)
      std::printf(
          "%-12s order %zu corrections %d step %-6g error %-6g: %8.1e, %llu steps of FMUs\n",
          std::string(to_string(options.master.exchange)).c_str(), options.master.order,
          options.master.corrections, *options.step_s, options.master.error.value_or(0.0), worst,
          static_cast<unsigned long long>(summary->counts.component_steps));
    return worst;
  }

  CoupledSystem truck_;
  fmu::Trajectory exact_;
};

TEST_F(QuarterTruck, ComesNearTheExactSolutionWithWhatIsChosenByDefault) {
  const MasterSettings chosen;
  EXPECT_LE(error_of(options(chosen.exchange, chosen.order, 1e-3)), 5e-5);
}

TEST_F(QuarterTruck, HasTheErrorOfItsPeersWherePlainJacobiHoldsInputs) {
  const double plain = error_of(options(Exchange::Jacobi, 0, 1e-3));
  EXPECT_GT(plain, 5e-4);
  EXPECT_LT(plain, 7.4e-4);
}

TEST_F(QuarterTruck, IsMeasuredInEveryVariant) {
  for (const double step_s : {5e-3, 2e-3, 1e-3, 1e-4}) {
    for (const auto exchange : {Exchange::Jacobi, Exchange::GaussSeidel}) {
      for (std::size_t order = 0; order <= 2; ++order) {
        auto one = options(exchange, order, step_s);
        EXPECT_LT(error_of(one), 5e-3);
        if (step_s != 1e-3) continue;
        one.master.corrections = 1;
        EXPECT_LT(error_of(one), 5e-3);
        if (order == 0) continue;
        one.master.corrections = 0;
        one.master.error = 1e-3;
        EXPECT_LT(error_of(one), 5e-3);
      }
    }
  }
}

/// The worst signal's root mean square difference over its range.
double difference(const fmu::Recording& a, const fmu::Recording& b) {
  const auto found = fmu::deviation(fmu::trajectory_of(a), fmu::trajectory_of(b), {});
  EXPECT_TRUE(found) << found.error().message;
  return found ? found->worst : 1.0;
}

TEST_F(SystemCases, CraneComesToWhatSmallStepsOfJacobiComeTo) {
  const auto folder = data_ / "20sim-fmi2-cs-crane-ssp";
  const auto crane = system(folder / "SystemStructure.ssd", folder);
  const auto ran = [&](Exchange exchange, std::size_t order, double step_s) {
    auto wanted = options(exchange, order, step_s);
    wanted.stop_s = 0.25;
    fmu::Recording recording;
    const auto summary = run(crane, wanted, recording);
    EXPECT_TRUE(summary) << summary.error().message;
    return recording;
  };
  const MasterSettings chosen;
  const auto reference = ran(Exchange::Jacobi, 0, 1e-6);
  double before = 1.0;
  for (const double step_s : {1e-4, 2e-5, 1e-5}) {
    const double ours = difference(ran(chosen.exchange, chosen.order, step_s), reference);
    const double plain = difference(ran(Exchange::Jacobi, 0, step_s), reference);
    std::printf("crane, step %g: %.1e; plain Jacobi %.1e\n", step_s, ours, plain);
    EXPECT_LT(ours, before);
    EXPECT_LT(ours, plain);
    before = ours;
  }
  EXPECT_LT(before, 0.02);
}

TEST_F(SystemCases, AnFmuOfFmi3InASystemGivesWhatItGivesAlone) {
  const auto folder = data_ / "mworks-fmi3-cs-CoupledClutches";
  const auto file = fs::path(::testing::TempDir()) / "one.ssd";
  std::ofstream(file) << "<s:SystemStructureDescription version='1.0' name='one'"
                         " xmlns:s='http://ssp-standard.org/SSP1/SystemStructureDescription'>"
                         "<s:System name='one'><s:Elements><s:Component name='c'"
                         " source='CoupledClutches.fmu'/></s:Elements></s:System>"
                         "</s:SystemStructureDescription>";
  const auto one = system(file, folder);
  // The table's columns are inputs of the FMU; in the system they are called c.inputs.
  const auto alone = fmu::InputTable::read(folder / "CoupledClutches_in.csv",
                                           one.components[0].fmu->description());
  ASSERT_TRUE(alone) << alone.error().message;
  std::ifstream in(folder / "CoupledClutches_in.csv");
  std::string header, rest;
  std::getline(in, header);
  std::getline(in, rest, '\0');
  header.erase(
      std::remove_if(header.begin(), header.end(), [](char c) { return c == '"' || c == '\r'; }),
      header.end());
  for (std::size_t at = header.find(','); at != std::string::npos; at = header.find(',', at + 1))
    header.insert(at + 1, "c.");
  const auto table =
      fmu::InputTable::parse(header + "\n" + rest, "in.csv", external_description(one));
  ASSERT_TRUE(table) << table.error().message;

  fmu::RunOptions by_itself;
  by_itself.kind = fmu::Interface::CoSimulation;
  by_itself.stop_s = 1.5;
  by_itself.step_s = 0.003;
  by_itself.tolerance = 1e-4;
  by_itself.inputs = &*alone;
  by_itself.inputs_at_middle = true;
  by_itself.event_rows = false;
  fmu::Recording expected, found;
  ASSERT_TRUE(fmu::run(*one.components[0].fmu, by_itself, expected));
  RunOptions together;
  together.stop_s = 1.5;
  together.step_s = 0.003;
  together.master.tolerance = 1e-4;
  together.master.inputs = &*table;
  const auto summary = run(one, together, found);
  ASSERT_TRUE(summary) << summary.error().message;
  ASSERT_EQ(found.values.size(), expected.values.size());
  for (std::size_t i = 0; i < found.values.size(); ++i)
    EXPECT_NEAR(found.values[i], expected.values[i], 1e-9) << "value " << i;
}

}  // namespace
}  // namespace gemel::ssp
