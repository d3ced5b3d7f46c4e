// Commands over MQTT: confirmed, refused, lost on the way, and never late.

#include "connectors/mqtt/mqtt_actuator.hpp"

#include <gtest/gtest.h>

#include "broker.hpp"
#include "connectors/mqtt/mqtt_source.hpp"
#include "doubles.hpp"
#include "fake_broker.hpp"
#include "mqtt_plant.hpp"

namespace gemel::connectors::mqtt {
namespace {

using testing::Broker;
using testing::eventually;
using testing::FakeBroker;
using testing::mqtt_plant;
using testing::settings_of;

class MqttActuatorTest : public ::testing::TestWithParam<int> {
 protected:
  void start(const std::string& url) {
    plant_ = mqtt_plant(url);
    settings_of(plant_).version = GetParam();
    auto made = make_mqtt_actuator(plant_, clock_);
    ASSERT_TRUE(made) << made.error().message;
    actuator_ = *std::move(made);
    ASSERT_NE(actuator_, nullptr);
    thread_ = std::jthread([this](std::stop_token stop) { actuator_->run(stop); });
  }

  void TearDown() override {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  Command command(std::uint64_t id) const {
    Command made;
    made.id = id;
    made.value = 1450;
    made.unit = "rpm";
    made.by = "anna";
    made.issued = clock_.now();
    made.expires = made.issued + Duration::seconds(30);
    return made;
  }

  Result<void> send(std::uint64_t id) { return actuator_->send(command(id), plant_.controls[0]); }

  /// Answers CONNECT and SUBSCRIBE of the actuator's client, then waits until commands are taken.
  void let_in(FakeBroker& broker) const {
    ASSERT_EQ(broker.accept_client().type, FakeBroker::kConnect);
    broker.accept_connect(GetParam());
    const auto subscribe = broker.next();
    ASSERT_EQ(subscribe.type, FakeBroker::kSubscribe);
    EXPECT_NE(subscribe.body.find("plant/pump_1/ack"), std::string::npos);
    broker.answer_subscribe(subscribe, GetParam(), {1});
  }

  /// PUBACK for a QoS 1 publish.
  static void confirm(const FakeBroker& broker, const FakeBroker::Packet& publish) {
    const auto topic_length =
        publish.id();  // the body begins with the topic's length, two bytes as an id has
    broker.send(std::string("\x40\x02") + publish.body.substr(2u + topic_length, 2));
  }

  SystemClock clock_;
  Plant plant_;
  std::unique_ptr<Actuator> actuator_;
  std::jthread thread_;
};

TEST_P(MqttActuatorTest, ThePlantHearsTheCommandAndItsAnswerComesBack) {
  GEMEL_NEEDS_BROKER();
  Broker broker;
  ASSERT_TRUE(broker.start());
  start(broker.url());
  // The plant: a source that listens on the command topic shows what arrived there.
  auto plant = mqtt_plant(broker.url());
  settings_of(plant).client_id = "the-plant";
  plant.bindings[0].topic = "plant/pump_1/set/speed";
  plant.bindings[0].time_path = "$.issued";
  plant.bindings[0].fields[0].path = "$.value";
  metrics::Registry metrics;
  testing::RecordingInbox inbox;
  auto made = make_mqtt_source(plant, 0, clock_, metrics);
  ASSERT_TRUE(made);
  const testing::Running listening(*std::move(made), inbox);
  ASSERT_TRUE(eventually([&] { return listening.online(); }));

  ASSERT_TRUE(eventually([&] { return send(17).has_value(); }));
  ASSERT_TRUE(eventually([&] { return inbox.size() == 1; }));
  EXPECT_EQ(inbox.samples()[0].value, 1450);
  ASSERT_TRUE(broker.publish("plant/pump_1/ack",
                             {R"({"id":"17","accepted":false,"reason":"local mode"})", "rubbish"}));
  std::vector<Reply> replies;
  ASSERT_TRUE(eventually([&] { return !(replies = actuator_->replies()).empty(); }));
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].command, 17u);
  EXPECT_FALSE(replies[0].accepted);
  EXPECT_EQ(replies[0].detail, "local mode");
  EXPECT_TRUE(actuator_->replies().empty());
}

TEST_P(MqttActuatorTest, WithoutABrokerItSaysUnavailableAndKeepsNothing) {
  GEMEL_NEEDS_BROKER();
  Broker broker;
  start(broker.url());
  const auto sent = send(1);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::Unavailable);
}

TEST_P(MqttActuatorTest, ReturnsWhenTheBrokerHasConfirmed) {
  FakeBroker broker;
  start(broker.url());
  let_in(broker);
  bool confirmed = false;
  std::jthread sender([&] { confirmed = eventually([&] { return send(1).has_value(); }); });
  const auto publish = broker.next();
  ASSERT_EQ(publish.type, FakeBroker::kPublish);
  EXPECT_NE(publish.body.find("\"value\":1450"), std::string::npos);
  confirm(broker, publish);
  sender.join();
  EXPECT_TRUE(confirmed);
}

TEST_P(MqttActuatorTest, ACommandThatIsNotConfirmedTimesOutAndIsNotSentAgain) {
  FakeBroker broker;
  start(broker.url());
  let_in(broker);
  Result<void> sent;
  ASSERT_TRUE(eventually([&] {
    sent = send(1);
    return !sent && sent.error().code == ErrorCode::Timeout;
  }));
  EXPECT_NE(sent.error().message.find("will not be sent later"), std::string::npos);
  ASSERT_EQ(broker.next().type, FakeBroker::kPublish);
  // It comes back with a new connection; the next command, not the lost one, is the first thing
  // published there.
  let_in(broker);
  std::jthread sender([this] { (void)eventually([&] { return send(2).has_value(); }); });
  const auto publish = broker.next();
  ASSERT_EQ(publish.type, FakeBroker::kPublish);
  EXPECT_NE(publish.body.find("\"id\":\"2\""), std::string::npos) << publish.body;
  confirm(broker, publish);
}

TEST_P(MqttActuatorTest, ALostLinkEndsTheWaitAtOnce) {
  FakeBroker broker;
  start(broker.url());
  let_in(broker);
  Result<void> sent;
  std::jthread sender([&] {
    (void)eventually([&] {
      sent = send(1);
      return !sent && sent.error().message.find("lost") != std::string::npos;
    });
  });
  ASSERT_EQ(broker.next().type, FakeBroker::kPublish);
  broker.hang_up();
  sender.join();
  EXPECT_EQ(sent.error().code, ErrorCode::Unavailable);
}

TEST_P(MqttActuatorTest, AnExpiredCommandIsNotSent) {
  FakeBroker broker;
  start(broker.url());
  let_in(broker);
  auto late = command(1);
  late.expires = clock_.now() - Duration::seconds(1);
  const auto sent = actuator_->send(late, plant_.controls[0]);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::Timeout);
}

TEST(MqttActuator, IsNoneWhenNoControlIsBound) {
  auto plant = mqtt_plant("mqtt://localhost:1883");
  plant.controls[0].source = UINT32_MAX;
  const SystemClock clock;
  const auto made = make_mqtt_actuator(plant, clock);
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, nullptr);
}

TEST(MqttActuator, RefusesACommandTopicWithAWildcard) {
  auto plant = mqtt_plant("mqtt://localhost:1883");
  plant.controls[0].topic = "plant/+/set/speed";
  const SystemClock clock;
  EXPECT_FALSE(make_mqtt_actuator(plant, clock));
}

INSTANTIATE_TEST_SUITE_P(Mqtt, MqttActuatorTest, ::testing::Values(4, 5),
                         [](const auto& each) { return each.param == 5 ? "v5" : "v311"; });

}  // namespace
}  // namespace gemel::connectors::mqtt
