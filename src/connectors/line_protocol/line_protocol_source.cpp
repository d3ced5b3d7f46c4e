#include "connectors/line_protocol/line_protocol_source.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "base/log.hpp"
#include "connectors/line_protocol/decoder.hpp"

namespace gemel::connectors::line_protocol {
namespace {

// As the engine's tick: a large body becomes several frames, and waits for room between them.
constexpr std::size_t kDeliverySamples = 20'000;
constexpr Duration kRoomWithin = Duration::seconds(5);
constexpr std::size_t kStrangersNamed = 5;

struct SourceMetrics {
  SourceMetrics(metrics::Registry& registry, const std::string& source)
      : labels("source=\"" + source + "\""),
        messages(registry.counter("gemel_connector_messages_total", "Messages received.", labels)),
        samples(registry.counter("gemel_connector_samples_total", "Samples made of them.", labels)),
        bytes(registry.counter("gemel_connector_bytes_total",
                               "Bytes received, without protocol overhead.", labels)),
        undecodable(registry.counter("gemel_connector_undecodable_total",
                                     "Messages or lines that could not be read.", labels)),
        faults(registry.counter("gemel_connector_faults_total",
                                "Values and times that could not be read.", labels)),
        unbound(registry.counter("gemel_connector_unbound_lines_total",
                                 "Lines of series that no binding names.", labels)),
        refused(registry.counter("gemel_connector_refused_writes_total",
                                 "Writes refused because there was no room.", labels)) {}

  const std::string labels;
  metrics::Counter& messages;
  metrics::Counter& samples;
  metrics::Counter& bytes;
  metrics::Counter& undecodable;
  metrics::Counter& faults;
  metrics::Counter& unbound;
  metrics::Counter& refused;
};

/// Decoders for as many writers as there are at once; each keeps what it has learnt. Threads: any.
class DecoderPool {
 public:
  DecoderPool(Decoder first, std::shared_ptr<const Plant> plant, std::uint32_t source)
      : plant_(std::move(plant)), source_(source) {
    idle_.push_back(std::move(first));
  }

  Decoder take() {
    {
      std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        // The one given back last has the warmest memory.
        Decoder decoder = std::move(idle_.back());
        idle_.pop_back();
        return decoder;
      }
    }
    return std::move(Decoder::make(*plant_, source_)).value();  // the first of them could be made
  }
  void give_back(Decoder decoder) {
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(decoder));
  }

 private:
  const std::shared_ptr<const Plant> plant_;
  const std::uint32_t source_;
  std::mutex mutex_;
  std::vector<Decoder> idle_;
};

/// What a decoder needs of a plant; the rest of it may be gone when a second writer comes.
std::shared_ptr<const Plant> bindings_of(const Plant& plant) {
  auto kept = std::make_shared<Plant>();
  kept->signals = plant.signals;
  kept->bindings = plant.bindings;
  return kept;
}

class Receiver final : public LineProtocolReceiver {
 public:
  Receiver(std::string name, std::string bucket, Decoder decoder,
           std::shared_ptr<const Plant> plant, std::uint32_t source, const Clock& clock,
           metrics::Registry& metrics)
      : name_(std::move(name)),
        bucket_(std::move(bucket)),
        clock_(clock),
        metrics_(metrics, name_),
        decoders_(std::move(decoder), std::move(plant), source) {}

  const std::string& name() const override { return name_; }
  const std::string& bucket() const override { return bucket_; }

  Result<void> run(std::stop_token stop, Inbox& inbox) override {
    {
      std::unique_lock lock(inbox_mutex_);
      inbox_ = &inbox;
      open_ = true;
      stop_ = stop;
      since_ = clock_.now();
    }
    {
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock lock(mutex);
      never.wait(lock, stop, [] { return false; });
    }
    std::unique_lock lock(inbox_mutex_);  // once writes that have begun are through
    open_ = false;
    return {};
  }

  LinkState link() const override {
    std::shared_lock lock(inbox_mutex_);
    if (!open_) return Connecting{"not taking writes"};
    return Online{since_};
  }

  Result<Written> write(std::string_view body, Duration time_unit) override {
    std::shared_lock lock(inbox_mutex_);
    if (!open_ || stop_.stop_requested())
      return Error{ErrorCode::Unavailable, "source " + name_ + " takes no writes now; try again"};
    metrics_.messages.add();
    metrics_.bytes.add(body.size());
    auto decoder = decoders_.take();
    auto written = deliver(decoder, body, time_unit);
    decoders_.give_back(std::move(decoder));
    return written;
  }

  bool wait_durable(Ticket ticket, Duration at_most, std::stop_token stop) override {
    Inbox* inbox = nullptr;
    {
      // Not held while waiting: the engine makes the rest durable after this source has ended.
      std::shared_lock lock(inbox_mutex_);
      inbox = inbox_;
    }
    return inbox != nullptr && inbox->wait_durable_for(ticket, at_most, stop);
  }

 private:
  Result<Written> deliver(Decoder& decoder, std::string_view body, Duration time_unit) {
    Written written;
    DecodeOutcome outcome;
    const auto arrival = clock_.now();
    Result<void> delivered;
    for (std::size_t at = 0; at < body.size() && delivered;) {
      std::vector<Sample> samples;
      samples.reserve(std::min(kDeliverySamples, (body.size() - at) / 16) + 16);
      decoder.decode(body, at, time_unit, arrival, kDeliverySamples, samples, outcome);
      if (samples.empty()) continue;
      metrics_.samples.add(samples.size());
      const auto ticket = inbox_->deliver_within(std::move(samples), kRoomWithin, stop_);
      if (ticket == 0) {
        metrics_.refused.add();
        delivered = Error{ErrorCode::Unavailable,
                          "the twin is busy: samples wait for the disk; send this again later"};
      } else {
        written.ticket = ticket;
      }
    }
    metrics_.undecodable.add(outcome.dropped);
    metrics_.faults.add(outcome.faults);
    metrics_.unbound.add(outcome.unbound);
    name_strangers(outcome.strangers);
    GEMEL_TRY(std::move(delivered));
    written.taken = outcome.lines - outcome.dropped;
    written.dropped = outcome.dropped;
    written.trouble = std::move(outcome.trouble);
    written.trouble_line = outcome.trouble_line;
    return written;
  }

  /// Collectors send much that a twin does not need: the first few are told, the rest counted.
  void name_strangers(const std::vector<std::string>& strangers) {
    if (strangers.empty()) return;
    std::lock_guard lock(strangers_mutex_);
    for (const auto& series : strangers) {
      if (named_ >= kStrangersNamed) return;
      ++named_;
      log::info("line_protocol",
                named_ < kStrangersNamed
                    ? "nothing is bound of a series; bind its measurement, tags and fields in the "
                      "twin file, or let the collector leave it out"
                    : "nothing is bound of a series; further ones are only counted, in "
                      "gemel_connector_unbound_lines_total",
                {{"source", name_}, {"series", series}});
    }
  }

  const std::string name_;
  const std::string bucket_;
  const Clock& clock_;
  SourceMetrics metrics_;
  DecoderPool decoders_;
  mutable std::shared_mutex inbox_mutex_;  // shared by writes, taken whole to begin and to end
  Inbox* inbox_ = nullptr;                 // null before run(); waited at after it, too
  bool open_ = false;                      // while run() runs
  std::stop_token stop_;
  Timestamp since_;
  std::mutex strangers_mutex_;
  std::size_t named_ = 0;
};

}  // namespace

Result<std::unique_ptr<LineProtocolReceiver>> make_line_protocol_source(
    const Plant& plant, std::uint32_t source, const Clock& clock, metrics::Registry& metrics) {
  const auto& declared = plant.sources[source];
  const auto& settings = std::get<LineProtocolSource>(declared.settings);
  GEMEL_ASSIGN(auto decoder, Decoder::make(plant, source));
  return std::unique_ptr<LineProtocolReceiver>(
      std::make_unique<Receiver>(declared.name, settings.bucket, std::move(decoder),
                                 bindings_of(plant), source, clock, metrics));
}

}  // namespace gemel::connectors::line_protocol
