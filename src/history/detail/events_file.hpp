#pragma once
// A sealed file of events: blocks of them, each event with the SHA-256 that covers it and all
// before it.

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

/// `before` is the hash of the last event of the file before this one; all zeros for the first.
EncodedEvents encode_events(std::uint32_t number, std::span<const Event> events,
                            const Hash& before);

/// Takes events from the last to the first until it says that it has enough.
using TakeEvent = std::function<bool(Event)>;

/// Reads those known in the range, the newest first. Errors: Corruption, Unsupported, NotFound,
/// Unavailable.
Result<void> read_events_back(FileSystem& files, const std::filesystem::path& path, TimeRange known,
                              const TakeEvent& take);

/// The hash at which the file's chain begins and ends, without following it.
struct ChainEnds {
  Hash before;
  Hash last;
};
Result<ChainEnds> read_chain_ends(FileSystem& files, const std::filesystem::path& path);

/// Follows the chain. Events found sound; Corruption at the first that is not.
Result<std::uint64_t> verify_chain(FileSystem& files, const std::filesystem::path& path);

}  // namespace gemel::history::detail
