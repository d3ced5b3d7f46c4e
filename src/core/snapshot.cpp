#include "core/snapshot.hpp"

namespace gemel {

Quality Belief::quality() const {
  if (!missing() && has_value()) return value_quality;
  Quality q = value_quality;
  q.mark(Cause::Gap, Grade::Missing);
  return q;
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

void BeliefTable::own(std::size_t block) {
  blocks_[block] = std::make_shared<Block>(*blocks_[block]);
  owned_[block] = 1;
  owns_any_ = true;
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
