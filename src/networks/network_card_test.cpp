#include "networks/network_card.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "networks/network.hpp"
#include "networks/onnx_network.hpp"

namespace gemel::networks {
namespace {

using ::testing::HasSubstr;

// As somebody writes it by hand for a network of their own.
constexpr const char* kByHand = R"({
  "format": "gemel network card", "version": 1,
  "network": "pump.onnx",
  "inputs": [
    {"signal": "pump_1.flow", "unit": "L/s", "offset": 30, "scale": 4.5},
    {"signal": "pump_1.power"}
  ],
  "rows": 16, "answer": "forecast", "horizon": 4
})";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(NetworkCard, IsReadAsItIsWrittenByHand) {
  const auto card = parse_card(kByHand);
  ASSERT_TRUE(card) << card.error().message;
  EXPECT_EQ(card->network, "pump.onnx");
  ASSERT_EQ(card->inputs.size(), 2u);
  EXPECT_EQ(card->inputs[0].offset, 30.0);
  EXPECT_EQ(card->inputs[1].scale, 1.0);
  EXPECT_EQ(card->input_shape(), (Shape{1, 16, 2}));
  EXPECT_EQ(card->output_shape(), (Shape{1, 4, 2}));
}

TEST(NetworkCard, IsTheSameAfterWritingAndReading) {
  auto card = *parse_card(kByHand);
  card.period = Duration::milliseconds(250);
  card.trained = R"({"seed":3,"rows":1000})";
  const auto again = parse_card(to_json(card));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(to_json(*again), to_json(card));
  EXPECT_EQ(again->period, card.period);
  EXPECT_EQ(again->trained, card.trained);
}

TEST(NetworkCard, SaysWhatIsWrong) {
  const auto error_with = [](const std::string& what, const std::string& by) {
    const auto card = parse_card(replaced(kByHand, what, by));
    return card ? std::string("none") : card.error().message;
  };
  EXPECT_THAT(error_with("\"rows\": 16", "\"rows\": 0"),
              HasSubstr("'rows' must be a whole number from 1 to 4096, and is 0"));
  EXPECT_THAT(error_with("\"scale\": 4.5", "\"scale\": 0"),
              HasSubstr("inputs[0]: 'scale' must be a number from"));
  EXPECT_THAT(error_with("\"rows\"", "\"row\""), HasSubstr("'rows' must be"));
  EXPECT_THAT(error_with("\"offset\"", "\"ofset\""),
              HasSubstr("inputs[0]: 'ofset' has no meaning; did you mean 'offset'?"));
  EXPECT_THAT(error_with("\"forecast\"", "\"prophecy\""),
              HasSubstr("'answer' must be reconstruction, forecast or score, and is \"prophecy\""));
  EXPECT_THAT(error_with("\"version\": 1", "\"version\": 2"), HasSubstr("by a later Gemel"));
  EXPECT_THAT(error_with("gemel network card", "cake"), HasSubstr("this is no network's card"));
  EXPECT_THAT(error_with("\"network\": \"pump.onnx\",", ""), HasSubstr("names a 'network'"));
  EXPECT_THAT(parse_card("{").error().message, HasSubstr("no JSON object"));
}

class OnTheDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("gemel_networks_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  NetworkCard written() {
    NetworkOptions options;
    options.kind = NetworkKind::Mlp;
    options.signals = 2;
    options.rows = 16;
    options.horizon = 4;
    const auto network = *Network::make(options, 1);
    const auto card = *parse_card(kByHand);
    const auto done = write_network(path(), card, network->to_onnx());
    EXPECT_TRUE(done) << done.error().message;
    return card;
  }
  std::string path() const { return (folder_ / "deep" / "pump_1").string(); }

  std::filesystem::path folder_;
};

TEST_F(OnTheDisk, ANetworkIsFoundByItsCardAndAnswers) {
  written();
  const auto stored = read_network(path() + ".card.json");
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->card.network, "pump_1.onnx");
  EXPECT_EQ(stored->card.sha256, stored->sha256);
  if (!onnx_available()) GTEST_SKIP() << onnx_available().error().message;
  const auto network = stored->open();
  ASSERT_TRUE(network) << network.error().message;
  const std::vector<float> window(32, 0.5F);
  std::vector<float> out(8);
  EXPECT_TRUE((*network)->answer(window, out));
}

TEST_F(OnTheDisk, AnotherFileThanTheCardSpeaksOfIsRefused) {
  written();
  std::ofstream(path() + ".onnx", std::ios::app) << "x";
  const auto stored = read_network(path() + ".card.json");
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, ErrorCode::Corruption);
  EXPECT_THAT(stored.error().message, HasSubstr("has the SHA-256"));
}

TEST_F(OnTheDisk, WhatIsMissingIsNamed) {
  EXPECT_EQ(read_network(path() + ".card.json").error().code, ErrorCode::NotFound);
  written();
  std::filesystem::remove(path() + ".onnx");
  EXPECT_THAT(read_network(path() + ".card.json").error().message, HasSubstr("pump_1.onnx"));
}

}  // namespace
}  // namespace gemel::networks
