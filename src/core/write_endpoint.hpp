#pragma once
// The port through which samples are pushed at us: somebody else holds the socket (the API), the
// source knows the format. The other ports' sources go and fetch.

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/sample_source.hpp"

namespace gemel {

/// What became of one write.
struct Written {
  std::uint64_t taken = 0;    // lines that were read; comments and empty ones are not counted
  std::uint64_t dropped = 0;  // lines that could not be read
  std::string trouble;  // why the first few of those, for a person; empty when none was dropped
  std::uint64_t trouble_line = 0;  // of the first, from 1
  Ticket ticket = 0;               // of the newest delivery; 0: nothing was delivered
};

/// Takes what is written and hands it to the engine. Threads: any, several at once.
class WriteEndpoint {
 public:
  virtual ~WriteEndpoint() = default;

  /// The source's name in the twin file.
  virtual const std::string& name() const = 0;
  /// Writes addressed to this bucket or database are for it; empty: it names none and takes any.
  virtual const std::string& bucket() const = 0;

  /// Reads `body` and delivers its samples; lines that can't be read are left out and told. What is
  /// delivered is not durable yet: see wait_durable(). Units: times in `body` count `time_unit`
  /// since 1970. Errors: Unavailable (the twin starts or stops, or its inbox stays full); some of
  /// it may have been delivered then, so the sender sends it all again, and repeats count once.
  virtual Result<Written> write(std::string_view body, Duration time_unit) = 0;

  /// True once everything up to `ticket` is durable; false after `at_most` or when `stop` was asked
  /// for first.
  virtual bool wait_durable(Ticket ticket, Duration at_most, std::stop_token stop) = 0;
};

}  // namespace gemel
