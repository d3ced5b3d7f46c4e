// The example line asked the two questions of its README, from the last minute of its telemetry.

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "history/memory_history.hpp"
#include "simulation/simulation.hpp"
#include "spec/spec.hpp"

namespace gemel::scenarios {
namespace {

const std::string kFolder = std::string(GEMEL_SOURCE_DIR) + "/examples/production_line/";

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream text(line);
  for (std::string cell; std::getline(text, cell, ',');) out.push_back(cell);
  return out;
}

class ProductionLine : public ::testing::Test {
 protected:
  ProductionLine() {
    const auto loaded = spec::load_file(kFolder + "twin.yaml");
    GEMEL_CHECK(std::holds_alternative<spec::Loaded>(loaded));
    EXPECT_TRUE(std::get<spec::Loaded>(loaded).warnings.empty()) << spec::report(loaded);
    plant_ = std::get<spec::Loaded>(loaded).plant;
    read_telemetry();
    const history::MemoryHistory history(*plant_);
    simulator_ =
        simulation::fit(*plant_, plant_->simulators[0], history, {}, Timestamp::max(), 1).value();
  }

  WhatIfAnswer ask(Change change, Duration horizon, std::uint32_t draws) const {
    return compare(*simulator_, now_,
                   {.changes = {std::move(change)},
                    .horizon = horizon,
                    .step = Duration::hours(6),
                    .draws = draws})
        .value();
  }

  static Difference of(const WhatIfAnswer& answer, std::string_view name) {
    const auto found = std::ranges::find(answer.differences, name, &Difference::name);
    GEMEL_CHECK(found != answer.differences.end());
    return *found;
  }

  std::shared_ptr<const Plant> plant_;
  std::shared_ptr<const Simulator> simulator_;
  Snapshot now_;

 private:
  void read_telemetry() {
    std::ifstream file(kFolder + "telemetry.csv");
    std::string line, last;
    std::getline(file, line);
    const auto header = cells(line);
    while (std::getline(file, line)) last = line;
    const auto row = cells(last);
    ASSERT_EQ(row.size(), header.size());
    now_ = Snapshot(plant_->signals.size());
    now_.at = now_.known_at = *parse_timestamp(row[0]);
    for (const auto& binding : plant_->bindings) {
      for (const auto& field : binding.fields) {
        const auto column = std::ranges::find(header, field.path) - header.begin();
        ASSERT_LT(static_cast<std::size_t>(column), row.size()) << field.path;
        const double value =
            field.scale * std::stod(row[static_cast<std::size_t>(column)]) + field.offset;
        now_.beliefs.edit(field.signal).absorb({now_.at, now_.at, value, {}});
      }
    }
  }
};

TEST_F(ProductionLine, AFasterMillLeavesFewerHousingsWaiting) {
  const Change faster{
      .control = {}, .value = 1.1, .how = How::Scale, .quantity = "machine_3.speed"};
  const auto answer = ask(faster, Duration::days(2), 32);
  EXPECT_TRUE(answer.changed.warnings.empty()) << answer.changed.warnings.front();
  EXPECT_LT(of(answer, "machine_3.queue").mean_high, 0.0);
  EXPECT_LT(of(answer, "time_in_system").mean_high, 0.0);
  EXPECT_LT(of(answer, "machine_3.utilisation").mean_high, 0.0);
  const auto again = ask(faster, Duration::days(2), 32);
  EXPECT_EQ(of(answer, "time_in_system").mean, of(again, "time_in_system").mean);
}

TEST_F(ProductionLine, AnInspectionThatSlipsLetsTheMillFail) {
  const auto answer = ask({.control = {},
                           .value = 30.0 * 86'400.0,
                           .how = How::Add,
                           .quantity = "machine_3.maintenance.first"},
                          Duration::days(40), 48);
  EXPECT_GT(of(answer, "machine_3.failures").mean_low, 0.0);
  EXPECT_GT(of(answer, "downtime").mean, 0.0);
}

TEST_F(ProductionLine, BeginsWhereTheTelemetryEnds) {
  const auto outcome =
      simulator_->what_if(now_, {.horizon = Duration::hours(1), .draws = 4}).value();
  for (const auto& series : outcome.signals) {
    if (!series.signal.valid()) continue;
    EXPECT_NEAR(series.mean[0], now_.beliefs[series.signal].value, 1e-6) << series.name;
  }
}

}  // namespace
}  // namespace gemel::scenarios
