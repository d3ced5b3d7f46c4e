#pragma once
// A sample on its way in, with the time at which it was known if the file tells it.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.hpp"
#include "core/sample.hpp"

namespace gemel::exchange::detail {

struct Arrival {
  Timestamp known_at;  // min(): not told
  Timestamp source_time;
  double value = 0.0;
  SignalId signal;
  Quality quality;

  friend bool before(const Arrival& a, const Arrival& b) {
    return std::tie(a.known_at, a.source_time) < std::tie(b.known_at, b.source_time);
  }
};
static_assert(sizeof(Arrival) == 32, "it goes into scratch files as it is");

/// Out of one file. Threads: one.
class ArrivalReader {
 public:
  virtual ~ArrivalReader() = default;
  /// Adds some thousand to `arrivals`. False at the end. Errors: InvalidInput with the place.
  virtual Result<bool> next(std::vector<Arrival>& arrivals) = 0;
  virtual double done() const = 0;  // 0 … 1
  virtual std::uint64_t rows() const = 0;
};

}  // namespace gemel::exchange::detail
