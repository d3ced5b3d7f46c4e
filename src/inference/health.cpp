#include "inference/health.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gemel::inference {
namespace {

constexpr double kSmoothing = 0.1;
constexpr double kChildWeight = 0.7;

double health_of_score(double score) {
  if (score <= 0.5) return 1.0;
  if (score <= 1.0) return 1.0 - 0.6 * (score - 0.5);
  return std::max(0.0, 0.7 - 0.7 / 3.0 * (score - 1.0));
}

double cap_of(Priority priority) {
  static constexpr std::array kCaps{0.8, 0.6, 0.4, 0.2};
  return kCaps[static_cast<std::size_t>(priority)];
}

}  // namespace

HealthKeeper::HealthKeeper(std::shared_ptr<const Plant> plant)
    : plant_(std::move(plant)),
      vitals_(plant_->assets.size()),
      smoothed_(plant_->detectors.size(), -1.0) {
  for (std::size_t d = 0; d < plant_->detectors.size(); ++d) {
    vitals_[plant_->detectors[d].asset.index].detectors.push_back(d);
  }
}

void HealthKeeper::score(std::size_t detector, double score) {
  const double bounded = std::min(score, 10.0);  // one wild row must not be remembered for minutes
  double& smoothed = smoothed_[detector];
  smoothed = smoothed < 0.0 ? std::min(bounded, 1.0) : smoothed + kSmoothing * (bounded - smoothed);
}

bool HealthKeeper::settle(AssetId id) {
  Vitals& vitals = vitals_[id.index];
  const double health_before = vitals.health;
  const bool judged_before = vitals.judged;
  double health = vitals.alarm_cap;
  vitals.judged = vitals.alarm_cap < 1.0;
  for (const auto d : vitals.detectors) {
    if (smoothed_[d] < 0.0) continue;
    vitals.judged = true;
    health = std::min(health, health_of_score(smoothed_[d]));
  }
  for (const auto child : plant_->asset(id).children) {
    vitals.judged |= vitals_[child.index].judged;
    health = std::min(health, 1.0 - kChildWeight * (1.0 - vitals_[child.index].health));
  }
  vitals.health = health;
  return vitals.health != health_before || vitals.judged != judged_before;
}

void HealthKeeper::settle_below(AssetId asset) {
  for (const auto child : plant_->asset(asset).children) settle_below(child);
  settle(asset);
}

void HealthKeeper::take_alarms(const AlarmBook& book) {
  revision_ = book.revision();
  for (auto& vitals : vitals_) vitals.alarm_cap = 1.0;
  for (const auto& [source, alarm] : book.open()) {
    const auto asset =
        alarm.asset.empty() ? Result<AssetId>(AssetId{0}) : plant_->find_asset(alarm.asset);
    if (!asset || asset->index >= vitals_.size()) continue;
    auto& cap = vitals_[asset->index].alarm_cap;
    cap = std::min(cap, cap_of(alarm.priority));
  }
  if (!vitals_.empty()) settle_below(AssetId{0});
}

void HealthKeeper::write_one(AssetId id, Timestamp at, std::vector<Sample>& derived) {
  const auto signal = plant_->asset(id).health;
  Vitals& vitals = vitals_[id.index];
  if (!signal.valid() || at <= vitals.written_at) return;
  if (!vitals.judged && vitals.written < 0.0) return;
  const bool changed = std::abs(vitals.health - vitals.written) > kChange;
  if (!changed && at - vitals.written_at < kEvery) return;
  derived.push_back({signal, {}, at, vitals.health});
  vitals.written = vitals.health;
  vitals.written_at = at;
}

void HealthKeeper::write_all(Timestamp at, std::vector<Sample>& derived) {
  for (const auto& asset : plant_->assets) write_one(asset.id, at, derived);
}

void HealthKeeper::write(std::size_t detector, const AlarmBook& book, Timestamp at,
                         std::vector<Sample>& derived) {
  if (book.revision() != revision_) {
    take_alarms(book);
    write_all(at, derived);
    return;
  }
  // An asset may have hundreds of parts: its own sum is made anew only when one of them changed.
  bool changed = true;
  for (auto id = plant_->detectors[detector].asset; id.valid(); id = plant_->asset(id).parent) {
    changed = changed && settle(id);
    write_one(id, at, derived);
  }
}

void HealthKeeper::write_if_alarms_changed(const AlarmBook& book, Timestamp at,
                                           std::vector<Sample>& derived) {
  if (book.revision() == revision_) return;
  take_alarms(book);
  write_all(at, derived);
}

}  // namespace gemel::inference
