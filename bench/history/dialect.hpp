#pragma once
// How each server is written to and asked: the same things, in its own words.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "http_connection.hpp"
#include "workload.hpp"

namespace gemel::bench {

/// One question: requests that are sent one after the other (an API may not take it in one).
using Question = std::vector<std::string>;

class Dialect {
 public:
  virtual ~Dialect() = default;

  /// Where bodies of lines are posted, with times in milliseconds.
  virtual std::string write_target() const = 0;
  /// Waits until `lines` acknowledged lines can be asked for. Errors: Unavailable, Timeout.
  virtual Result<void> make_visible(HttpConnection& connection, std::uint64_t lines) const = 0;
  /// Asks it to write down and merge what it holds, where it can be asked.
  virtual Result<void> flush(HttpConnection& connection) const = 0;
  /// How long it must be left alone before it does so by itself. Units: seconds.
  virtual double idle_before_flush_s() const { return 0.0; }

  virtual Question latest(std::uint32_t signal) const = 0;
  virtual Question range(std::uint32_t signal, TimeRange range) const = 0;
  /// One-minute averages of the asset of `signal` and of the next one: a hundred signals.
  virtual Question averages(std::uint32_t signal, TimeRange range) const = 0;
  virtual Question rewind(Timestamp at) const = 0;

  /// How many values an answer holds, so that nobody is timed for saying nothing. Errors:
  /// Unavailable (it is no such answer).
  virtual Result<std::uint64_t> values_in(std::string_view body) const = 0;
};

/// "gemel", "victoria-metrics" or "influxdb". Errors: InvalidInput. `options` must outlive it.
Result<std::unique_ptr<Dialect>> dialect_of(std::string_view server,
                                            const WorkloadOptions& options);

}  // namespace gemel::bench
