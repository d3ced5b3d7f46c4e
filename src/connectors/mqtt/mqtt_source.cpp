#include "connectors/mqtt/mqtt_source.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include <poll.h>

#include "base/log.hpp"
#include "connectors/mqtt/detail/backoff.hpp"
#include "connectors/mqtt/detail/connection.hpp"
#include "connectors/mqtt/detail/session.hpp"
#include "connectors/mqtt/detail/source_metrics.hpp"
#include "connectors/mqtt/detail/topics.hpp"
#include "connectors/mqtt/detail/wake.hpp"
#include "connectors/payload/message_reader.hpp"

namespace gemel::connectors::mqtt {
namespace {

using detail::CheckedSource;
using detail::Connection;

constexpr std::uint16_t kReceiveMaximum =
    5'000;  // unacknowledged messages that an MQTT 5 broker may send us
constexpr std::uint32_t kBatchMessagesMax = 5'000;        // read before they are handed over
constexpr std::size_t kBatchSamplesMax = 100'000;         // likewise
constexpr Duration kKeepAliveMin = Duration::seconds(5);  // libmosquitto's
constexpr int kPollMs = 500;  // keep-alive is tended at least this often
constexpr int kHandshakePollMs = 20;
constexpr Duration kComplaintEvery = Duration::seconds(10);

/// The link's state, told to any thread.
class LinkBoard {
 public:
  void set(LinkState state) {
    std::lock_guard lock(mutex_);
    state_ = std::move(state);
  }
  LinkState get() const {
    std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  mutable std::mutex mutex_;
  LinkState state_ = Connecting{"not started"};
};

/// One log line in a while, with the number of those that were kept back.
class Complaints {
 public:
  void raise(Timestamp now, std::string_view sentence, const std::string& source,
             std::string_view topic, std::string_view detail) {
    if (raised_ && now - last_ < kComplaintEvery) {
      ++kept_back_;
      return;
    }
    log::warning("mqtt", sentence,
                 {{"source", source},
                  {"topic", topic},
                  {"detail", detail},
                  {"others_since_last", kept_back_}});
    raised_ = true;
    last_ = now;
    kept_back_ = 0;
  }

 private:
  bool raised_ = false;
  Timestamp last_;
  std::uint64_t kept_back_ = 0;
};

class Source final : public SampleSource, private detail::Listener {
 public:
  Source(CheckedSource checked, const Clock& clock, metrics::Registry& registry)
      : checked_(std::move(checked)),
        clock_(clock),
        metrics_(registry, checked_.name),
        backoff_(std::hash<std::string>{}(checked_.client_id) ^
                 static_cast<std::uint64_t>(clock.now().ns)) {}

  Result<void> bind(const Plant& plant, std::uint32_t source_index);

  const std::string& name() const override { return checked_.name; }
  LinkState link() const override { return board_.get(); }
  Result<void> run(std::stop_token stop, Inbox& inbox) override;

 private:
  /// What a stretch of reading brought.
  struct Batch {
    std::vector<Sample> samples;
    std::uint32_t messages = 0;
    bool promised =
        false;  // holds samples of messages that must not be acknowledged before they are durable
  };

  Result<void> serve(const std::stop_token& stop, Inbox& inbox);
  bool wait_for_socket(bool more_may_wait);
  Result<bool> read_batch();
  Result<void> subscribe_once();
  Result<bool> hand_over(const std::stop_token& stop, Inbox& inbox);
  void retry_later(const Error& why, const std::stop_token& stop);

  void on_accepted(bool session_resumed) override;
  void on_message(const detail::Message& message) override;
  void on_subscribed(std::span<const int> granted) override;

  const CheckedSource checked_;
  const Clock& clock_;
  detail::SourceMetrics metrics_;
  detail::Backoff backoff_;
  LinkBoard board_;
  Complaints undecodable_;
  Complaints unbound_;
  detail::Wake wake_;

  std::vector<std::string> subscriptions_;
  std::vector<payload::MessageLayout> layouts_;
  detail::TopicTable topics_;
  payload::MessageReader reader_;

  std::unique_ptr<Connection> connection_;
  Batch batch_;
  bool online_ = false;
  bool subscribed_ = false;
  bool refused_everything_ = false;
};

Result<void> Source::bind(const Plant& plant, std::uint32_t source_index) {
  std::vector<std::string> filters = checked_.settings->topics;
  for (const auto& binding : plant.bindings) {
    if (binding.source != source_index) continue;
    auto layout = payload::MessageLayout::compile(plant, binding);
    if (!layout)
      return layout.error().within("source '" + name() + "', topic '" + binding.topic + "'");
    filters.push_back(binding.topic);
    topics_.add(binding.topic, static_cast<std::uint32_t>(layouts_.size()));
    layouts_.push_back(*std::move(layout));
  }
  for (const auto& filter : filters) {
    if (auto fine = detail::check_filter(filter); !fine)
      return fine.error().within("source '" + name() + "'");
  }
  if (filters.empty()) {
    return Error{ErrorCode::InvalidInput,
                 "source '" + name() + "' has neither topics nor bindings; nothing would be read"};
  }
  subscriptions_ = detail::without_covered(std::move(filters));
  return {};
}

Result<void> Source::run(std::stop_token stop, Inbox& inbox) {
  const std::stop_callback on_stop(stop, [this] { wake_.signal(); });
  while (!stop.stop_requested()) {
    const auto ended = serve(stop, inbox);
    online_ = false;
    connection_.reset();  // what was read and not acknowledged comes again
    batch_ = {};
    metrics_.online.set(0);
    if (stop.stop_requested()) break;
    retry_later(ended.error(), stop);
  }
  board_.set(Connecting{"stopped"});
  return {};
}

/// One connection, from its beginning to its loss. Returns without an error only when `stop` was
/// asked for.
Result<void> Source::serve(const std::stop_token& stop, Inbox& inbox) {
  board_.set(Connecting{checked_.address.to_string()});
  subscribed_ = refused_everything_ = false;
  const detail::ConnectionOptions options{.address = checked_.address,
                                          .client_id = checked_.client_id,
                                          .keep_session = true,
                                          .receive_maximum = kReceiveMaximum};
  GEMEL_ASSIGN(connection_, Connection::open(*checked_.settings, options, *this, stop));
  bool more_may_wait = false;
  while (!stop.stop_requested()) {
    if (wait_for_socket(more_may_wait)) {
      GEMEL_ASSIGN(more_may_wait, read_batch());
      GEMEL_ASSIGN(const bool durable, hand_over(stop, inbox));
      if (!durable) return {};
    }
    GEMEL_TRY(subscribe_once());
    // Only here are acknowledgements written, and everything read until here is durable.
    GEMEL_TRY(connection_->write());
    GEMEL_TRY(connection_->tend());
  }
  connection_->leave();
  return {};
}

/// True when there is something to read.
bool Source::wait_for_socket(bool more_may_wait) {
  const bool write = online_ && connection_->wants_write();
  std::array<pollfd, 2> watched{
      pollfd{connection_->socket(), static_cast<short>(write ? POLLIN | POLLOUT : POLLIN), 0},
      wake_.watch()};
  const int patience_ms = more_may_wait ? 0 : online_ ? kPollMs : kHandshakePollMs;
  poll(watched.data(), watched.size(), patience_ms);
  return more_may_wait || (watched[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

/// Reads what has come, up to a batch. True when more may be waiting in the library.
Result<bool> Source::read_batch() {
  batch_.messages = 0;
  batch_.promised = false;
  auto progress = Connection::Progress::MoreMayWait;
  while (progress == Connection::Progress::MoreMayWait) {
    if (batch_.messages >= kBatchMessagesMax || batch_.samples.size() >= kBatchSamplesMax)
      return true;
    GEMEL_ASSIGN(progress, connection_->read());
  }
  return false;
}

/// Gives the batch to the inbox and, where that was promised, waits until it is durable. False when
/// stopped before.
Result<bool> Source::hand_over(const std::stop_token& stop, Inbox& inbox) {
  if (batch_.samples.empty()) return true;
  metrics_.samples.add(batch_.samples.size());
  const auto room = batch_.samples.size();
  const Ticket ticket = inbox.deliver(std::exchange(batch_.samples, {}), stop);
  batch_.samples.reserve(room);
  if (ticket == 0) return false;
  if (!batch_.promised) return true;
  const auto ping_every = std::max(checked_.settings->keep_alive, kKeepAliveMin) / 2;
  while (!inbox.wait_durable_for(ticket, ping_every, stop)) {
    if (stop.stop_requested()) return false;
    GEMEL_TRY(connection_->ping_now());
  }
  return true;
}

/// Also for a resumed session: the twin file may name other topics than it did.
Result<void> Source::subscribe_once() {
  if (refused_everything_) {
    return Error{ErrorCode::PermissionDenied,
                 checked_.address.to_string() + " refused every subscription (user '" +
                     checked_.settings->user + "'); see the broker's access list"};
  }
  if (!online_ || std::exchange(subscribed_, true)) return {};
  return connection_->subscribe(subscriptions_, checked_.settings->qos);
}

void Source::retry_later(const Error& why, const std::stop_token& stop) {
  const auto wait = backoff_.next();
  metrics_.reconnects.add();
  const auto retry_at = clock_.now() + Duration::milliseconds(wait.count());
  board_.set(Faulted{why, retry_at});
  log::warning("mqtt", why.message, {{"source", name()}, {"retry_in_ms", wait.count()}});
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, wait, [] { return false; });
}

void Source::on_accepted(bool session_resumed) {
  online_ = true;
  backoff_.linked();
  log::info("mqtt", "connected",
            {{"source", name()},
             {"broker", checked_.address.to_string()},
             {"session", session_resumed ? "resumed" : "new"}});
}

/// The link is online from here on: what was published before the broker granted a subscription
/// doesn't reach us.
void Source::on_subscribed(std::span<const int> granted) {
  std::size_t refused = 0;
  for (std::size_t i = 0; i < granted.size() && i < subscriptions_.size(); ++i) {
    if (granted[i] >= 128) {
      ++refused;
      log::error("mqtt", "the broker refused a subscription; see its access list",
                 {{"source", name()}, {"topic", subscriptions_[i]}});
    } else if (granted[i] < checked_.settings->qos) {
      log::warning("mqtt", "the broker grants QoS 0 only; messages may be lost",
                   {{"source", name()}, {"topic", subscriptions_[i]}});
    }
  }
  metrics_.refused_subscriptions.add(refused);
  refused_everything_ = refused == subscriptions_.size();
  if (refused_everything_) return;
  metrics_.online.set(1);
  board_.set(Online{clock_.now()});
}

void Source::on_message(const detail::Message& message) {
  ++batch_.messages;
  metrics_.messages.add();
  metrics_.bytes.add(message.payload.size());
  const auto arrival = clock_.now();
  const auto& bindings = topics_.find(message.topic);
  if (bindings.empty()) {
    metrics_.unbound.add();
    unbound_.raise(arrival, "a message of a topic that no binding names", name(), message.topic,
                   "skipped");
    return;
  }
  const auto before = batch_.samples.size();
  for (const auto index : bindings) {
    const auto outcome = reader_.read(layouts_[index], message.payload, arrival, batch_.samples);
    metrics_.faults.add(outcome.faults);
    if (!outcome.readable) metrics_.undecodable.add();
    if (!outcome.trouble.empty()) {
      undecodable_.raise(arrival, "a message that can't be read as its binding says", name(),
                         message.topic, outcome.trouble);
    }
  }
  if (message.qos > 0 && batch_.samples.size() > before) batch_.promised = true;
}

}  // namespace

Result<std::unique_ptr<SampleSource>> make_mqtt_source(const Plant& plant,
                                                       std::uint32_t source_index,
                                                       const Clock& clock,
                                                       metrics::Registry& metrics) {
  GEMEL_ASSIGN(CheckedSource checked, detail::check_source(plant, source_index));
  auto source = std::make_unique<Source>(std::move(checked), clock, metrics);
  GEMEL_TRY(source->bind(plant, source_index));
  return std::unique_ptr<SampleSource>(std::move(source));
}

}  // namespace gemel::connectors::mqtt
