#pragma once
// The port through which samples enter.

#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/sample.hpp"

namespace gemel {

struct Connecting {
  std::string detail;
};
struct Online {
  Timestamp since;
};
struct Faulted {
  Error why;
  Timestamp retry_at;
};
struct Finished {};  // a file that was read to its end
using LinkState = std::variant<Connecting, Online, Faulted, Finished>;

/// Names a delivery; later ones are larger.
using Ticket = std::uint64_t;

/// Where sources put what they read. Bounded: deliver() waits for room, so that a slow disk slows
/// the sources rather than losing samples. Threads: any.
class Inbox {
 public:
  virtual ~Inbox() = default;

  /// Hands samples over. 0 when `stop` was asked for before there was room.
  virtual Ticket deliver(std::vector<Sample> samples, std::stop_token stop) = 0;

  /// As above, but also 0 after `at_most`: for sources whose sender waits for an answer. The
  /// default knows no limit and waits on.
  virtual Ticket deliver_within(std::vector<Sample> samples, [[maybe_unused]] Duration at_most,
                                std::stop_token stop) {
    return deliver(std::move(samples), stop);
  }

  /// True once everything up to `ticket` is durable; false when `stop` was asked for first. A
  /// source acknowledges to its own source only after this.
  virtual bool wait_durable(Ticket ticket, std::stop_token stop) = 0;

  /// As above, but also false after `at_most`: for sources that must keep a link alive while they
  /// wait. The default knows no limit and waits on.
  virtual bool wait_durable_for(Ticket ticket, [[maybe_unused]] Duration at_most,
                                std::stop_token stop) {
    return wait_durable(ticket, stop);
  }
};

class SampleSource {
 public:
  virtual ~SampleSource() = default;

  virtual const std::string& name() const = 0;

  /// Reads until `stop` is asked for or, for a file, until its end; mends lost links by itself.
  /// Returns an error only for what no retry can mend. Order:   called once. Threads: on a thread
  /// that engine gives it.
  virtual Result<void> run(std::stop_token stop, Inbox& inbox) = 0;

  /// Threads: any.
  virtual LinkState link() const = 0;
};

}  // namespace gemel
