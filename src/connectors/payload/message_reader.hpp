#pragma once
// Bytes to samples: JSON objects, arrays of them, and plain numbers.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "connectors/payload/message_layout.hpp"
#include "core/sample.hpp"

namespace gemel::connectors::payload {

/// What became of one message.
struct ReadOutcome {
  std::uint32_t rows = 0;
  std::uint32_t samples = 0;
  std::uint32_t faults =
      0;  // values and times that could not be read; null, which the source meant, is none
  bool readable =
      true;  // false: no JSON, too long, or nothing of what the layout expects to be there
  std::string trouble;  // the first, for a person; empty when there was none
};

/// Turns messages into samples, as their layout says.
///
/// An array where a row's object should be, at the top or at the path that all fields share, is
/// several rows in one message; a time outside of them holds for all of them. null and values of
/// the wrong type become samples marked SensorFault; what is absent makes no sample. true and false
/// are 1 and 0; a text may hold a number or a state's name. A time that is absent or unreadable
/// gives samples of the time of arrival, Uncertain.
///
/// Limits:  messages of 16 MiB, nested 1,000 deep, a million samples.
/// Threads: one at a time.
/// Cost:    allocates nothing once it has seen a message as long, unless there is trouble to tell.
class MessageReader {
 public:
  MessageReader();
  ~MessageReader();
  MessageReader(MessageReader&&) noexcept;
  MessageReader& operator=(MessageReader&&) noexcept;

  /// Appends what `bytes` say to `samples`. Any bytes will do.
  ReadOutcome read(const MessageLayout& layout, std::string_view bytes, Timestamp arrival,
                   std::vector<Sample>& samples);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace gemel::connectors::payload
