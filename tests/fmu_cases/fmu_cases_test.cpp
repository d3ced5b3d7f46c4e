// FMUs that real tools exported, against the references in GEMEL_DATA/fmus (its README says how
// they were made). Prints a line a case; skipped where the folder is not there.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <span>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fmu/fmu.hpp"
#include "fmu/run.hpp"
#include "trajectory.hpp"

namespace gemel::fmu {
namespace {

namespace fs = std::filesystem;

/// A jump that an input's table has lost: right after the row of that time.
struct Jump {
  double time_s, by;
};
/// periodic_clock's input is 7 + sin(t) and a square wave of period 10 s. The table holds its
/// values before each of its jumps.
constexpr Jump kSquareWave[]{{0.0, 1.0}, {5.0, -2.0}, {10.0, 2.0}, {15.0, -2.0}};

struct Case {
  const char* name;  // the folder, and what is run of it
  const char* fmu;
  const char* reference;
  Interface kind;
  double stop_s, step_s, tolerance;  // tolerance 0: the FMU's own
  const char* input;                 // "": none
  double allowed;                    // worst normalised deviation of a signal
  double output_s = 0.0;             // between the reference's rows; 0: the step
  RowsAtEvents rows = RowsAtEvents::After;
  bool first_row_counts = true;
  std::span<const Jump> jumps = {};  // to be put back into the input, which has one column
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

constexpr auto kCs = Interface::CoSimulation;
constexpr auto kMe = Interface::ModelExchange;

// Settings are those of the README of the data. Co-simulation: 1e-6 where the peers' figure is
// below that, otherwise no worse than the best peer. Model exchange: 1e-4.
const Case kCases[]{
    {"20sim-fmi2-cs-ControlledTemperature", "ControlledTemperature.fmu",
     "ControlledTemperature_ref.csv", kCs, 20.0, 0.1, 0.0, "", 1e-6},
    // Clocks tick. The peers' figure is 2.4, for they don't. Its rows are from before each tick,
    // the first one from before initialisation. What is left with the table as it stands is the
    // table's: its rows, too, are from before events, so that it lacks the jumps that the reference
    // followed.
    {"altair-fmi3-csme-periodic_clock", "periodic_clock.fmu", "periodic_clock_ref.csv", kCs, 20.0,
     0.1, 0.0, "periodic_clock_in.csv", 4e-3, 0.0, RowsAtEvents::Before, false},
    {"altair-fmi3-csme-periodic_clock", "periodic_clock.fmu", "periodic_clock_ref.csv", kMe, 20.0,
     0.1, 0.0, "periodic_clock_in.csv", 2e-3, 0.0, RowsAtEvents::Before, false},
    {"altair-fmi3-csme-periodic_clock", "periodic_clock.fmu", "periodic_clock_ref.csv", kCs, 20.0,
     0.1, 0.0, "periodic_clock_in.csv", 1.2e-3, 0.0, RowsAtEvents::Before, false, kSquareWave},
    {"altair-fmi3-csme-periodic_clock", "periodic_clock.fmu", "periodic_clock_ref.csv", kMe, 20.0,
     0.1, 0.0, "periodic_clock_in.csv", 1e-4, 0.0, RowsAtEvents::Before, false, kSquareWave},
    {"altair-fmi3-csme-sinewave_array", "sinewave_array.fmu", "sinewave_array_ref.csv", kCs, 5.0,
     0.01, 0.0, "", 1e-6},
    {"altair-fmi3-csme-sinewave_array", "sinewave_array.fmu", "sinewave_array_ref.csv", kMe, 5.0,
     0.01, 0.0, "", 1e-4},
    {"dymola-fmi2-csme-SpringPendulum1D", "SpringPendulum1D.fmu", "SpringPendulum1D_exact.csv", kCs,
     10.0, 0.01, 1e-8, "", 1.35e-6},
    {"dymola-fmi2-csme-SpringPendulum1D", "SpringPendulum1D.fmu", "SpringPendulum1D_cs_ref.csv",
     kCs, 10.0, 0.01, 0.0, "", 1e-6},
    {"dymola-fmi2-csme-SpringPendulum1D", "SpringPendulum1D.fmu", "SpringPendulum1D_exact.csv", kMe,
     10.0, 0.01, 1e-8, "", 1e-4},
    {"dymola-fmi2-csme-SpringPendulum1D", "SpringPendulum1D.fmu", "SpringPendulum1D_me_ref.csv",
     kMe, 10.0, 0.01, 1e-8, "", 1e-4},
    {"maplesim-fmi2-me-Rectifier", "Rectifier.fmu", "Rectifier_ref.csv", kMe, 0.1, 0.0002, 1e-5, "",
     1e-4},
    {"maplesim-fmi3-csme-ControlledTemperature", "ControlledTemperature.fmu",
     "ControlledTemperatureCS_ref.csv", kCs, 10.0, 0.001, 0.0, "", 1e-6},
    {"maplesim-fmi3-csme-ControlledTemperature", "ControlledTemperature.fmu",
     "ControlledTemperatureME_ref.csv", kMe, 10.0, 0.001, 1e-5, "", 1e-4},
    {"maplesim2023-fmi2-cs-ControlledTemperature", "ControlledTemperature.fmu",
     "ControlledTemperature_ref.csv", kCs, 10.0, 0.001, 0.0, "", 1e-6},
    {"mworks-fmi2-cs-CoupledClutches", "CoupledClutches.fmu", "CoupledClutches_ref.csv", kCs, 1.5,
     0.003, 1e-4, "CoupledClutches_in.csv", 1e-6},
    {"mworks-fmi2-me-BouncingBall", "BouncingBall.fmu", "BouncingBall_ref.csv", kMe, 10.0, 0.02,
     1e-8, "", 1e-4},
    {"mworks-fmi3-cs-CoupledClutches", "CoupledClutches.fmu", "CoupledClutches_ref.csv", kCs, 1.5,
     0.003, 1e-4, "CoupledClutches_in.csv", 1.1e-4},
    {"mworks-fmi3-me-DFFREG", "DFFREG.fmu", "DFFREG_ref.csv", kMe, 25.0, 0.05, 0.0, "", 1e-4},
    {"openmodelica-fmi2-cs-thermal", "thermal_1.fmu", "thermal_1_ref_upstream.csv", kCs, 100.0, 1.0,
     0.0, "thermal_1_in.csv", 1e-6},
    {"simulink-fmikit-fmi2-cs-StateInitExample", "StateInitExample.fmu", "StateInitExample_ref.csv",
     kCs, 10.0, 0.01, 0.0, "", 1e-6},
    {"simulink-fmitoolbox-fmi2-cs-Continuous", "Continuous.fmu", "Continuous_ref.csv", kCs, 10.0,
     0.01, 0.0, "", 1e-6},
    {"simulink-fmitoolbox-fmi2-cs-IntegrateSignal", "IntegrateSignal.fmu",
     "IntegrateSignal_ref.csv", kCs, 10.0, 0.01, 0.0, "IntegrateSignal_in.csv", 5.2e-3},
    {"simulink-fmitoolbox-fmi2-cs-IntegrateSignal", "IntegrateSignal.fmu",
     "IntegrateSignal_ref.csv", kCs, 10.0, 0.001, 0.0, "IntegrateSignal_in.csv", 2.15e-3, 0.01},
    {"simulink-fmitoolbox-fmi2-me-Continuous", "Continuous.fmu", "Continuous_ref.csv", kMe, 10.0,
     0.2, 1e-8, "", 1e-4},
};

/// The table with its jumps put back.
Result<InputTable> input_of(const Case& one, const fs::path& folder,
                            const ModelDescription& description) {
  if (one.jumps.empty()) return InputTable::read(folder / one.input, description);
  GEMEL_ASSIGN(const auto rows, read_trajectory(folder / one.input));
  std::string table = "time," + rows.names.front() + "\n";
  const auto add = [&](double time_s, double value) {
    table += text::number(time_s) + "," + text::number(value) + "\n";
  };
  for (std::size_t r = 0; r < rows.times_s.size(); ++r) {
    add(rows.times_s[r], rows.at(r, 0));
    for (const auto& jump : one.jumps) {
      if (std::abs(rows.times_s[r] - jump.time_s) < 1e-9)
        add(rows.times_s[r], rows.at(r, 0) + jump.by);
    }
  }
  return InputTable::parse(table, one.input, description);
}

/// "" where there is none.
fs::path data_folder() {
  const char* told = std::getenv("GEMEL_DATA");
  const auto folder = fs::path(told && *told ? told : "../shared/data") / "fmus";
  return fs::exists(folder) ? folder : fs::path();
}

class FmuCases : public ::testing::TestWithParam<Case> {};

TEST_P(FmuCases, AgreeWithTheirReference) {
  const Case& one = GetParam();
  const auto data = data_folder();
  if (data.empty()) GTEST_SKIP() << "no GEMEL_DATA/fmus here";
  const auto folder = data / one.name;
  const auto fmu = Fmu::load(folder / one.fmu);
  ASSERT_TRUE(fmu) << fmu.error().message;
  std::optional<InputTable> inputs;
  if (*one.input != '\0') {
    auto read = input_of(one, folder, (*fmu)->description());
    ASSERT_TRUE(read) << read.error().message;
    inputs = std::move(*read);
  }
  const auto reference = read_trajectory(folder / one.reference);
  ASSERT_TRUE(reference) << reference.error().message;

  RunOptions options;
  options.kind = one.kind;
  options.start_s = 0.0;
  options.stop_s = one.stop_s;
  options.step_s = one.step_s;
  if (one.output_s > 0.0) options.output_s = one.output_s;
  if (one.tolerance > 0.0) options.tolerance = one.tolerance;
  options.inputs = inputs ? &*inputs : nullptr;
  options.outputs = reference->names;
  // An array is recorded whole, by its name.
  for (auto& name : options.outputs) {
    const auto bracket = name.find('[');
    const bool element = bracket != std::string::npos && !(*fmu)->description().find(name);
    if (element) name.resize(bracket);
  }
  options.outputs.erase(std::unique(options.outputs.begin(), options.outputs.end()),
                        options.outputs.end());
  Recording recording;
  const auto summary = run(**fmu, options, recording);
  ASSERT_TRUE(summary) << summary.error().message;
  const auto found = deviation(trajectory_of(recording), *reference,
                               {0.05 * one.step_s, one.rows, one.first_row_counts});
  ASSERT_TRUE(found) << found.error().message;
  std::printf("%-46s %-14s %-30s%s %9.1e  allowed %.1e  %5llu events %4llu ticks  worst: %s\n",
              one.name, std::string(to_string(one.kind)).c_str(), one.reference,
              one.jumps.empty() ? "" : " (jumps put back)", found->worst, one.allowed,
              static_cast<unsigned long long>(summary->events),
              static_cast<unsigned long long>(summary->clock_ticks), found->signal.c_str());
  EXPECT_LE(found->worst, one.allowed) << found->signal;
}

INSTANTIATE_TEST_SUITE_P(Data, FmuCases, ::testing::ValuesIn(kCases));

}  // namespace
}  // namespace gemel::fmu
