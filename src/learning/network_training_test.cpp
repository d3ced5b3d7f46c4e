#include "learning/network_training.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "networks/onnx_network.hpp"

namespace gemel::learning {
namespace {

using ::testing::HasSubstr;

/// Two signals that swing together in their own units; a silence in the middle.
class NetworkTrainingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto* path : {"pump_1.flow", "pump_1.power"}) {
      Signal signal;
      signal.id = SignalId{static_cast<std::uint32_t>(plant_.signals.size())};
      signal.path = path;
      signal.unit.symbol = "kW";
      plant_.signals.push_back(signal);
      spec_.signals.push_back(signal.id);
    }
    spec_.path = "pump_1.seen";
    training_.network.kind = networks::NetworkKind::Mlp;
    training_.network.rows = 12;
    training_.network.horizon = 2;
    training_.fit.epochs = 8;
    training_.fit.rate = 5e-3;
  }
  static inference::RowTable swings(std::size_t rows) {
    Random random(1);
    inference::RowTable table;
    table.width = 2;
    const std::vector<Quality> good(2);
    for (std::size_t i = 0; i < rows; ++i) {
      const double angle = static_cast<double>(i) / 3.0;
      const std::vector<double> values{300.0 + 20.0 * std::sin(angle) + 0.1 * random.normal(),
                                       7.0 + 0.5 * std::cos(angle)};
      const double second = static_cast<double>(i) + (i > rows / 2 ? 1000.0 : 0.0);
      table.add({Timestamp{} + Duration::from_seconds(second), values, good});
    }
    return table;
  }
  Result<TrainedNetwork> trained(const inference::RowTable& rows, std::stop_token stop = {}) {
    return train_network(plant_, spec_, rows, Duration::seconds(1), training_, {}, stop);
  }

  Plant plant_;
  DetectorSpec spec_;
  NetworkTraining training_;
};

TEST_F(NetworkTrainingTest, LearnsWhatIsBetterThanTheUsualAndSaysSoOnTheCard) {
  const auto made = trained(swings(800));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_LT(made->report.best.validation, 0.3 * made->error_usual);
  EXPECT_NEAR(made->card.inputs[0].offset, 300.0, 5.0);
  EXPECT_EQ(made->card.inputs[0].signal, "pump_1.flow");
  EXPECT_EQ(made->card.output_shape(), (networks::Shape{1, 2, 2}));
  const auto told = nlohmann::json::parse(made->card.trained);
  EXPECT_EQ(told["rows"], 800);
  EXPECT_EQ(told["kind"], "mlp");
  // 14 rows a window, one silence and the cut: each costs 13 windows.
  EXPECT_EQ(made->training_windows, 640 - 2 * 13u);
  EXPECT_EQ(made->validation_windows, 160 - 13u);
  if (!networks::onnx_available()) GTEST_SKIP() << networks::onnx_available().error().message;
  EXPECT_NEAR(*made->error_written, made->report.best.validation, 1e-4);
}

TEST_F(NetworkTrainingTest, ShowsWhatEightBitWeightsCost) {
  if (!networks::onnx_available()) GTEST_SKIP() << networks::onnx_available().error().message;
  training_.int8 = true;
  const auto made = trained(swings(800));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_NE(*made->error_written, *made->error_float);
  EXPECT_LT(*made->error_written, 2.0 * *made->error_float + 0.01);
}

TEST_F(NetworkTrainingTest, NeedsRows) {
  EXPECT_THAT(trained(swings(30)).error().message,
              HasSubstr("pump_1.seen: 30 rows are too few for windows of 14"));
}

TEST_F(NetworkTrainingTest, GivesNothingWhenItIsStoppedAtOnce) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(trained(swings(800), stop.get_token()).error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace gemel::learning
