#include "options.hpp"

#include <gtest/gtest.h>

#include "mqtt_link.hpp"

namespace riverside {
namespace {

std::string error_of(const std::vector<std::string>& arguments) {
  const auto options = parse_options(arguments);
  return options ? "accepted" : options.error().message;
}

TEST(Options, RunLiveUnlessToldToRecord) {
  const auto live = parse_options({"--broker", "mqtt://plc:1884", "--rate", "2Hz", "--speed=10x",
                                   "--for", "60s", "--seed", "9", "--mode", "local"});
  ASSERT_TRUE(live);
  const auto& options = std::get<LiveOptions>(*live);
  EXPECT_EQ(options.broker, "mqtt://plc:1884");
  EXPECT_EQ(options.period_ms, 500);
  EXPECT_EQ(options.speed, 10.0);
  EXPECT_EQ(options.run_for_ms, 60'000);
  EXPECT_EQ(options.seed, 9u);
  EXPECT_EQ(options.mode, Mode::Local);
}

TEST(Options, RecordAStretchOfThePast) {
  const auto parsed = parse_options({"--record", "r.csv", "--duration", "2h", "--until",
                                     "2026-06-02T10:00:00Z", "--state", "s.txt"});
  ASSERT_TRUE(parsed);
  const auto& options = std::get<RecordOptions>(*parsed);
  EXPECT_EQ(options.duration_ms, 7'200'000);
  EXPECT_EQ(options.until, 1'780'394'400'000);
  EXPECT_EQ(options.state_file, "s.txt");
  EXPECT_FALSE(
      std::get<RecordOptions>(*parse_options({"--record", "r.csv", "--until", "now"})).until);
}

TEST(Options, NameTheMistake) {
  EXPECT_EQ(error_of({"--brokr", "x"}), "unknown option '--brokr': --help lists them");
  EXPECT_EQ(error_of({"--seed"}), "--seed needs a value: --help shows it");
  EXPECT_EQ(error_of({"--seed", "-1"}), "--seed: '-1' is no whole number from 0 on");
  EXPECT_EQ(error_of({"--speed", "1000x"}), "--speed: '1000x' must be 0.1x to 100x");
  EXPECT_NE(error_of({"--rate", "3Hz"}).find("no whole number of 100 ms scans"), std::string::npos);
  EXPECT_NE(error_of({"--duration", "1h"}).find("belong to --record"), std::string::npos);
  EXPECT_NE(error_of({"--for", "soon"}).find("'soon' is not a duration"), std::string::npos);
}

TEST(BrokerAddress, IsReadFromAUrl) {
  const auto plain = parse_broker("mqtt://127.0.0.1");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "127.0.0.1");
  EXPECT_EQ(plain->port, 1883);
  const auto full = parse_broker("mqtt://anna:se:cret@[::1]:1884/");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->host, "::1");
  EXPECT_EQ(full->port, 1884);
  EXPECT_EQ(full->user, "anna");
  EXPECT_EQ(full->password, "se:cret");
  for (const char* wrong : {"", "127.0.0.1", "mqtts://host", "mqtt://", "mqtt://host:0",
                            "mqtt://host:70000", "mqtt://host:x"}) {
    EXPECT_FALSE(parse_broker(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace riverside
