#pragma once
// Everything believed at one instant, immutable. A snapshot is a fold of the history: the same
// records give the same snapshot, whatever the order in which they came.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/quality.hpp"
#include "core/sample.hpp"

namespace gemel {

/// What is believed of one signal: its newest value, and since when it is missing.
struct Belief {
  double value = 0.0;
  Timestamp value_time = Timestamp::min();     // source time; min(): no value yet
  Timestamp known_at = Timestamp::min();       // when that value was known
  Timestamp missing_since = Timestamp::min();  // source time of the newest gap mark
  Timestamp missing_known_at = Timestamp::min();
  Quality value_quality;

  bool has_value() const { return value_time != Timestamp::min(); }
  bool missing() const { return missing_since > value_time; }
  /// Of the present: Missing while a gap is open or nothing came yet, otherwise the value's.
  Quality quality() const;
  bool usable() const { return has_value() && quality().usable(); }
  Duration age(Timestamp now) const { return now - value_time; }

  /// Takes a record in: the newest source time wins, then the newest known_at. Commutative,
  /// associative and idempotent, so late and repeated records leave the same belief in any order.
  void absorb(const Record& record) {
    if (record.quality.grade == Grade::Missing) {
      if (record.source_time < missing_since) return;
      if (record.source_time == missing_since && record.known_at <= missing_known_at) return;
      missing_since = record.source_time;
      missing_known_at = record.known_at;
      return;
    }
    if (record.source_time < value_time) return;
    if (record.source_time == value_time && has_value() && record.known_at <= known_at) return;
    value = record.value;
    value_time = record.source_time;
    known_at = record.known_at;
    value_quality = record.quality;
  }

  friend bool operator==(const Belief&, const Belief&) = default;
};

/// Beliefs of all signals in blocks that tables share: a copy costs a pointer a block, and only
/// blocks that are edited afterwards are copied. Threads: a table that nobody edits may be read and
/// copied from any thread.
class BeliefTable {
 public:
  static constexpr std::size_t kBlock = 64;
  using Block = std::vector<Belief>;

  explicit BeliefTable(std::size_t signals = 0);
  BeliefTable(const BeliefTable& other);
  BeliefTable& operator=(const BeliefTable& other);
  BeliefTable(BeliefTable&&) = default;
  BeliefTable& operator=(BeliefTable&&) = default;

  std::size_t size() const { return size_; }
  const Belief& operator[](SignalId id) const {
    return (*blocks_[id.index / kBlock])[id.index % kBlock];
  }
  /// A belief to change; its block is copied first if another table may share it.
  Belief& edit(SignalId id) {
    GEMEL_CHECK(id.index < size_);
    const auto block = id.index / kBlock;
    if (!owned_[block]) own(block);
    return (*blocks_[block])[id.index % kBlock];
  }

  friend bool operator==(const BeliefTable& a, const BeliefTable& b);

 private:
  void give_up_ownership() const;
  void own(std::size_t block);

  std::size_t size_ = 0;
  std::vector<std::shared_ptr<Block>> blocks_;
  // Blocks made since the last copy, which no other table knows. (shared_ptr::use_count would tell
  // the same, but without the memory ordering that makes writing safe.) A frozen table owns none,
  // so copying it writes nothing.
  mutable std::vector<char> owned_;
  mutable bool owns_any_ = false;
};

struct Alarm {
  AlarmRaised raised;  // with the name, score and drivers of the latest AlarmUpdated
  Timestamp raised_at;
  std::optional<Timestamp> cleared_at;
  std::optional<Timestamp> acknowledged_at;
  std::string acknowledged_by;
  std::optional<Timestamp> shelved_until;
  std::string shelved_by;
  std::string shelve_reason;
  std::optional<AlarmLabelled> label;

  bool active() const { return !cleared_at; }
  friend bool operator==(const Alarm&, const Alarm&) = default;
};

struct Recommendation {
  RecommendationMade made;
  Timestamp made_at;
  std::optional<RecommendationDecided> decided;  // empty: waits for an answer
  Timestamp decided_at;
  std::optional<RecommendationMeasured> measured;

  bool open() const { return !decided; }
  friend bool operator==(const Recommendation&, const Recommendation&) = default;
};

struct CommandTrack {
  CommandJudged judged;
  Timestamp judged_at;
  std::optional<CommandEnded> ended;
  Timestamp ended_at;

  bool pending() const { return judged.admission != Admission::Refused && !ended; }
  friend bool operator==(const CommandTrack&, const CommandTrack&) = default;
};

/// Limits: closed alarms, decided recommendations and ended commands leave the snapshot after the
/// newest kKeepEnded of each; the history keeps them all.
struct Snapshot {
  static constexpr std::size_t kKeepEnded = 50;

  Timestamp at;        // the plant as of this moment …
  Timestamp known_at;  // … as known at this one
  BeliefTable beliefs;
  std::shared_ptr<const std::vector<Alarm>>
      alarms;  // never null; open ones and the newest ended, oldest first
  std::shared_ptr<const std::vector<Recommendation>> recommendations;
  std::shared_ptr<const std::vector<CommandTrack>> commands;
  std::uint64_t next_id = 1;  // for the next alarm, recommendation or command

  explicit Snapshot(std::size_t signals = 0);
  friend bool operator==(const Snapshot& a, const Snapshot& b);
};

}  // namespace gemel
