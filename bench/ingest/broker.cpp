// Through a real mosquitto: messages wait there for a session, then the consumer comes and takes
// them all with QoS 1. The peer takes the same messages from the same broker in the same way.

#include "tests/servers/broker.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "connectors/mqtt/mqtt_source.hpp"
#include "null_inbox.hpp"
#include "parts.hpp"

namespace gemel::bench {
namespace {

using testing::Broker;

constexpr const char* kTopic = "plant/pump_1";
constexpr const char* kPahoScript =
    "import json,sys,time\n"
    "import paho.mqtt.client as m\n"
    "p=int(sys.argv[1]);i=sys.argv[2];n=int(sys.argv[3]);st=[0,0.0]\n"
    "V=getattr(m,\"CallbackAPIVersion\",None)\n"
    "c=m.Client(V.VERSION1,i,clean_session=False) if V else m.Client(i,clean_session=False)\n"
    "def on(c,u,g):\n"
    "  d=json.loads(g.payload)\n"
    "  for r in (d if isinstance(d,list) else (d,)): float(r[\"flow\"])\n"
    "  st[0]+=1\n"
    "  if st[0]==n: print(n/(time.perf_counter()-st[1])); c.disconnect()\n"
    "c.on_message=on;st[1]=time.perf_counter();c.connect(\"127.0.0.1\",p);c.loop_forever()\n";

struct Load {
  std::string payload;
  int messages = 0;
  int rows = 1;  // a message
};

/// Publishes with QoS 1 as fast as the broker confirms. False when the connection fails.
bool publish(const Broker& broker, const Load& load) {
  std::atomic<int> confirmed{0};
  mosquitto* client = mosquitto_new("bench-publisher", true, &confirmed);
  mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_publish_callback_set(
      client, [](mosquitto*, void* count, int) { ++*static_cast<std::atomic<int>*>(count); });
  bool fine = mosquitto_connect(client, "127.0.0.1", broker.port(), 60) == MOSQ_ERR_SUCCESS &&
              mosquitto_loop_start(client) == MOSQ_ERR_SUCCESS;
  for (int n = 0; fine && n < load.messages; ++n) {
    while (n - confirmed > 5'000) std::this_thread::sleep_for(std::chrono::microseconds(200));
    fine = mosquitto_publish(client, nullptr, kTopic, static_cast<int>(load.payload.size()),
                             load.payload.data(), 1, false) == MOSQ_ERR_SUCCESS;
  }
  fine = fine &&
         testing::eventually([&] { return confirmed >= load.messages; }, std::chrono::seconds(60));
  mosquitto_disconnect(client);
  mosquitto_loop_stop(client, true);
  mosquitto_destroy(client);
  return fine;
}

/// Lets `client_id` have a session with a subscription, for the messages to wait in.
bool make_session(const Broker& broker, const std::string& client_id, const char* version) {
  const std::string expiry = std::string(version) == "5" ? " -x 3600" : "";
  return std::system(("mosquitto_sub -h 127.0.0.1 -p " + std::to_string(broker.port()) + " -i " +
                      client_id + " -c -q 1 -t " + kTopic + " -E -V " + version + expiry)
                         .c_str()) == 0;
}

Plant plant_of(const Broker& broker, int version) {
  Plant plant;
  plant.name = "bench";
  Signal flow;
  flow.id = {0};
  plant.signals = {flow};
  MqttSource settings;
  settings.url = "mqtt://127.0.0.1:" + std::to_string(broker.port());
  settings.version = version;
  settings.client_id = "bench-gemel";
  plant.sources = {{"bench", settings}};
  plant.bindings = {{0, kTopic, "$.ts", {{SignalId{0}, "$.flow", 1.0, 0.0}}}};
  return plant;
}

/// Samples per second, from connecting to the last sample. Nothing when something failed.
std::optional<double> gemel_rate(const Broker& broker, const Load& load, int version) {
  if (!make_session(broker, "bench-gemel", version == 5 ? "5" : "311") || !publish(broker, load))
    return std::nullopt;
  const auto plant = plant_of(broker, version);
  const SystemClock clock;
  metrics::Registry metrics;
  NullInbox inbox;
  auto source = connectors::mqtt::make_mqtt_source(plant, 0, clock, metrics);
  if (!source) return std::nullopt;
  const double samples = static_cast<double>(load.messages) * load.rows;
  const auto start = std::chrono::steady_clock::now();
  std::jthread thread([&](std::stop_token stop) { (void)(*source)->run(stop, inbox); });
  const bool all = testing::eventually(
      [&] { return static_cast<double>(inbox.samples()) >= samples; }, std::chrono::seconds(120));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return all ? std::optional(samples / took.count()) : std::nullopt;
}

struct Peer {
  std::string name;
  std::optional<double> samples_per_s;
};

/// The ordinary consumer: paho with json where Python has it, else mosquitto_sub, which decodes
/// nothing.
Peer peer_rate(const Broker& broker, const Load& load) {
  if (!make_session(broker, "bench-peer", "5") || !publish(broker, load)) return {};
  const auto messages = std::to_string(load.messages);
  if (const auto rate =
          ask_python(kPahoScript, {std::to_string(broker.port()), "bench-peer", messages})) {
    return {"python3 paho-mqtt + json", *rate * load.rows};
  }
  const auto start = std::chrono::steady_clock::now();
  const bool fine = std::system(("mosquitto_sub -h 127.0.0.1 -p " + std::to_string(broker.port()) +
                                 " -i bench-peer -c -q 1 -t " + kTopic + " -V 5 -x 3600 -C " +
                                 messages + " > /dev/null")
                                    .c_str()) == 0;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (!fine) return {};
  return {"mosquitto_sub (no JSON decoding)",
          static_cast<double>(load.messages) * load.rows / took.count()};
}

Load load_of(int messages, int rows) {
  const std::string row = R"({"ts":1700000000123,"flow":120.25})";
  std::string payload = row;
  if (rows > 1) {
    payload = "[" + row;
    for (int n = 1; n < rows; ++n) payload += "," + row;
    payload += "]";
  }
  return {std::move(payload), messages, rows};
}

std::optional<Measurement> measure(const std::string& name, const Load& load, int version) {
  // A fresh broker each: what one consumer left behind must not slow the next.
  Broker ours({.more = {"max_inflight_messages 0"}});
  Broker theirs({.more = {"max_inflight_messages 0"}});
  if (!ours.start() || !theirs.start()) return std::nullopt;
  const auto rate = gemel_rate(ours, load, version);
  ours.kill_hard();
  if (!rate) {
    std::fprintf(stderr, "%s: not measured; the broker or the publisher failed\n", name.c_str());
    return std::nullopt;
  }
  const auto peer = peer_rate(theirs, load);
  return Measurement{.name = name,
                     .value = *rate,
                     .unit = "samples/s",
                     .better = "higher",
                     .peer = peer.name,
                     .peer_value = peer.samples_per_s,
                     .aim = std::nullopt};
}

}  // namespace

std::vector<Measurement> measure_broker(const Options& options) {
  if (!Broker::available()) {
    std::fprintf(
        stderr,
        "mosquitto is not on this machine: its part is left out; apt-get install mosquitto\n");
    return {};
  }
  mosquitto_lib_init();
  const int messages = options.quick ? 50'000 : 300'000;
  std::vector<Measurement> rows;
  for (const auto& row : {measure("MQTT 5, QoS 1, one sample a message, waiting at the broker",
                                  load_of(messages, 1), 5),
                          measure("MQTT 3.1.1, QoS 1, one sample a message, waiting at the broker",
                                  load_of(messages, 1), 4),
                          measure("MQTT 5, QoS 1, 50 samples a message, waiting at the broker",
                                  load_of(messages / 5, 50), 5)}) {
    if (row) rows.push_back(*row);
  }
  return rows;
}

}  // namespace gemel::bench
