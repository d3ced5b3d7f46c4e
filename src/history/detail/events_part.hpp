#pragma once
// The events of a segment: blocks of them, each event with the SHA-256 that covers it and all
// before it, across segments.

#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

using Hash = std::array<char, 32>;

struct EncodedEvents {
  std::string bytes;
  Hash last;  // the hash of its last event; `before` when there is none
};

/// `before` is the hash of the last event of the segment before this one; all zeros for the first.
EncodedEvents encode_events(std::span<const Event> events, const Hash& before);

/// Takes events from the last to the first until it says that it has enough.
using TakeEvent = std::function<bool(Event)>;

/// The hash at which the chain begins and ends, without following it.
struct ChainEnds {
  Hash before;
  Hash last;
};

/// Reads the events of an open segment. Lifetime: of the file. Errors, for all members: Corruption
/// (naming the byte, not the file), Unavailable. Threads: any.
class EventsPart {
 public:
  EventsPart(const ReadableFile& file, Section section) : file_(&file), section_(section) {}

  /// Those known in the range, the newest first.
  Result<void> read_back(TimeRange known, const TakeEvent& take) const;
  /// All, the oldest first.
  Result<std::vector<Event>> all() const;
  Result<ChainEnds> chain_ends() const;
  /// Follows the chain. Events found sound; Corruption at the first that is not.
  Result<std::uint64_t> verify_chain() const;

 private:
  const ReadableFile* file_;
  Section section_;
};

}  // namespace gemel::history::detail
