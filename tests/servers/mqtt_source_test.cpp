// The MQTT source against a real mosquitto.

#include "connectors/mqtt/mqtt_source.hpp"

#include <set>

#include <gtest/gtest.h>

#include "broker.hpp"
#include "doubles.hpp"
#include "mqtt_plant.hpp"

namespace gemel::connectors::mqtt {
namespace {

using testing::Broker;
using testing::eventually;
using testing::mqtt_plant;
using testing::pump_message;
using testing::RecordingInbox;
using testing::Running;
using testing::settings_of;

std::vector<std::string> pump_messages(int from, int until) {
  std::vector<std::string> messages;
  for (int n = from; n < until; ++n) messages.push_back(pump_message(n));
  return messages;
}

std::set<double> values_of(const std::vector<Sample>& samples) {
  std::set<double> values;
  for (const auto& sample : samples) values.insert(sample.value);
  return values;
}

std::set<double> all_of(int from, int until) {
  std::set<double> values;
  for (int n = from; n < until; ++n) values.insert(n);
  return values;
}

class MqttSourceTest : public ::testing::Test {
 protected:
  void SetUp() override { GEMEL_NEEDS_BROKER(); }

  std::unique_ptr<Running> start(const Plant& plant) {
    auto made = make_mqtt_source(plant, 0, clock_, metrics_);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return std::make_unique<Running>(*std::move(made), inbox_);
  }

  SystemClock clock_;
  metrics::Registry metrics_;
  RecordingInbox inbox_;
};

struct Protocol {
  int version;
  int qos;
};

class EveryProtocol : public MqttSourceTest, public ::testing::WithParamInterface<Protocol> {};

TEST_P(EveryProtocol, SamplesArriveInOrderAndOnce) {
  Broker broker;
  ASSERT_TRUE(broker.start());
  auto plant = mqtt_plant(broker.url());
  settings_of(plant).version = GetParam().version;
  settings_of(plant).qos = GetParam().qos;
  auto source = start(plant);
  ASSERT_TRUE(eventually([&] { return source->online(); }));
  ASSERT_TRUE(broker.publish("plant/level", {"0.5"}));
  ASSERT_TRUE(eventually([&] { return inbox_.size() == 1; }));  // subscribed by now, QoS 0 included
  ASSERT_TRUE(broker.publish("plant/pump_1", pump_messages(0, 500)));
  ASSERT_TRUE(eventually([&] { return inbox_.size() == 501; })) << inbox_.size();
  const auto samples = inbox_.samples();
  for (int n = 0; n < 500; ++n) {
    EXPECT_EQ(samples[n + 1].value, n);
    EXPECT_EQ(samples[n + 1].source_time.ns, (1'700'000'000'000 + n) * 1'000'000LL);
  }
  EXPECT_EQ(inbox_.waited(), GetParam().qos == 1);
}

INSTANTIATE_TEST_SUITE_P(Mqtt, EveryProtocol,
                         ::testing::Values(Protocol{4, 0}, Protocol{4, 1}, Protocol{5, 0},
                                           Protocol{5, 1}),
                         [](const auto& each) {
                           return std::string(each.param.version == 5 ? "v5" : "v311") + "_qos" +
                                  std::to_string(each.param.qos);
                         });

class EveryVersion : public MqttSourceTest, public ::testing::WithParamInterface<int> {};

TEST_P(EveryVersion, WhatWasNotDurableComesAgainAfterOurRestart) {
  Broker broker;
  ASSERT_TRUE(broker.start());
  auto plant = mqtt_plant(broker.url());
  settings_of(plant).version = GetParam();
  auto first = start(plant);
  ASSERT_TRUE(eventually([&] { return first->online(); }));
  ASSERT_TRUE(broker.publish("plant/level", {"0"}));
  ASSERT_TRUE(eventually([&] { return inbox_.size() == 1; }));
  inbox_.hold_disk();
  ASSERT_TRUE(broker.publish("plant/pump_1", pump_messages(1, 11)));
  ASSERT_TRUE(eventually([&] { return inbox_.size() > 1; }));
  first.reset();  // as a crash: delivered, never durable, never acknowledged

  ASSERT_TRUE(broker.publish("plant/pump_1", pump_messages(11, 21)));  // while we are away
  RecordingInbox again;
  auto made = make_mqtt_source(plant, 0, clock_, metrics_);
  ASSERT_TRUE(made);
  const Running second(*std::move(made), again);
  ASSERT_TRUE(eventually([&] { return values_of(again.samples()) == all_of(1, 21); }))
      << again.size();
}

TEST_P(EveryVersion, WhatWasAcknowledgedDoesNotComeAgain) {
  Broker broker;
  ASSERT_TRUE(broker.start());
  auto plant = mqtt_plant(broker.url());
  settings_of(plant).version = GetParam();
  auto first = start(plant);
  ASSERT_TRUE(eventually([&] { return first->online(); }));
  ASSERT_TRUE(broker.publish("plant/pump_1", pump_messages(0, 50)));
  ASSERT_TRUE(eventually([&] { return inbox_.size() == 50; }));
  first->end();

  RecordingInbox again;
  auto made = make_mqtt_source(plant, 0, clock_, metrics_);
  ASSERT_TRUE(made);
  const Running second(*std::move(made), again);
  ASSERT_TRUE(eventually([&] { return second.online(); }));
  ASSERT_TRUE(broker.publish("plant/pump_1", {pump_message(50)}));
  ASSERT_TRUE(eventually([&] { return again.size() >= 1; }));
  EXPECT_EQ(values_of(again.samples()), all_of(50, 51));
}

TEST_P(EveryVersion, NothingAcknowledgedIsLostWhenTheBrokerIsKilledAndRestarted) {
  // With every message on the broker's disk, as a plant that uses QoS 1 in earnest has it.
  Broker broker({.more = {"autosave_interval 1", "autosave_on_changes true"}});
  ASSERT_TRUE(broker.start());
  auto plant = mqtt_plant(broker.url());
  settings_of(plant).version = GetParam();
  auto source = start(plant);
  ASSERT_TRUE(eventually([&] { return source->online(); }));
  int sent = 0;
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(broker.publish("plant/pump_1", pump_messages(sent, sent + 100)));
    sent += 100;
    ASSERT_TRUE(eventually([&] { return values_of(inbox_.durable_samples()) == all_of(0, sent); }));
    round % 2 == 0 ? broker.kill_hard() : broker.stop();
    ASSERT_TRUE(eventually([&] { return !source->online(); }));
    ASSERT_TRUE(broker.start());
    ASSERT_TRUE(eventually([&] { return source->online(); }));
  }
  ASSERT_TRUE(broker.publish("plant/pump_1", {pump_message(sent)}));
  EXPECT_TRUE(
      eventually([&] { return values_of(inbox_.durable_samples()) == all_of(0, sent + 1); }));
}

INSTANTIATE_TEST_SUITE_P(Mqtt, EveryVersion, ::testing::Values(4, 5),
                         [](const auto& each) { return each.param == 5 ? "v5" : "v311"; });

TEST_F(MqttSourceTest, ReadsBatchesAndWildcardBindings) {
  Broker broker;
  ASSERT_TRUE(broker.start());
  auto plant = mqtt_plant(broker.url());
  plant.bindings[0].topic = "plant/+/batch";
  auto source = start(plant);
  ASSERT_TRUE(eventually([&] { return source->online(); }));
  std::string batch = "[";
  for (int n = 0; n < 50; ++n) batch += (n ? "," : "") + pump_message(n);
  ASSERT_TRUE(broker.publish("plant/pump_1/batch", {batch + "]"}));
  ASSERT_TRUE(eventually([&] { return inbox_.size() == 50; }));
}

TEST_F(MqttSourceTest, RubbishIsCountedAcknowledgedAndDoesNotStopIt) {
  Broker broker;
  ASSERT_TRUE(broker.start());
  auto plant = mqtt_plant(broker.url());
  settings_of(plant).topics = {"plant/#"};
  auto source = start(plant);
  ASSERT_TRUE(eventually([&] { return source->online(); }));
  ASSERT_TRUE(broker.publish("plant/pump_1", {"{", "nonsense", "{\"flow\":{}}", "[[]]"}));
  ASSERT_TRUE(broker.publish("plant/nobody", {"1"}));
  ASSERT_TRUE(broker.publish("plant/pump_1", {pump_message(7)}));
  ASSERT_TRUE(eventually([&] { return values_of(inbox_.samples()).contains(7); }));
  const auto text = metrics_.to_prometheus();
  EXPECT_NE(text.find("gemel_connector_undecodable_total{source=\"plant\"} 2"), std::string::npos)
      << text;
  EXPECT_NE(text.find("gemel_connector_unbound_total{source=\"plant\"} 1"), std::string::npos)
      << text;
}

TEST_F(MqttSourceTest, SaysThatNobodyListensAndComesWhenSomebodyDoes) {
  Broker broker;
  const auto plant = mqtt_plant(broker.url());
  auto source = start(plant);
  ASSERT_TRUE(eventually([&] { return !source->fault().message.empty(); }));
  EXPECT_EQ(source->fault().code, ErrorCode::Unavailable);
  EXPECT_NE(source->fault().message.find("broker runs"), std::string::npos)
      << source->fault().message;
  ASSERT_TRUE(broker.start());
  EXPECT_TRUE(eventually([&] { return source->online(); }));
}

TEST_F(MqttSourceTest, SaysThatTheHostIsUnknown) {
  auto source = start(mqtt_plant("mqtt://no-such-host.invalid:1883"));
  ASSERT_TRUE(eventually([&] { return !source->fault().message.empty(); }));
  EXPECT_EQ(source->fault().code, ErrorCode::NotFound);
}

TEST_F(MqttSourceTest, SaysThatTheCredentialsAreRefused) {
  testing::TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  const auto users = folder.path() / "users";
  ASSERT_EQ(std::system(("mosquitto_passwd -c -b " + users.string() + " anna right").c_str()), 0);
  const auto password = folder.path() / "password";
  ASSERT_EQ(std::system(("printf 'wrong\\n' > " + password.string()).c_str()), 0);
  for (const int version : {4, 5}) {
    Broker broker({.more = {"allow_anonymous false", "password_file " + users.string()}});
    ASSERT_TRUE(broker.start());
    auto plant = mqtt_plant(broker.url());
    settings_of(plant).version = version;
    settings_of(plant).user = "anna";
    settings_of(plant).password_file = password;
    auto source = start(plant);
    ASSERT_TRUE(eventually([&] { return !source->fault().message.empty(); }));
    EXPECT_EQ(source->fault().code, ErrorCode::PermissionDenied) << source->fault().message;
    EXPECT_NE(source->fault().message.find("'anna'"), std::string::npos);
    ASSERT_EQ(std::system(("printf 'right\\n' > " + password.string()).c_str()), 0);
    EXPECT_TRUE(eventually([&] { return source->online(); }));  // the file is read at every try
    ASSERT_EQ(std::system(("printf 'wrong\\n' > " + password.string()).c_str()), 0);
  }
}

class MqttTlsTest : public MqttSourceTest {
 protected:
  void SetUp() override {
    MqttSourceTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    certificates_ = testing::Certificates::make(folder_.path());
    ASSERT_TRUE(certificates_.made()) << "the openssl program is needed";
    broker_.emplace(Broker::Options{.tls = &certificates_});
    ASSERT_TRUE(broker_->start());
  }

  Plant plant() {
    auto made = mqtt_plant(broker_->url());
    settings_of(made).ca_file = certificates_.ca;
    settings_of(made).certificate_file = certificates_.client;
    settings_of(made).key_file = certificates_.client_key;
    return made;
  }

  testing::TemporaryFolder folder_;
  testing::Certificates certificates_;
  std::optional<Broker> broker_;
};

TEST_F(MqttTlsTest, SamplesArriveWithAClientCertificate) {
  for (const int version : {4, 5}) {
    auto twin = plant();
    settings_of(twin).version = version;
    settings_of(twin).client_id = "tls-" + std::to_string(version);
    RecordingInbox inbox;
    auto made = make_mqtt_source(twin, 0, clock_, metrics_);
    ASSERT_TRUE(made);
    const Running source(*std::move(made), inbox);
    ASSERT_TRUE(eventually([&] { return source.online(); })) << source.fault().message;
    ASSERT_TRUE(broker_->publish("plant/pump_1", pump_messages(0, 200)));
    EXPECT_TRUE(eventually([&] { return values_of(inbox.samples()) == all_of(0, 200); }))
        << inbox.size();
  }
}

TEST_F(MqttTlsTest, IsRefusedWithoutAClientCertificate) {
  auto twin = plant();
  settings_of(twin).certificate_file.clear();
  settings_of(twin).key_file.clear();
  auto source = start(twin);
  EXPECT_TRUE(eventually([&] {
    return source->fault().message.find("certificate required") != std::string::npos;
  })) << source->fault().message;
  EXPECT_FALSE(source->online());
  EXPECT_EQ(inbox_.size(), 0u);
}

TEST_F(MqttTlsTest, DoesNotTrustABrokerOfAnotherAuthority) {
  auto twin = plant();
  settings_of(twin).ca_file = certificates_.other_ca;
  auto source = start(twin);
  ASSERT_TRUE(eventually([&] { return !source->fault().message.empty(); }));
  EXPECT_NE(source->fault().message.find("certificate verify failed"), std::string::npos)
      << source->fault().message;
  EXPECT_NE(source->fault().message.find("ca_file:"), std::string::npos);
}

TEST_F(MqttTlsTest, SaysWhichFileCantBeRead) {
  auto twin = plant();
  settings_of(twin).ca_file = "/nowhere/ca.crt";
  auto source = start(twin);
  ASSERT_TRUE(eventually([&] { return !source->fault().message.empty(); }));
  EXPECT_NE(source->fault().message.find("/nowhere/ca.crt"), std::string::npos);
}

TEST_F(MqttTlsTest, SaysThatThePortSpeaksTlsAndNotPlainMqtt) {
  auto twin = plant();
  settings_of(twin).url = "mqtt://localhost:" + std::to_string(broker_->port());
  auto source = start(twin);
  ASSERT_TRUE(eventually([&] { return !source->fault().message.empty(); }));
}

}  // namespace
}  // namespace gemel::connectors::mqtt
