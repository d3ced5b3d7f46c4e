// The parts of the MQTT connector that need no broker; those that do are tested in tests/servers.

#include <gtest/gtest.h>
#include <mosquitto.h>
#include <rapidcheck/gtest.h>

#include "base/text.hpp"
#include "connectors/mqtt/detail/backoff.hpp"
#include "connectors/mqtt/detail/broker_address.hpp"
#include "connectors/mqtt/detail/topics.hpp"
#include "connectors/mqtt/mqtt_source.hpp"

namespace gemel::connectors::mqtt::detail {
namespace {

TEST(BrokerAddress, ReadsUrls) {
  const auto plain = BrokerAddress::parse("mqtt://plant-broker");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "plant-broker");
  EXPECT_EQ(plain->port, 1883);
  EXPECT_FALSE(plain->tls);
  const auto tls = BrokerAddress::parse("mqtts://10.0.0.7:9999/");
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->port, 9999);
  EXPECT_TRUE(tls->tls);
  EXPECT_EQ(BrokerAddress::parse("mqtts://b")->port, 8883);
  EXPECT_EQ(BrokerAddress::parse("mqtt://[::1]:1884")->to_string(), "[::1]:1884");
}

TEST(BrokerAddress, SaysWhatToWriteInstead) {
  for (const auto* url :
       {"", "broker:1883", "http://broker", "mqtt://", "mqtt://:1883", "mqtt://b:0",
        "mqtt://b:70000", "mqtt://b:1883/path", "mqtt://b:x", "mqtt://[::1", "mqtt://a:b:c"}) {
    const auto address = BrokerAddress::parse(url);
    ASSERT_FALSE(address) << url;
    EXPECT_NE(address.error().message.find("write mqtt://host:1883"), std::string::npos);
  }
  EXPECT_NE(BrokerAddress::parse("mqtt://anna:secret@b").error().message.find("password_file:"),
            std::string::npos);
}

TEST(Topics, RefusesFiltersThatTheBrokerWould) {
  for (const auto* fine : {"a", "a/b", "+", "#", "a/+/c", "a/#", "+/+", "/a", "a//b", "$SYS/#"})
    EXPECT_TRUE(check_filter(fine)) << fine;
  for (const auto* wrong : {"", "a/#/b", "a#", "a/b+", "#/a", "+a/b"})
    EXPECT_FALSE(check_filter(wrong)) << wrong;
}

TEST(Topics, DropsFiltersThatOthersCover) {
  EXPECT_EQ(without_covered({"plant/a", "plant/#", "plant/+/b", "other", "other"}),
            (std::vector<std::string>{"other", "plant/#"}));
  EXPECT_EQ(without_covered({"a/+/c", "a/b/+"}), (std::vector<std::string>{"a/+/c", "a/b/+"}));
}

std::string some_topic(std::string_view letters) {
  std::string topic;
  const auto levels = *rc::gen::inRange(1, 5);
  for (int i = 0; i < levels; ++i) {
    topic += (i ? "/" : "") + std::string(1, *rc::gen::elementOf(std::string(letters)));
  }
  return topic;
}

RC_GTEST_PROP(TopicsProperty, MatchAsLibmosquittoDoes, ()) {
  auto filter = some_topic("ab+");
  if (*rc::gen::arbitrary<bool>()) filter += "/#";
  const auto topic = some_topic("ab");
  bool expected = false;
  RC_ASSERT(mosquitto_topic_matches_sub(filter.c_str(), topic.c_str(), &expected) ==
            MOSQ_ERR_SUCCESS);
  RC_ASSERT(covers(filter, topic) == expected);
}

RC_GTEST_PROP(TopicsProperty, ACoveredFilterMatchesNothingThatTheOtherDoesNot, ()) {
  auto outer = some_topic("ab+");
  if (*rc::gen::arbitrary<bool>()) outer += "/#";
  auto inner = some_topic("ab+");
  if (*rc::gen::arbitrary<bool>()) inner += "/#";
  RC_PRE(covers(outer, inner));
  const auto topic = some_topic("ab");
  if (covers(inner, topic)) RC_ASSERT(covers(outer, topic));
}

TEST(TopicTable, FindsExactAndWildcardBindings) {
  TopicTable table;
  table.add("plant/a", 0);
  table.add("plant/+", 1);
  table.add("plant/a", 2);
  table.add("other/#", 3);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(table.find("plant/a"), (std::vector<std::uint32_t>{0, 2, 1}));
    EXPECT_EQ(table.find("plant/b"), std::vector<std::uint32_t>{1});
    EXPECT_EQ(table.find("other/x/y"), std::vector<std::uint32_t>{3});
    EXPECT_TRUE(table.find("elsewhere").empty());
  }
}

TEST(TopicTable, AnswersAlsoWhenItRemembersNoMoreTopics) {
  TopicTable table;
  table.add("plant/+", 1);
  for (int i = 0; i < 100'001; ++i) table.find("elsewhere/" + std::to_string(i));
  EXPECT_EQ(table.find("plant/late"), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(table.find("elsewhere/late").empty());
}

TEST(Backoff, TriesAtOnceThenEverLessOften) {
  Backoff backoff(1);
  const Backoff::Clock::time_point now{};
  EXPECT_LE(backoff.next(now).count(), 100);
  for (const double ms : {1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3, 30e3}) {
    const auto wait = static_cast<double>(backoff.next(now).count());
    EXPECT_LE(wait, ms);
    EXPECT_GE(wait, ms / 2);
  }
}

TEST(Backoff, BeginsAnewOnlyAfterALinkThatHeld) {
  Backoff backoff(1);
  Backoff::Clock::time_point now{};
  for (int i = 0; i < 5; ++i) backoff.next(now);
  backoff.linked(now);
  EXPECT_GT(backoff.next(now + std::chrono::seconds(1)).count(), 1'000);
  backoff.linked(now);
  EXPECT_LE(backoff.next(now + std::chrono::seconds(6)).count(), 100);
}

TEST(MqttSource, RefusesWhatCanNeverWork) {
  Plant plant;
  plant.name = "test";
  plant.signals.resize(1);
  plant.signals[0].id = {0};
  const SystemClock clock;
  metrics::Registry metrics;
  const auto error_with = [&](const std::function<void(Plant&, MqttSource&)>& spoil) {
    MqttSource settings;
    settings.url = "mqtt://b";
    plant.sources = {{"line", settings}};
    plant.bindings = {{0, "t", "", {{SignalId{0}, "$.v", 1.0, 0.0}}}};
    spoil(plant, std::get<MqttSource>(plant.sources[0].settings));
    const auto made = make_mqtt_source(plant, 0, clock, metrics);
    return made ? std::string() : made.error().message;
  };
  EXPECT_EQ(error_with([](Plant&, MqttSource&) {}), "");
  EXPECT_NE(error_with([](Plant&, MqttSource& s) { s.url = "b"; }).find("'b' is not the address"),
            std::string::npos);
  EXPECT_NE(error_with([](Plant&, MqttSource& s) { s.version = 3; }).find("write 5, or 4"),
            std::string::npos);
  EXPECT_NE(error_with([](Plant&, MqttSource& s) { s.qos = 2; }).find("qos 2"), std::string::npos);
  EXPECT_NE(error_with([](Plant&, MqttSource& s) { s.key_file = "k"; }).find("go together"),
            std::string::npos);
  EXPECT_NE(error_with([](Plant&, MqttSource& s) { s.topics = {"a#"}; }).find("'a#'"),
            std::string::npos);
  EXPECT_NE(error_with([](Plant& p, MqttSource&) {
              p.bindings[0].fields[0].path = "v";
            }).find("topic 't'"),
            std::string::npos);
  EXPECT_NE(
      error_with([](Plant& p, MqttSource&) { p.bindings.clear(); }).find("nothing would be read"),
      std::string::npos);
}

}  // namespace
}  // namespace gemel::connectors::mqtt::detail
