#pragma once
// Line protocol to samples, at memory speed where lines are plain and come in the order of last
// time.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"

namespace gemel::connectors::line_protocol {

/// What became of a body, or of the part of it that was read.
struct DecodeOutcome {
  std::uint64_t lines = 0;    // comments and empty lines are not counted
  std::uint64_t dropped = 0;  // of these, those that are no line protocol
  std::uint64_t unbound = 0;  // of these, those of which nothing is bound
  std::uint64_t faults = 0;   // values that are neither a number nor a state of their signal
  /// Why the first few were dropped, for a person; empty when none was.
  std::string trouble;
  std::uint64_t trouble_line = 0;  // of the first, from 1
  /// The first few series that nothing is bound of and that had not been seen before.
  std::vector<std::string> strangers;
};

/// A decoder remembers how lines looked and in which order they came. Threads: one at a time.
class Decoder {
 public:
  /// For one source of the plant, which may be gone afterwards. Errors: InvalidInput (a binding
  /// that makes no sense).
  static Result<Decoder> make(const Plant& plant, std::uint32_t source);
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  /// Reads `body` from its byte `at` until its end or until at least `at_most` samples were
  /// appended, and leaves `at` where it stopped; `outcome` is added to, so that a body may be read
  /// in parts. A line is taken whole or, when any of it is wrong, not at all.
  ///
  /// Numbers are scaled as bound; true and false are 1 and 0; a text is a state's name or a number,
  /// else its sample is marked SensorFault. Fields that are not bound are read and left out.
  /// Integers beyond 2^53 are rounded to a double. Lines without a time are of `arrival`, in whole
  /// time units. Any bytes will do.
  ///
  /// Units: times count `time_unit` since 1970.
  /// Limits: remembers the looks of as many lines as fields are bound, twice, and 65,536 more, at
  /// most 128 MiB.
  void decode(std::string_view body, std::size_t& at, Duration time_unit, Timestamp arrival,
              std::size_t at_most, std::vector<Sample>& samples, DecodeOutcome& outcome);

 private:
  class Reading;
  struct Memory;
  explicit Decoder(std::unique_ptr<Memory> memory);
  std::unique_ptr<Memory> memory_;
};

}  // namespace gemel::connectors::line_protocol
