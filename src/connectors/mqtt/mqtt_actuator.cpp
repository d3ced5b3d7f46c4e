#include "connectors/mqtt/mqtt_actuator.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include <poll.h>

#include "connectors/mqtt/detail/command_link.hpp"
#include "connectors/mqtt/detail/topics.hpp"
#include "connectors/mqtt/detail/wake.hpp"
#include "connectors/payload/command_message.hpp"

namespace gemel::connectors::mqtt {
namespace {

constexpr std::chrono::milliseconds kConfirmPatience{2'000};
constexpr std::size_t kRepliesMax = 1'000;  // waiting for the engine; then the oldest go

/// riverside/pump_1/set/speed -> riverside/pump_1/ack; empty where there is no "/set/".
std::string ack_topic(const std::string& command_topic) {
  const auto at = command_topic.find("/set/");
  return at == std::string::npos ? std::string() : command_topic.substr(0, at) + "/ack";
}

class MqttActuator final : public Actuator {
 public:
  explicit MqttActuator(const Clock& clock) : clock_(clock) {}

  Result<void> add_link(const Plant& plant, std::uint32_t source,
                        const std::set<std::string>& ack_topics);

  void run(std::stop_token stop) override;
  Result<void> send(const Command& command, const Control& control) override;
  std::vector<Reply> replies() override;

 private:
  struct Status {
    std::vector<std::optional<Error>> not_ready;  // by link; nothing: ready
    std::vector<Reply> replies;
  };

  const Clock& clock_;
  detail::Wake wake_;
  detail::Errand errand_;
  std::map<std::uint32_t, std::size_t> link_of_source_;
  std::vector<std::unique_ptr<detail::CommandLink>> links_;
  std::mutex mutex_;
  Status status_;
};

Result<void> MqttActuator::add_link(const Plant& plant, std::uint32_t source,
                                    const std::set<std::string>& ack_topics) {
  GEMEL_ASSIGN(auto checked, detail::check_source(plant, source));
  checked.client_id += "-commands";
  const auto number = links_.size();
  link_of_source_[source] = number;
  status_.not_ready.emplace_back(Error{ErrorCode::Unavailable, "not connected yet"});
  const detail::CommandLink::Hears hears{.reply =
                                             [this](Reply reply) {
                                               const std::lock_guard lock(mutex_);
                                               if (status_.replies.size() == kRepliesMax)
                                                 status_.replies.erase(status_.replies.begin());
                                               status_.replies.push_back(std::move(reply));
                                             },
                                         .readiness =
                                             [this, number](std::optional<Error> why_not) {
                                               const std::lock_guard lock(mutex_);
                                               status_.not_ready[number] = std::move(why_not);
                                             }};
  links_.push_back(std::make_unique<detail::CommandLink>(
      std::move(checked), number, std::vector(ack_topics.begin(), ack_topics.end()), errand_,
      hears));
  return {};
}

void MqttActuator::run(std::stop_token stop) {
  const std::stop_callback on_stop(stop, [this] { wake_.signal(); });
  std::vector<pollfd> watched;
  while (!stop.stop_requested()) {
    watched.assign(1, wake_.watch());
    std::chrono::milliseconds patience{1'000};
    for (const auto& link : links_) {
      watched.push_back(link->watch());
      patience = std::min(patience, link->patience());
    }
    poll(watched.data(), watched.size(), static_cast<int>(patience.count()));
    wake_.clear();
    for (std::size_t i = 0; i < links_.size(); ++i) {
      if (errand_.given_up(i))
        links_[i]->drop({ErrorCode::Timeout, "a command was not confirmed in time"});
    }
    if (const auto letter = errand_.take()) links_[letter->link]->send(*letter);
    for (const auto& link : links_) link->tend(stop);
  }
  for (const auto& link : links_) link->leave();
}

Result<void> MqttActuator::send(const Command& command, const Control& control) {
  const auto link = link_of_source_.find(control.source);
  if (link == link_of_source_.end()) {
    return Error{ErrorCode::Unavailable, "no MQTT source carries commands for " + control.path +
                                             "; bind it with a topic in the twin file"};
  }
  const auto life = command.expires - clock_.now();
  if (life.ns <= 0) {
    return Error{ErrorCode::Timeout, "command " + std::to_string(command.id) + " for " +
                                         control.path + " expired at " +
                                         to_string(command.expires) + ", before it could be sent"};
  }
  {
    const std::lock_guard lock(mutex_);
    if (const auto& why = status_.not_ready[link->second]) {
      return Error{ErrorCode::Unavailable,
                   "command for " + control.path + " was not sent: " + why->message};
    }
  }
  const std::chrono::seconds life_s(life.ns / 1'000'000'000 + 1);
  return errand_.run({link->second, control.topic, payload::write_command(command), life_s},
                     kConfirmPatience, [this] { wake_.signal(); });
}

std::vector<Reply> MqttActuator::replies() {
  const std::lock_guard lock(mutex_);
  return std::exchange(status_.replies, {});
}

Error wrong_topic(const Control& control, std::string_view why) {
  return {ErrorCode::InvalidInput,
          "control " + control.path + ": topic '" + control.topic + "' " + std::string(why)};
}

}  // namespace

Result<std::unique_ptr<Actuator>> make_mqtt_actuator(const Plant& plant, const Clock& clock) {
  std::map<std::uint32_t, std::set<std::string>> ack_topics;  // by source
  for (const auto& control : plant.controls) {
    if (control.source >= plant.sources.size()) continue;
    if (!std::holds_alternative<MqttSource>(plant.sources[control.source].settings)) continue;
    if (const auto fine = detail::check_filter(control.topic); !fine)
      return wrong_topic(control, "is not a topic");
    if (control.topic.find_first_of("+#") != std::string::npos)
      return wrong_topic(control, "holds a wildcard; a command goes to one place");
    auto& topics = ack_topics[control.source];
    if (auto topic = ack_topic(control.topic); !topic.empty()) topics.insert(std::move(topic));
  }
  if (ack_topics.empty()) return std::unique_ptr<Actuator>();
  auto actuator = std::make_unique<MqttActuator>(clock);
  for (const auto& [source, topics] : ack_topics)
    GEMEL_TRY(actuator->add_link(plant, source, topics));
  return std::unique_ptr<Actuator>(std::move(actuator));
}

}  // namespace gemel::connectors::mqtt
