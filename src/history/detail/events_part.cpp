#include "history/detail/events_part.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include <sodium/crypto_hash_sha256.h>

#include "base/bytes.hpp"
#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/event_codec.hpp"
#include "history/detail/group.hpp"

namespace gemel::history::detail {
namespace {

constexpr std::size_t kEventsPerBlock = 64;

// The last bytes of the part: where the directory is, how many events, the chain's two ends.
struct Foot {
  std::uint64_t directory_offset = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t events = 0;
  ChainEnds ends{};
};

std::string_view view(const Hash& hash) { return {hash.data(), hash.size()}; }

Hash chained(const Hash& before, std::string_view event) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, bytes(view(before)), before.size());
  crypto_hash_sha256_update(&state, bytes(event), event.size());
  Hash hash;
  static_assert(sizeof(hash) == crypto_hash_sha256_BYTES);
  crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

std::string encode_foot(const Foot& foot) {
  ByteWriter out;
  out.fixed(foot.directory_offset);
  out.fixed(foot.directory_size);
  out.fixed(foot.events);
  out.raw(view(foot.ends.before));
  out.raw(view(foot.ends.last));
  return sealed(out.take());
}

const std::size_t kFootBytes = encode_foot({}).size();

Hash read_hash(ByteReader& in) {
  Hash hash{};
  const auto bytes = in.raw(hash.size());
  if (in.ok()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

struct BlockPlace {
  std::uint64_t offset = 0;
  std::size_t size = 0;
  Timestamp first_known;
  Timestamp last_known;
};

/// Its foot and where its blocks are.
class Blocks {
 public:
  static Result<Blocks> open(const ReadableFile& file, Section section) {
    Blocks blocks(file, section);
    GEMEL_TRY(blocks.read_foot());
    return blocks;
  }

  const Foot& foot() const { return foot_; }

  Result<std::vector<BlockPlace>> blocks() const {
    const auto broken =
        damaged(foot_.directory_offset, "its directory; none of its events can be read");
    GEMEL_ASSIGN(const auto bytes, read(foot_.directory_offset, foot_.directory_size));
    ByteReader in(unsealed(bytes));
    const auto count = in.varint();
    const auto sizes = read_column(in, count);
    const auto first = read_column(in, count);
    const auto last = read_column(in, count);
    if (!in.finished()) return broken;
    std::vector<BlockPlace> places;
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (sizes[i] < 0 || static_cast<std::uint64_t>(sizes[i]) > foot_.directory_offset - offset)
        return broken;
      places.push_back({offset, static_cast<std::size_t>(sizes[i]), {first[i]}, {last[i]}});
      offset += places.back().size;
    }
    return places;
  }

  /// Calls `take` with each event's bytes and hash.
  template <class Take>
  Result<void> each(const BlockPlace& place, Take&& take) const {
    GEMEL_ASSIGN(const auto bytes, read(place.offset, place.size));
    ByteReader in(unsealed(bytes));
    const auto count = in.count(1 + sizeof(Hash));
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
      const auto event = in.text();
      const auto hash = read_hash(in);
      if (in.ok()) take(event, hash);
    }
    if (!in.finished()) return damaged(place.offset, "a block of events");
    return {};
  }

  Result<std::vector<Event>> events_of(const BlockPlace& place) const {
    std::vector<Event> events;
    bool sound = true;
    GEMEL_TRY(each(place, [&](std::string_view bytes, const Hash&) {
      ByteReader in(bytes);
      auto event = read_event(in);
      sound = sound && event;
      if (event) events.push_back(std::move(*event));
    }));
    if (!sound) return damaged(place.offset, "an event that can't be read");
    return events;
  }

  /// `offset` counts from the part's beginning.
  Error damaged(std::uint64_t offset, std::string_view what) const {
    return damaged_at(section_.offset + offset, what);
  }

 private:
  Blocks(const ReadableFile& file, Section section) : file_(&file), section_(section) {}

  Result<std::string> read(std::uint64_t offset, std::uint64_t size) const {
    return file_->read(section_.offset + offset, size);
  }

  Result<void> read_foot() {
    const auto size = section_.size;
    if (size < kFootBytes) return damaged(0, "its events are cut short; none can be read");
    GEMEL_ASSIGN(const auto bytes, read(size - kFootBytes, kFootBytes));
    ByteReader in(unsealed(bytes));
    foot_.directory_offset = in.fixed<std::uint64_t>();
    foot_.directory_size = in.fixed<std::uint64_t>();
    foot_.events = in.fixed<std::uint64_t>();
    foot_.ends.before = read_hash(in);
    foot_.ends.last = read_hash(in);
    const bool inside =
        foot_.directory_offset <= size && foot_.directory_size <= size - foot_.directory_offset;
    if (!in.finished() || !inside)
      return damaged(size - kFootBytes, "the end of its events; none can be read");
    return {};
  }

  const ReadableFile* file_;
  Section section_;
  Foot foot_;
};

}  // namespace

EncodedEvents encode_events(std::span<const Event> events, const Hash& before) {
  Hash hash = before;
  std::string blocks;
  std::vector<std::int64_t> sizes, first, last;
  for (std::size_t i = 0; i < events.size(); i += kEventsPerBlock) {
    const auto part = events.subspan(i, std::min(kEventsPerBlock, events.size() - i));
    ByteWriter block;
    block.varint(part.size());
    for (const auto& event : part) {
      ByteWriter one;
      write_event(one, event);
      hash = chained(hash, one.bytes());
      block.text(one.bytes());
      block.raw(view(hash));
    }
    const auto bytes = sealed(block.take());
    sizes.push_back(static_cast<std::int64_t>(bytes.size()));
    first.push_back(part.front().known_at.ns);
    last.push_back(part.back().known_at.ns);
    blocks += bytes;
  }
  ByteWriter directory;
  directory.varint(sizes.size());
  for (const auto* column : {&sizes, &first, &last}) write_column(directory, *column);
  const auto directory_bytes = sealed(directory.take());
  const Foot foot{blocks.size(), directory_bytes.size(), events.size(), {before, hash}};
  return {std::move(blocks) + directory_bytes + encode_foot(foot), hash};
}

Result<void> EventsPart::read_back(TimeRange known, const TakeEvent& take) const {
  GEMEL_ASSIGN(const auto part, Blocks::open(*file_, section_));
  GEMEL_ASSIGN(const auto blocks, part.blocks());
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    if (block->first_known >= known.until) continue;
    if (block->last_known < known.from) break;
    GEMEL_ASSIGN(auto events, part.events_of(*block));
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (known.contains(event->known_at) && !take(std::move(*event))) return {};
    }
  }
  return {};
}

Result<std::vector<Event>> EventsPart::all() const {
  GEMEL_ASSIGN(const auto part, Blocks::open(*file_, section_));
  GEMEL_ASSIGN(const auto blocks, part.blocks());
  std::vector<Event> all;
  for (const auto& block : blocks) {
    GEMEL_ASSIGN(auto events, part.events_of(block));
    std::move(events.begin(), events.end(), std::back_inserter(all));
  }
  return all;
}

Result<ChainEnds> EventsPart::chain_ends() const {
  GEMEL_ASSIGN(const auto part, Blocks::open(*file_, section_));
  return part.foot().ends;
}

Result<std::uint64_t> EventsPart::verify_chain() const {
  GEMEL_ASSIGN(const auto part, Blocks::open(*file_, section_));
  GEMEL_ASSIGN(const auto blocks, part.blocks());
  Hash hash = part.foot().ends.before;
  std::uint64_t events = 0;
  for (const auto& block : blocks) {
    bool sound = true;
    GEMEL_TRY(part.each(block, [&](std::string_view bytes, const Hash& stored) {
      hash = chained(hash, bytes);
      sound = sound && hash == stored;
      ++events;
    }));
    if (!sound)
      return part.damaged(block.offset,
                          "an event was changed after it was written: the chain of hashes breaks");
    GEMEL_TRY(part.events_of(block));
  }
  if (hash != part.foot().ends.last || events != part.foot().events) {
    return part.damaged(part.foot().directory_offset,
                        "events are missing: the chain of hashes ends early");
  }
  return events;
}

}  // namespace gemel::history::detail
