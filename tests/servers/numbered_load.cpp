#include "numbered_load.hpp"

#include <algorithm>
#include <chrono>

#include <mosquitto.h>

#include "broker.hpp"

namespace gemel::testing {

std::string Numbering::message(std::uint64_t n) const {
  return "{\"ts\":" + std::to_string(time(n).ns / 1'000'000) +
         ",\"v\":" + std::to_string(static_cast<std::uint64_t>(value(n))) + "}";
}

std::string Numbering::twin(const std::string& broker_url) {
  std::string text = "gemel: 1\nplant: load\nassets:\n  line:\n    signals:\n";
  for (std::uint64_t i = 0; i < kSignals; ++i) text += "      s" + std::to_string(i) + ": {}\n";
  text += "    rules:\n      - { when: s" + std::to_string(kSignals - 1) +
          " > 0.5, alarm: second half, priority: low }\n";
  text += "sources:\n  plant: { kind: mqtt, url: \"" + broker_url +
          "\", qos: 1, session_expiry: 1 h }\n";
  text += "bindings:\n  line:\n";
  for (std::uint64_t i = 0; i < kSignals; ++i) {
    text += "    - { from: plant, topic: " + topic(i) + ", time: $.ts, s" + std::to_string(i) +
            ": $.v }\n";
  }
  return text;
}

/// libmosquitto sends again, after a reconnect, what was not acknowledged.
struct NumberedLoad::Client {
  Client(NumberedLoad& load, std::uint16_t port) : handle(mosquitto_new(kClientId, false, &load)) {
    mosquitto_max_inflight_messages_set(handle, 0);
    mosquitto_publish_callback_set(handle, [](mosquitto*, void* self, int message_id) {
      static_cast<NumberedLoad*>(self)->on_acknowledged(message_id);
    });
    mosquitto_connect_callback_set(handle, [](mosquitto*, void* self, int refused) {
      if (refused == 0) static_cast<NumberedLoad*>(self)->connected_ = true;
    });
    mosquitto_connect(handle, "127.0.0.1", port, 30);
  }
  ~Client() { mosquitto_destroy(handle); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  ::mosquitto* handle;
};

NumberedLoad::NumberedLoad(const Options& options)
    : options_(options), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void NumberedLoad::run(const std::stop_token& stop) {
  mosquitto_lib_init();
  Client client(*this, options_.port);
  while (!stop.stop_requested() && !(finishing_ && in_flight_.empty())) {
    if (mosquitto_loop(client.handle, 1, 1) != MOSQ_ERR_SUCCESS) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      mosquitto_reconnect(client.handle);
    } else if (!finishing_ && connected_) {
      publish_due(client);
    }
  }
  everything_acknowledged_ = in_flight_.empty();
  ended_ = true;
}

/// What is due by the clock; after an interruption it catches up.
void NumberedLoad::publish_due(Client& client) {
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - began_;
  const auto due = static_cast<std::uint64_t>(since.count() * options_.samples_per_s);
  while (sent() < due && in_flight_.size() < options_.in_flight_max) {
    const auto n = sent();
    message_ids_.push_back(0);
    in_flight_.push_back(n);
    const auto text = options_.numbering.message(n);
    // Kept by the library even where it can't be sent now.
    mosquitto_publish(client.handle, &message_ids_.back(),
                      Numbering::topic(n % Numbering::kSignals).c_str(),
                      static_cast<int>(text.size()), text.data(), 1, false);
  }
}

void NumberedLoad::on_acknowledged(int message_id) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](std::uint64_t n) { return message_ids_[n] == message_id; });
  if (found == in_flight_.end()) return;
  in_flight_.erase(found);
  ++acknowledged_count_;
}

bool NumberedLoad::finish() {
  finishing_ = true;
  eventually([&] { return ended_.load(); }, std::chrono::seconds(60));
  thread_.request_stop();
  thread_.join();
  return everything_acknowledged_;
}

}  // namespace gemel::testing
