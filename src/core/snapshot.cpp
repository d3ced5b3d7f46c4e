#include "core/snapshot.hpp"

#include <tuple>

#include "base/check.hpp"

namespace gemel {

Quality Belief::quality() const {
  if (!missing() && has_value()) return value_quality;
  Quality q = value_quality;
  q.mark(Cause::Gap, Grade::Missing);
  return q;
}

void Belief::absorb(const Record& record) {
  const auto key = std::tuple(record.source_time, record.known_at);
  if (record.quality.grade == Grade::Missing) {
    if (key > std::tuple(missing_since, missing_known_at)) {
      missing_since = record.source_time;
      missing_known_at = record.known_at;
    }
    return;
  }
  if (has_value() && key <= std::tuple(value_time, known_at)) return;
  value = record.value;
  value_time = record.source_time;
  known_at = record.known_at;
  value_quality = record.quality;
}

BeliefTable::BeliefTable(std::size_t signals) : size_(signals) {
  for (std::size_t i = 0; i < signals; i += kBlock)
    blocks_.push_back(std::make_shared<Block>(kBlock));
  owned_.assign(blocks_.size(), 1);
  owns_any_ = true;
}

BeliefTable::BeliefTable(const BeliefTable& other)
    : size_(other.size_), blocks_(other.blocks_), owned_(other.blocks_.size(), 0) {
  other.give_up_ownership();
}

BeliefTable& BeliefTable::operator=(const BeliefTable& other) {
  if (this != &other) *this = BeliefTable(other);
  return *this;
}

void BeliefTable::give_up_ownership() const {
  if (!owns_any_) return;
  owned_.assign(owned_.size(), 0);
  owns_any_ = false;
}

Belief& BeliefTable::edit(SignalId id) {
  GEMEL_CHECK(id.index < size_);
  const auto i = id.index / kBlock;
  if (!owned_[i]) {
    blocks_[i] = std::make_shared<Block>(*blocks_[i]);
    owned_[i] = 1;
    owns_any_ = true;
  }
  return (*blocks_[i])[id.index % kBlock];
}

bool operator==(const BeliefTable& a, const BeliefTable& b) {
  if (a.size_ != b.size_) return false;
  for (std::size_t i = 0; i < a.blocks_.size(); ++i) {
    if (a.blocks_[i] != b.blocks_[i] && *a.blocks_[i] != *b.blocks_[i]) return false;
  }
  return true;
}

Snapshot::Snapshot(std::size_t signals)
    : at(Timestamp::min()),
      known_at(Timestamp::min()),
      beliefs(signals),
      alarms(std::make_shared<const std::vector<Alarm>>()),
      recommendations(std::make_shared<const std::vector<Recommendation>>()),
      commands(std::make_shared<const std::vector<CommandTrack>>()) {}

bool operator==(const Snapshot& a, const Snapshot& b) {
  return a.at == b.at && a.known_at == b.known_at && a.next_id == b.next_id &&
         a.beliefs == b.beliefs && *a.alarms == *b.alarms &&
         *a.recommendations == *b.recommendations && *a.commands == *b.commands;
}

}  // namespace gemel
