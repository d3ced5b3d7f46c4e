// When the MQTT source acknowledges, seen packet by packet: never before the samples are durable.

#include <gtest/gtest.h>

#include "broker.hpp"
#include "connectors/mqtt/mqtt_source.hpp"
#include "doubles.hpp"
#include "fake_broker.hpp"
#include "mqtt_plant.hpp"

namespace gemel::connectors::mqtt {
namespace {

using testing::eventually;
using testing::FakeBroker;
using testing::mqtt_plant;
using testing::pump_message;
using testing::RecordingInbox;
using testing::Running;
using testing::settings_of;

class Acknowledging : public ::testing::TestWithParam<int> {
 protected:
  /// A source that is online and subscribed at `broker_`.
  void connect() {
    plant_ = mqtt_plant(broker_.url());
    settings_of(plant_).version = GetParam();
    auto made = make_mqtt_source(plant_, 0, clock_, metrics_);
    ASSERT_TRUE(made) << made.error().message;
    source_.emplace(*std::move(made), inbox_);
    ASSERT_EQ(broker_.accept_client().type, FakeBroker::kConnect);
    broker_.accept_connect(GetParam());
    const auto subscribe = broker_.next();
    ASSERT_EQ(subscribe.type, FakeBroker::kSubscribe);
    broker_.answer_subscribe(subscribe, GetParam(), {1, 1});
  }

  void publish(std::uint16_t id, std::string_view payload, int qos = 1) {
    broker_.publish(GetParam(), qos, id, "plant/pump_1", payload);
  }

  void expect_acknowledged(std::uint16_t id) {
    const auto packet = broker_.next();
    ASSERT_EQ(packet.type, FakeBroker::kPubAck);
    EXPECT_EQ(packet.id(), id);
  }

  FakeBroker broker_;
  SystemClock clock_;
  metrics::Registry metrics_;
  RecordingInbox inbox_;
  Plant plant_;
  std::optional<Running> source_;
};

TEST_P(Acknowledging, WaitsForTheDiskAndStaysAliveMeanwhile) {
  connect();
  inbox_.hold_disk();
  for (std::uint16_t id = 1; id <= 10; ++id) publish(id, pump_message(id));
  // The first thing that is written after ten messages is not one of their acknowledgements but, at
  // half the keep-alive of 5 s, a ping; and so is the second.
  ASSERT_EQ(broker_.next().type, FakeBroker::kPing);
  ASSERT_EQ(broker_.next().type, FakeBroker::kPing);
  EXPECT_GT(inbox_.size(), 0u);
  broker_.send(std::string_view("\xD0\0\xD0\0", 4));
  inbox_.release_disk();
  for (std::uint16_t id = 1; id <= 10; ++id) expect_acknowledged(id);
  EXPECT_EQ(inbox_.durable_samples().size(), 10u);
}

TEST_P(Acknowledging, SaysNothingWhenItIsStoppedBeforeTheDiskHasIt) {
  connect();
  inbox_.hold_disk();
  publish(1, pump_message(1));
  ASSERT_TRUE(eventually([&] { return inbox_.size() == 1; }));
  source_->end();
  EXPECT_EQ(broker_.next().type,
            FakeBroker::kEnd);  // neither PUBACK nor DISCONNECT, which would carry it along
}

TEST_P(Acknowledging, SaysGoodbyeWhenNothingIsOwed) {
  connect();
  publish(1, pump_message(1));
  expect_acknowledged(1);
  source_->end();
  EXPECT_EQ(broker_.next().type, FakeBroker::kDisconnect);
}

TEST_P(Acknowledging, DoesNotWaitForTheDiskWithQos0) {
  connect();
  inbox_.hold_disk();
  publish(0, pump_message(1), 0);
  ASSERT_TRUE(eventually([&] { return inbox_.size() == 1; }));
  publish(0, pump_message(2), 0);
  EXPECT_TRUE(eventually([&] { return inbox_.size() == 2; }));
  EXPECT_FALSE(inbox_.waited());
}

TEST_P(Acknowledging, AcknowledgesAtOnceWhatMakesNoSample) {
  connect();
  inbox_.hold_disk();
  publish(1, "{");
  expect_acknowledged(1);
  publish(2, "{}");
  expect_acknowledged(2);
  EXPECT_EQ(inbox_.size(), 0u);
}

TEST_P(Acknowledging, SurvivesABrokerThatBreaksTheProtocol) {
  connect();
  broker_.send(std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 7));
  ASSERT_EQ(broker_.accept_client().type, FakeBroker::kConnect);  // it came back
}

TEST_P(Acknowledging, TriesAgainWhenEverySubscriptionIsRefused) {
  connect();
  broker_.hang_up();
  ASSERT_EQ(broker_.accept_client().type, FakeBroker::kConnect);
  broker_.accept_connect(GetParam());
  broker_.answer_subscribe(broker_.next(), GetParam(), {0x80, 0x80});
  ASSERT_TRUE(eventually([&] { return source_->fault().code == ErrorCode::PermissionDenied; }));
  EXPECT_NE(source_->fault().message.find("refused every subscription"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Mqtt, Acknowledging, ::testing::Values(4, 5),
                         [](const auto& each) { return each.param == 5 ? "v5" : "v311"; });

}  // namespace
}  // namespace gemel::connectors::mqtt
